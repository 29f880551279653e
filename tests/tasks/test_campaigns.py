import pytest

from prefect_getresponse import Conflict, GetResponseCredentials
from prefect_getresponse.tasks.campaigns import (
    create_campaign,
    get_campaign,
    get_campaign_blocklist,
    get_campaign_list_size_statistics,
    get_campaign_removal_statistics,
    get_campaign_summary_statistics,
    list_campaigns,
    update_campaign,
    update_campaign_blocklist,
)
from prefect_getresponse.tasks.contacts import create_contact
from tests.conftest import Run
from tests.support.running_sandbox import RunningSandbox


def test_life_of_a_list(run: Run, credentials: GetResponseCredentials) -> None:
    created = run(
        create_campaign,
        credentials,
        name="Spring sale",
        language_code="PL",
        optin_types={"api": "double", "import": "single"},
        profile={"title": "Spring"},
    )
    campaign_id = created["campaignId"]

    details = run(get_campaign, credentials, campaign_id)
    assert details.get("name") == "Spring sale"
    assert details.get("optinTypes", {}).get("api") == "double"

    run(update_campaign, credentials, campaign_id, name="Summer sale", is_default="true")
    assert run(get_campaign, credentials, campaign_id).get("name") == "Summer sale"
    found = run(list_campaigns, credentials, is_default=True)
    assert [each["campaignId"] for each in found] == [campaign_id]
    assert run(list_campaigns, credentials, name="Summer sale", is_default=False) == []


def test_names_are_unique(run: Run, credentials: GetResponseCredentials) -> None:
    run(create_campaign, credentials, name="News")
    with pytest.raises(Conflict) as caught:
        run(create_campaign, credentials, name="News")
    assert caught.value.code == 1008


def test_blocklist(run: Run, credentials: GetResponseCredentials) -> None:
    campaign_id = run(create_campaign, credentials, name="News")["campaignId"]
    block = update_campaign_blocklist

    run(block, credentials, campaign_id, masks=["@a.example"])
    run(block, credentials, campaign_id, masks=["@b.example"], additional_flags=["add"])
    silent = run(
        block,
        credentials,
        campaign_id,
        masks=["@a.example"],
        additional_flags=["delete", "noResponse"],
    )

    assert silent is None
    assert run(get_campaign_blocklist, credentials, campaign_id) == {"masks": ["@b.example"]}
    assert run(get_campaign_blocklist, credentials, campaign_id, mask="a.ex") == {"masks": []}


def test_statistics_of_a_list(
    run: Run, credentials: GetResponseCredentials, sandbox: RunningSandbox
) -> None:
    campaign_id = run(list_campaigns, credentials)[0]["campaignId"]
    for name in ("anna", "ben"):
        run(
            create_contact,
            credentials,
            email=f"{name}@example.com",
            campaign={"campaignId": campaign_id},
        )
    sandbox.clock.advance(600)
    left = {"list": campaign_id, "email": "ben@example.com", "reason": "complaint"}
    sandbox.control("POST", "remove", left)

    [size] = run(
        get_campaign_list_size_statistics, credentials, campaign_id=campaign_id, group_by="total"
    )
    assert size == {
        "createdOn": "total",
        "totalSubscribers": 1,
        "addedSubscribers": 2,
        "removedSubscribers": 1,
    }
    [removals] = run(
        get_campaign_removal_statistics, credentials, campaign_id=campaign_id, group_by="total"
    )
    assert removals == {"total": {"compliant": 1}}
    [summary] = run(get_campaign_summary_statistics, credentials)
    assert summary[campaign_id].get("totalSubscribers") == "1"

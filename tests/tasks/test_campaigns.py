import pytest

from prefect_getresponse import Conflict, GetResponseCredentials
from prefect_getresponse.tasks.campaigns import (
    create_campaign,
    get_campaign,
    get_campaign_blocklist,
    list_campaigns,
    update_campaign,
    update_campaign_blocklist,
)
from tests.conftest import Run


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

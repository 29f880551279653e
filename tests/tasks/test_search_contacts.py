import pytest

from prefect_getresponse import GetResponseCredentials, InvalidArguments
from prefect_getresponse.segments import SearchSection, email, starts
from prefect_getresponse.tasks.campaigns import list_campaigns
from prefect_getresponse.tasks.common import CampaignReference
from prefect_getresponse.tasks.contacts import create_contact
from prefect_getresponse.tasks.search_contacts import SubscribersType, list_contacts_by_conditions
from tests.conftest import Run
from tests.running_sandbox import RunningSandbox

EVERYBODY: SearchSection = {
    "campaignIdsList": [],
    "logicOperator": "and",
    "subscriberCycle": ["receiving_autoresponder", "not_receiving_autoresponder"],
    "subscriptionDate": "all_time",
}


@pytest.fixture
def section(
    run: Run, credentials: GetResponseCredentials, sandbox: RunningSandbox
) -> SearchSection:
    """Everybody on a list of Anna, Ben and Cleo, whom Cleo has left."""
    campaign_id = run(list_campaigns, credentials)[0]["campaignId"]
    for name in ("anna", "ben", "cleo"):
        campaign: CampaignReference = {"campaignId": campaign_id}
        run(create_contact, credentials, email=f"{name}@example.com", campaign=campaign)
    sandbox.clock.advance(600)
    left = {"list": campaign_id, "email": "cleo@example.com", "reason": "unsubscribe"}
    sandbox.control("POST", "remove", left)
    return {**EVERYBODY, "campaignIdsList": [campaign_id]}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("subscribed", ["ben@example.com", "anna@example.com"]),
        ("removed", ["cleo@example.com"]),
        ("unconfirmed", []),
    ],
)
def test_finds_each_kind_of_people(
    kind: SubscribersType,
    expected: list[str],
    section: SearchSection,
    run: Run,
    credentials: GetResponseCredentials,
) -> None:
    found = run(
        list_contacts_by_conditions,
        credentials,
        subscribers_type=[kind],
        section_logic_operator="or",
        section=[section],
        sort_email="DESC",
    )

    assert [each.get("email") for each in found] == expected
    assert {each.get("reason") for each in found} <= {None, "unsubscribe"}


def test_conditions_are_sent_as_they_are(
    section: SearchSection, run: Run, credentials: GetResponseCredentials
) -> None:
    found = run(
        list_contacts_by_conditions,
        credentials,
        subscribers_type=["subscribed"],
        section_logic_operator="or",
        section=[{**section, "conditions": [email(starts("ben"))]}],
    )

    assert [each.get("email") for each in found] == ["ben@example.com"]


@pytest.mark.parametrize(
    ("kinds", "sections", "named"),
    [
        ([], [EVERYBODY], "subscribers_type"),
        (["removed", "subscribed"], [EVERYBODY], "subscribers_type"),
        (["removed"], [EVERYBODY] * 9, "section"),
        (
            ["removed"],
            [{**EVERYBODY, "conditions": [{"conditionType": "tag"}] * 9}],
            "section.0.conditions",
        ),
        (
            ["removed"],
            [{**EVERYBODY, "conditions": [{"conditionType": "scoring"}]}],
            "section.0.conditions.0",
        ),
    ],
)
def test_what_the_api_would_refuse_is_not_sent(
    kinds: list[SubscribersType], sections: list[SearchSection], named: str
) -> None:
    arguments = {
        "subscribers_type": kinds,
        "section_logic_operator": "or",
        "section": sections,
    }
    with pytest.raises(InvalidArguments, match=f"{named}: "):
        list_contacts_by_conditions.operation.request(arguments)

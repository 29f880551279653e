import pytest

from prefect_getresponse import GetResponseCredentials, InvalidArguments, NotFound
from prefect_getresponse.segments import SearchSection, custom, email, is_, starts
from prefect_getresponse.tasks.campaigns import list_campaigns
from prefect_getresponse.tasks.common import CampaignReference
from prefect_getresponse.tasks.contacts import create_contact
from prefect_getresponse.tasks.custom_fields import create_custom_field
from prefect_getresponse.tasks.search_contacts import (
    SubscribersType,
    create_search_contacts,
    delete_search_contacts,
    get_search_contacts,
    list_contacts_by_conditions,
    list_contacts_by_search_contacts,
    list_search_contacts,
    update_search_contacts,
    upsert_custom_fields_by_search_contacts,
)
from tests.conftest import Run
from tests.support.running_sandbox import RunningSandbox

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


def test_life_of_a_saved_segment(
    section: SearchSection,
    run: Run,
    credentials: GetResponseCredentials,
    sandbox: RunningSandbox,
) -> None:
    of_ben: SearchSection = {**section, "conditions": [email(starts("ben"))]}
    saved = run(
        create_search_contacts,
        credentials,
        name="ben",
        section_logic_operator="or",
        section=[of_ben],
    )
    segment_id = saved["searchContactId"]

    assert saved["section"] == [of_ben]
    assert [each["searchContactId"] for each in run(list_search_contacts, credentials)] == [
        segment_id
    ]
    found = run(list_contacts_by_search_contacts, credentials, segment_id)
    assert [each.get("email") for each in found] == ["ben@example.com"]
    run(
        update_search_contacts,
        credentials,
        segment_id,
        name="everybody",
        section_logic_operator="or",
        section=[section],
    )
    changed = run(get_search_contacts, credentials, segment_id)
    assert (changed.get("name"), changed["section"]) == ("everybody", [section])
    run(delete_search_contacts, credentials, segment_id)
    with pytest.raises(NotFound):
        run(get_search_contacts, credentials, segment_id)


def test_fields_are_set_for_everybody_in_a_segment(
    section: SearchSection,
    run: Run,
    credentials: GetResponseCredentials,
    sandbox: RunningSandbox,
) -> None:
    field = run(
        create_custom_field,
        credentials,
        name="city",
        type="string",
        format="text",
        hidden="false",
        values=[],
    )["customFieldId"]
    of_ben: SearchSection = {**section, "conditions": [email(starts("ben"))]}
    in_oslo: SearchSection = {**section, "conditions": [custom(field, is_("Oslo"))]}
    segments = [
        run(
            create_search_contacts,
            credentials,
            name=f"segment {number}",
            section_logic_operator="or",
            section=[each],
        )["searchContactId"]
        for number, each in enumerate((of_ben, in_oslo))
    ]

    run(
        upsert_custom_fields_by_search_contacts,
        credentials,
        segments[0],
        custom_field_values=[{"customFieldId": field, "value": ["Oslo"]}],
    )
    sandbox.clock.advance(600)

    found = run(list_contacts_by_search_contacts, credentials, segments[1])
    assert [each.get("email") for each in found] == ["ben@example.com"]


def test_saved_segments_are_about_subscribed_people() -> None:
    arguments = {
        "name": "gone",
        "section_logic_operator": "or",
        "section": [EVERYBODY],
        "subscribers_type": ["removed"],
    }
    with pytest.raises(InvalidArguments, match=r"subscribers_type\.0: "):
        create_search_contacts.operation.request(arguments)

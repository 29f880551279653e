import pytest

from prefect_getresponse import OMIT, GetResponseCredentials, NotFound
from prefect_getresponse.tasks.campaigns import list_campaigns
from prefect_getresponse.tasks.contacts import (
    create_batch_contacts,
    create_contact,
    delete_contact,
    get_contact,
    list_campaign_contacts,
    list_contacts,
    update_contact,
    upsert_contact_custom_fields,
    upsert_contact_tags,
)
from prefect_getresponse.tasks.custom_fields import create_custom_field
from prefect_getresponse.tasks.tags import create_tag
from tests.conftest import Run
from tests.support.running_sandbox import RunningSandbox

QUEUE_SECONDS = 600


@pytest.fixture
def campaign_id(run: Run, credentials: GetResponseCredentials) -> str:
    return run(list_campaigns, credentials)[0]["campaignId"]


@pytest.fixture
def contact_id(
    run: Run, credentials: GetResponseCredentials, sandbox: RunningSandbox, campaign_id: str
) -> str:
    """A contact that arrived: Jane, with a name and a score."""
    run(
        create_contact,
        credentials,
        email="jane@example.com",
        campaign={"campaignId": campaign_id},
        name="Jane",
        scoring=5,
        day_of_cycle="3",
    )
    sandbox.clock.advance(QUEUE_SECONDS)
    return run(list_contacts, credentials, email="jane@example.com")[0]["contactId"]


def test_a_contact_appears_later(
    run: Run, credentials: GetResponseCredentials, sandbox: RunningSandbox, campaign_id: str
) -> None:
    created = run(
        create_contact, credentials, email="a@example.com", campaign={"campaignId": campaign_id}
    )
    assert created is None
    assert run(list_contacts, credentials) == []

    sandbox.clock.advance(QUEUE_SECONDS)

    found = run(list_contacts, credentials, campaign_id=campaign_id, origin="api")
    assert [each.get("email") for each in found] == ["a@example.com"]


def test_a_batch(run: Run, sandbox: RunningSandbox, campaign_id: str) -> None:
    # An account of its own: the throttle gives an account one batch a second.
    credentials = sandbox.credentials(account_name=f"batch-{run.flavour}")
    tag_id = run(create_tag, credentials, name="vip")["tagId"]
    people = [f"person{number}@example.com" for number in range(30)]
    run(
        create_batch_contacts,
        credentials,
        campaign_id=campaign_id,
        contacts=[{"email": each, "tags": {"ids": [tag_id]}} for each in people],
    )
    sandbox.clock.advance(QUEUE_SECONDS)

    found = run(list_campaign_contacts, credentials, campaign_id, sort_email="ASC", per_page=1000)
    assert [each.get("email") for each in found] == sorted(people)
    details = run(get_contact, credentials, found[0]["contactId"])
    assert [each["tagId"] for each in details.get("tags", [])] == [tag_id]


def test_filters(run: Run, credentials: GetResponseCredentials, contact_id: str) -> None:
    found = run(list_contacts, credentials, email="jane@", additional_flags=OMIT)
    exact = run(list_contacts, credentials, email="jane@", additional_flags=["exactMatch"])

    assert [each["contactId"] for each in found] == [contact_id]
    assert exact == []


def test_omitted_null_and_empty_are_three_things(
    run: Run, credentials: GetResponseCredentials, contact_id: str
) -> None:
    tag_id = run(create_tag, credentials, name="vip")["tagId"]
    run(upsert_contact_tags, credentials, contact_id, tags=[{"tagId": tag_id}])

    untouched = run(update_contact, credentials, contact_id, name="Jane Doe")
    assert (untouched.get("scoring"), len(untouched.get("tags", []))) == (5, 1)

    cleared = run(update_contact, credentials, contact_id, scoring=None, tags=[])
    assert (cleared.get("name"), cleared.get("scoring"), cleared.get("tags")) == (
        "Jane Doe",
        None,
        [],
    )


def test_upserts_keep_the_rest(
    run: Run, credentials: GetResponseCredentials, contact_id: str
) -> None:
    tags = [run(create_tag, credentials, name=name)["tagId"] for name in ("one", "two")]
    for tag_id in tags:
        run(upsert_contact_tags, credentials, contact_id, tags=[{"tagId": tag_id}])
    fields = [
        run(
            create_custom_field,
            credentials,
            name=name,
            type="string",
            format="text",
            hidden="false",
            values=[],
        )["customFieldId"]
        for name in ("city", "plan")
    ]
    for field_id in fields:
        run(
            upsert_contact_custom_fields,
            credentials,
            contact_id,
            custom_field_values=[{"customFieldId": field_id, "value": ["x"]}],
        )

    details = run(get_contact, credentials, contact_id)
    assert {each["tagId"] for each in details.get("tags", [])} == set(tags)
    assert {each["customFieldId"] for each in details.get("customFieldValues", [])} == set(fields)


def test_deleting(run: Run, credentials: GetResponseCredentials, contact_id: str) -> None:
    for _ in range(2):
        run(delete_contact, credentials, contact_id)
    with pytest.raises(NotFound):
        run(get_contact, credentials, contact_id)

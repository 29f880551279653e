import pytest

from prefect_getresponse import (
    GetResponseCredentials,
    InvalidArguments,
    NotFound,
    OutcomeUnknown,
    ValidationFailed,
)
from prefect_getresponse.tasks.campaigns import list_campaigns
from prefect_getresponse.tasks.contacts import create_contact, list_contacts
from prefect_getresponse.tasks.custom_events import (
    CustomEventAttribute,
    TriggeredAttribute,
    create_custom_event,
    delete_custom_event,
    get_custom_event,
    list_custom_events,
    trigger_custom_event,
    update_custom_event,
)
from tests.conftest import Run
from tests.support.faults import path_of
from tests.support.running_sandbox import RunningSandbox

ATTRIBUTES: list[CustomEventAttribute] = [
    {"name": "amount", "type": "number"},
    {"name": "paid", "type": "boolean"},
    {"name": "shop", "type": "string"},
    {"name": "at_time", "type": "datetime"},
]
VALUES: list[TriggeredAttribute] = [
    {"name": "amount", "value": 12},
    {"name": "paid", "value": True},
    {"name": "shop", "value": "Gdańsk"},
    {"name": "at_time", "value": "2026-09-21T08:00:00+0000"},
]


@pytest.fixture
def contact_id(sandbox: RunningSandbox, credentials: GetResponseCredentials) -> str:
    (campaign,) = list_campaigns.fn(credentials)
    create_contact.fn(
        credentials, email="jane@example.com", campaign={"campaignId": campaign["campaignId"]}
    )
    sandbox.clock.advance(300)
    return list_contacts.fn(credentials)[0]["contactId"]


def test_life_of_a_definition(run: Run, credentials: GetResponseCredentials) -> None:
    created = run(create_custom_event, credentials, name="order_paid", attributes=ATTRIBUTES)
    event_id = created["customEventId"]
    run(create_custom_event, credentials, name="left_page", attributes=[])

    assert run(list_custom_events, credentials, has_attributes="true") == [created]
    fewer = run(
        update_custom_event, credentials, event_id, name="order_paid", attributes=ATTRIBUTES[:1]
    )
    assert fewer.get("attributes") == created.get("attributes", [])[:1]
    assert run(get_custom_event, credentials, event_id) == fewer
    run(delete_custom_event, credentials, event_id)
    with pytest.raises(NotFound):
        run(get_custom_event, credentials, event_id)


def test_triggering(run: Run, credentials: GetResponseCredentials, contact_id: str) -> None:
    run(create_custom_event, credentials, name="order_paid", attributes=ATTRIBUTES)

    run(
        trigger_custom_event,
        credentials,
        name="order_paid",
        contact_id=contact_id,
        attributes=VALUES,
    )
    run(trigger_custom_event, credentials, name="order_paid", contact_id=contact_id)


def test_values_are_checked_by_the_definition(
    run: Run, credentials: GetResponseCredentials, contact_id: str
) -> None:
    run(create_custom_event, credentials, name="order_paid", attributes=ATTRIBUTES)
    wrong: list[TriggeredAttribute] = [
        {"name": "amount", "value": "twelve"},
        {"name": "paid", "value": "yes"},
        {"name": "shop", "value": 5},
        {"name": "at_time", "value": "yesterday"},
        {"name": "colour", "value": "red"},
    ]
    with pytest.raises(ValidationFailed) as caught:
        run(
            trigger_custom_event,
            credentials,
            name="order_paid",
            contact_id=contact_id,
            attributes=wrong,
        )
    assert [path_of(each) for each in caught.value.context] == [
        *(f"attributes[{index}].value" for index in range(4)),
        "attributes[4].name",
    ]


def test_event_and_contact_must_exist(
    run: Run, credentials: GetResponseCredentials, contact_id: str
) -> None:
    with pytest.raises(NotFound):
        run(trigger_custom_event, credentials, name="order_paid", contact_id=contact_id)
    with pytest.raises(ValidationFailed, match="contactId"):
        run(trigger_custom_event, credentials, name="order_paid", contact_id="none")


def test_a_doubtful_trigger_is_never_repeated(
    run: Run, credentials: GetResponseCredentials, contact_id: str, sandbox: RunningSandbox
) -> None:
    run(create_custom_event, credentials, name="order_paid", attributes=[])
    path = "/v3/custom-events/trigger"
    fault = {"method": "POST", "path": path, "kind": "commit_then_fail", "status": 500}
    sandbox.control("POST", "faults", {"faults": [fault]})
    with pytest.raises(OutcomeUnknown) as caught:
        run(trigger_custom_event, credentials, name="order_paid", contact_id=contact_id)

    assert not caught.value.reconcilable
    assert sandbox.calls().count(f"POST {path}") == 1


@pytest.mark.parametrize("name", ["ab", "Order", "a b c", "x" * 65])
def test_names_are_checked(name: str, credentials: GetResponseCredentials) -> None:
    with pytest.raises(InvalidArguments, match="name: "):
        create_custom_event.fn(credentials, name=name, attributes=[])

"""JSON of another shape is a typed error where the answer is read, not a traceback behind it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from prefect_getresponse.client import errors
from prefect_getresponse.client.answers.shape import Shape
from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.tasks import declared_tasks
from prefect_getresponse.tasks.campaigns import get_campaign, list_campaigns
from prefect_getresponse.tasks.contacts import list_contacts
from tests.client.fault_server import FaultServer, answer
from tests.client.senders import MakeSender, call

LISTED = list_campaigns.operation.shape
ONE = get_campaign.operation.shape


@pytest.mark.parametrize(
    ("shape", "data", "said"),
    [
        (LISTED, {"login": "http://portal"}, "is no list"),
        (LISTED, ["a", "b"], "no object"),
        (LISTED, [{"name": "x"}], "without campaignId"),
        (LISTED, [{"campaignId": "c"}, {"campaignId": None}], "campaignId is null"),
        (LISTED, [{"campaignId": 5}], "campaignId is a number"),
        (LISTED, None, "is no list"),
        (ONE, [], "is no object"),
        (ONE, '"text"', "is no object"),
        (ONE, {}, "without campaignId"),
        (ONE, {"campaignId": ["c"]}, "campaignId is a list"),
    ],
)
def test_a_read_of_another_shape_is_retried_and_raised(
    shape: Shape, data: object, said: str, sender: MakeSender
) -> None:
    with FaultServer(answer(200, [] if data is None else data)) as server:
        if data is None:
            server.script[0] = answer(200, "null")
        client = sender(server.url)
        with pytest.raises(errors.TransportFailed, match=said):
            client.send(replace(call(), shape=shape))
        assert len(server.requests) == 5


def test_a_portal_that_goes_away_costs_a_retry(sender: MakeSender) -> None:
    with FaultServer(answer(200, {}), answer(200, [{"campaignId": "c"}])) as server:
        got = sender(server.url).send(replace(call(), shape=LISTED))
    assert got.data == [{"campaignId": "c"}]


def test_a_write_of_another_shape_was_accepted(sender: MakeSender) -> None:
    with FaultServer(answer(201, [1])) as server:
        got = sender(server.url).send(replace(call(RetryClass.ONCE), shape=ONE))
        assert len(server.requests) == 1
    assert (got.status, got.data) == (201, None)


def test_members_that_a_caller_needs_are_looked_at_too() -> None:
    shape = list_contacts.operation.shape
    assert shape is not None
    needing = shape.needing(email=(str, type(None)))
    person: dict[str, Any] = {"contactId": "c", "email": None}
    assert needing.fault([person]) == ""
    assert "without email" in needing.fault([{"contactId": "c"}])
    assert "email is a list" in needing.fault([person | {"email": []}])


def test_every_operation_that_answers_objects_has_a_shape() -> None:
    for task in declared_tasks():
        returned = str(task.operation.hints["return"])
        if returned.startswith("list["):
            assert task.operation.shape is not None, task.name
            assert task.operation.shape.is_list

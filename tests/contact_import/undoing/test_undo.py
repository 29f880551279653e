"""Undoing an import removes whom it added and nobody else, however the people have changed."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from pydantic import SecretStr

from prefect_getresponse.client.auth import ApiKeyAuth
from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.contact_import.account import Account
from prefect_getresponse.contact_import.ledger import LedgerBusy, writer_lock
from prefect_getresponse.contact_import.undoing.plan import UndoPlan, is_as_it_came, plan_undo
from prefect_getresponse.contact_import.undoing.undo import UndoReport, undo
from prefect_getresponse.limits.throttle import Throttle
from tests.contact_import.lab import CAMPAIGN, KEY, URL, Killed, Lab, Trouble

T = TypeVar("T")
NEW = [(f"new{number}@example.com", f"New {number}", "vip") for number in range(6)]


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """A list of two people, one of whom the import has updated, and six that it has added."""
    lab = Lab(tmp_path)
    lab.add_people("old@example.com", "known@example.com")
    lab.write([*NEW, ("known@example.com", "Known", "vip")])
    assert lab.run().verdicts["added"] == 6
    lab.time.advance(3_600)
    return lab


def ask(lab: Lab, work: Callable[[Account], Awaitable[T]]) -> T:
    async def alone() -> T:
        async with AsyncClient(
            URL,
            ApiKeyAuth(SecretStr(KEY), URL, {}),
            throttle=Throttle(clock=lab.time, chance=random.Random(1)),
            transport=lab.wire,
            chance=random.Random(1),
        ) as client:
            return await work(Account(client))

    return lab.time.run(alone())


def plan(lab: Lab) -> UndoPlan:
    return ask(lab, lambda account: plan_undo(account, CAMPAIGN, lab.state))


def undone(lab: Lab, found: UndoPlan, approved: str = "") -> UndoReport:
    report = ask(lab, lambda account: undo(account, found, approved or found.hash))
    assert report.balanced
    return report


def test_only_whom_it_added_leaves_and_only_if_unchanged(lab: Lab) -> None:
    found = plan(lab)
    assert len(found.arrivals) == 6
    assert "6 people" in found.markdown()
    assert "@" not in found.markdown()
    ids = {email: each["contactId"] for email, each in lab.members.items()}
    tag = lab.api("POST", "/tags", {"name": "later"})["tagId"]
    lab.api("POST", f"/contacts/{ids['new0@example.com']}", {"name": "Married"})
    lab.api("POST", f"/contacts/{ids['new1@example.com']}/tags", {"tags": [{"tagId": tag}]})
    other = lab.api("POST", "/campaigns", {"name": "other"})["campaignId"]
    move = {"campaign": {"campaignId": other}}
    lab.api("POST", f"/contacts/{ids['new2@example.com']}", move)
    lab.remove("new3@example.com", "unsubscribe")
    report = undone(lab, found)
    assert (report.removed, report.changed, report.gone, report.failed) == (2, 3, 1, 0)
    stay = {"old@example.com", "known@example.com", "new0@example.com", "new1@example.com"}
    assert lab.subscribed == stay
    again = undone(lab, plan(lab))
    assert (again.hash, again.removed) == (report.hash, 0)


def test_who_left_and_came_again_stays(lab: Lab) -> None:
    found = plan(lab)
    lab.remove("new0@example.com", "user")
    lab.time.advance(400)
    lab.add_people("new0@example.com", name="New 0")
    undone(lab, found)
    assert "new0@example.com" in lab.subscribed


@pytest.mark.parametrize("missing", ["campaign", "email", "createdOn"])
def test_an_answer_that_does_not_say_who_it_is_removes_nobody(lab: Lab, missing: str) -> None:
    found = plan(lab)
    [arrival] = [each for each in found.arrivals if each.key == "new0@example.com"]
    details = lab.api("GET", f"/contacts/{arrival.contact_id}")
    assert is_as_it_came(found, arrival, details)
    assert not is_as_it_came(found, arrival, details | {missing: None})


def test_another_plan_or_an_import_at_work_removes_nobody(lab: Lab) -> None:
    found = plan(lab)
    with pytest.raises(InvalidArguments, match="was approved"):
        undone(lab, found, approved="0123456789ab")
    with writer_lock(found.ledger), pytest.raises(LedgerBusy):
        undone(lab, found)
    assert len(lab.subscribed) == 8


@pytest.mark.parametrize("trouble", [Trouble.KILLED_AFTER, Trouble.LOST_AFTER])
def test_the_same_command_ends_what_a_crash_has_begun(lab: Lab, trouble: Trouble) -> None:
    found = plan(lab)
    deleted = 0

    def calm(_request: object) -> Trouble | None:
        return None

    def third(request: object) -> Trouble | None:
        nonlocal deleted
        deleted += getattr(request, "method", "") == "DELETE"
        return trouble if deleted == 3 else None

    lab.wire.plan = third
    if trouble is Trouble.KILLED_AFTER:
        with pytest.raises(Killed):
            undone(lab, found)
    else:
        undone(lab, found)
    lab.wire.plan, lab.wire.dead = calm, False
    again = undone(lab, plan(lab))
    assert again.hash == found.hash
    assert lab.subscribed == {"old@example.com", "known@example.com"}


def test_without_an_import_there_is_nothing_to_undo(tmp_path: Path) -> None:
    with pytest.raises(InvalidArguments, match="nothing is remembered"):
        plan(Lab(tmp_path))

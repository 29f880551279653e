"""The reconciliation: what no webhook brought is found by reading, once."""

from __future__ import annotations

from collections import Counter
from typing import Any

import httpx
import pytest

from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.webhooks import Event, on_event
from tests.events.loop import Loop
from tests.events.test_drain import listing
from tests.sandbox.test_notices import newsletter


def add_many(loop: Loop, count: int) -> list[str]:
    emails = [f"p{number}@mail.example" for number in range(count)]
    body = {
        "campaignId": loop.campaign,
        "fieldMapping": ["email"],
        "contacts": [[email] for email in emails],
    }
    loop.api.ok("POST", "/imports", body)
    loop.api.advance(600)
    return emails


def live(loop: Loop) -> None:
    """Let people come, read, click and go."""
    emails = add_many(loop, 60)
    newsletter(loop.api, loop.campaign)
    for _ in range(10):
        loop.api.sandbox.send_notices(loop.post)
        loop.api.advance(1000)
    for number, email in enumerate(emails[:20]):
        loop.remove(email, "bounce" if number % 4 == 0 else "unsubscribe")


FINDABLE = {
    "contact_added",
    "contact_removed_link",
    "contact_removed_bounce",
    "contact_opened_message",
    "contact_clicked_message_link",
    "contacts_import_finished",
}


def told(loop: Loop) -> Counter[tuple[Any, ...]]:
    """Every event of the sandbox's log, once, however often it was sent."""
    once = {(row["id"], row["index"]): row for row in loop.log()}
    return Counter(
        (row["type"], row["contact_id"], row["occurred_at"][:19])
        for row in once.values()
        if row["type"] in FINDABLE
    )


def in_table(loop: Loop) -> Counter[tuple[Any, ...]]:
    return Counter(
        (row["type"], row["contact_id"] or "", row["occurred_at"][:19].replace(" ", "T"))
        for row in loop.rows()
    )


@pytest.mark.parametrize("drained_first", [True, False])
def test_lost_doubled_and_shuffled_every_event_is_there_once(
    loop: Loop, drained_first: bool
) -> None:
    loop.listen(loss=0.1, duplicates=0.2, shuffle=True, batch=3)
    live(loop)
    loop.deliver()
    if drained_first:
        loop.drain(batch=17)
    report = loop.reconcile()
    loop.drain()

    lost = sum(row["status"] is None for row in loop.log())
    assert lost > 5
    assert in_table(loop) == told(loop)
    assert report.added.total() == lost == report.missed.total()
    assert report.is_silent
    assert not report.unexplained
    again = loop.reconcile()
    assert again.added.total() == 0
    assert not again.is_silent
    assert in_table(loop) == told(loop)
    found_by = Counter(row["found_by"] for row in loop.rows())
    assert found_by["poll"] == lost
    assert found_by["both"] == told(loop).total() - lost


def test_what_comes_after_it_was_found_is_one_event(loop: Loop) -> None:
    handled: list[str] = []

    @on_event("*")
    def note(event: Event) -> None:
        handled.append(event.id)

    loop.listen(delay=2 * 86_400)
    live(loop)
    loop.api.sandbox.send_notices(loop.post)
    assert loop.reconcile().added.total() > 80
    assert loop.drain(listing(note)).done == len(handled)
    before = in_table(loop)
    loop.api.advance(2 * 86_400)
    loop.deliver()
    report = loop.drain(listing(note))
    assert report.merged == report.done == len(before)
    assert in_table(loop) == before == told(loop)
    assert {row["found_by"] for row in loop.rows()} == {"both"}
    assert len(set(handled)) == len(handled)


def test_equal_events_of_one_second_are_counted(loop: Loop) -> None:
    """Two of the same are two: one that a webhook brought does not hide the other."""
    loop.listen(types=["contact_opened_message"], loss=0.5)
    emails = [f"robot{number}@scanner.example" for number in range(8)]
    for email in emails:
        loop.api.add(loop.campaign, email)
    newsletter(loop.api, loop.campaign)
    loop.api.advance(2000)
    loop.deliver()
    loop.drain()
    loop.reconcile(types=["contact_opened_message"])
    assert in_table(loop) == told(loop)
    assert told(loop).total() == 8


class Forgetful(httpx.AsyncBaseTransport):
    """A GetResponse that lists nobody who is on a list."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v3/contacts":
            headers = {"TotalCount": "0", "TotalPages": "0", "CurrentPage": "1"}
            return httpx.Response(200, json=[], headers=headers, request=request)
        return await self._inner.handle_async_request(request)


def test_an_arrival_that_is_counted_and_not_found_is_said(loop: Loop) -> None:
    loop.api.add(loop.campaign, "ann@mail.example")
    loop.api.advance(2 * 86_400)
    assert not loop.reconcile(since="2026-09-19").unexplained
    loop.transport = Forgetful(loop.transport)
    [row] = loop.reconcile(since="2026-09-19").unexplained
    assert (row["type"], row["expected"], row["got"]) == ("contact_added", 1, 0)


def test_a_change_that_nothing_told_of_is_one_row(loop: Loop) -> None:
    api = loop.api
    api.add(loop.campaign, "ann@mail.example", "bob@mail.example")
    loop.listen(types=["contact_email_changed"])
    ann = api.find(loop.campaign, "ann@mail.example")["contactId"]
    bob = api.find(loop.campaign, "bob@mail.example")["contactId"]
    api.ok("POST", f"/contacts/{ann}", {"email": "anna@mail.example"})
    loop.deliver()
    api.control("POST", "webhooks", {"url": ""})
    api.ok("POST", f"/contacts/{bob}", {"email": "bobby@mail.example"})
    for _ in range(2):
        loop.reconcile()
        loop.drain()
        rows = [row for row in loop.rows() if row["type"] == "contact_differs"]
        assert [(row["contact_id"], row["email"]) for row in rows] == [(bob, "bobby@mail.example")]


def test_only_the_lists_and_types_asked_for(loop: Loop) -> None:
    other = loop.api.create_list("vip")
    loop.api.add(loop.campaign, "ann@mail.example")
    loop.api.add(other, "ann@mail.example")
    loop.remove("ann@mail.example")
    assert loop.reconcile(lists=["vip"]).found == {"contact_added": 1}
    report = loop.reconcile(types=["contact_removed_link"])
    assert report.found == {"contact_removed_link": 1}


def test_reading_begins_where_it_ended_and_a_day_before(loop: Loop) -> None:
    loop.api.add(loop.campaign, "ann@mail.example")
    first = loop.reconcile()
    loop.api.advance(10 * 86_400)
    assert loop.reconcile().since == first.until.replace("-22T", "-21T").replace("-21T", "-20T")
    loop.api.advance(60 * 86_400)
    with pytest.raises(InvalidArguments, match="more than 30 days"):
        loop.reconcile(since="2026-09-21")


@pytest.mark.parametrize(
    "wrong", [{"since": "yesterday"}, {"types": ["contact_moved"]}, {"lists": ["no such list"]}]
)
def test_what_cannot_be_read_is_said(loop: Loop, wrong: dict[str, Any]) -> None:
    with pytest.raises(Exception, match=r"since|cannot find|no list"):
        loop.reconcile(**wrong)


def test_an_inbox_of_a_purged_month_is_no_reason_to_find_all_again(loop: Loop) -> None:
    loop.listen()
    live(loop)
    loop.deliver()
    loop.drain()
    loop.reconcile()
    loop.api.advance(2 * 86_400)
    assert loop.inbox.purge(1.0) > 50
    assert not [entry for entry in loop.inbox.show() if "mail.example" in entry.payload]
    assert loop.reconcile(since="2026-09-15").added.total() == 0
    loop.api.advance(40 * 86_400)
    assert loop.inbox.purge(30.0) > 50
    assert not loop.inbox.show()

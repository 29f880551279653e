"""The drain: each entry one row and its handlers, whatever fails on the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from prefect_getresponse.client.errors import GetResponseError, InvalidArguments
from prefect_getresponse.events.draining.handlers import Event, Handler, Handlers, load_handlers
from prefect_getresponse.events.draining.rows import EVENTS
from prefect_getresponse.events.inbox.entries import Entry
from prefect_getresponse.sinks.parquet import ParquetSink
from prefect_getresponse.sinks.sink import SinkBusy
from prefect_getresponse.webhooks import on_event
from tests.events.loop import Loop, keys
from tests.events.samples import opened
from tests.support.sqlite_file import sqlite_file


def listing(*functions: Handler) -> Handlers:
    return Handlers({f"{number}": each for number, each in enumerate(functions)})


def take_in(loop: Loop, *payloads: dict[str, Any]) -> list[str]:
    """Put notices of the sandbox's account into the inbox."""
    account = loop.api.control("GET", "state")["account"]
    entries: list[Entry] = []
    from prefect_getresponse.events.receiving.reading import webhook_entries

    for number, payload in enumerate(payloads):
        body = json.dumps({**payload, "account": {"accountId": account}}).encode()
        entries += webhook_entries(body, f"id-{loop.now():.0f}-{number}", loop.now() + number)
    loop.inbox.add(entries)
    return [entry.key for entry in entries]


def test_an_unsubscribe_becomes_a_row(loop: Loop) -> None:
    loop.api.add(loop.campaign, "ann@mail.example")
    contact = loop.api.find(loop.campaign, "ann@mail.example")
    loop.listen(types=["contact_removed_link"])
    loop.remove("ann@mail.example")
    loop.deliver()

    report = loop.drain()
    assert (report.taken, report.done, report.types) == (1, 1, {"contact_removed_link": 1})
    [row] = loop.rows()
    assert row["type"] == "contact_removed_link"
    assert row["contact_id"] == contact["contactId"]
    assert row["email"] == "ann@mail.example"
    assert row["list_id"] == loop.campaign
    assert row["found_by"] == "webhook"
    assert row["event_id"] == f"{loop.log()[0]['id']}/0"
    assert row["occurred_at"] is not None
    assert loop.inbox.counts() == {"done": 1}
    assert loop.drain().taken == 0


def test_everything_a_click_says_is_kept(loop: Loop) -> None:
    link = {"clickTrackId": "Lk7", "name": "Shop", "url": "https://shop.example/"}
    take_in(loop, opened(type="contact_clicked_message_link", clickTrack=link))
    loop.drain()
    [row] = loop.rows()
    assert (row["message_type"], row["message_id"], row["message_subject"]) == (
        "autoresponders",
        "Mz3",
        "Spring",
    )
    assert (row["link_id"], row["link_url"]) == ("Lk7", "https://shop.example/")
    assert json.loads(row["payload"])["clickTrack"] == link


def test_what_a_payload_does_not_say_is_read(loop: Loop) -> None:
    api = loop.api
    field_id = api.ok(
        "POST",
        "/custom-fields",
        {"name": "pet", "type": "string", "format": "text", "hidden": "false", "values": []},
    )["customFieldId"]
    api.add(loop.campaign, "ann@mail.example")
    contact_id = api.find(loop.campaign, "ann@mail.example")["contactId"]
    loop.listen(types=["contact_custom_field_changed", "contacts_import_finished"])
    values = [{"customFieldId": field_id, "value": ["cat"]}]
    api.ok("POST", f"/contacts/{contact_id}/custom-fields", {"customFieldValues": values})
    rows = {
        "campaignId": loop.campaign,
        "fieldMapping": ["email"],
        "contacts": [["b@mail.example"]],
    }
    api.ok("POST", "/imports", rows)
    api.advance(600)
    loop.deliver()

    report = loop.drain()
    details = {row["type"]: json.loads(row["details"]) for row in loop.rows()}
    [value] = details["contact_custom_field_changed"]["customFieldValues"]
    assert value["value"] == ["cat"]
    assert details["contacts_import_finished"]["statistics"]["addedToList"] == 1
    assert report.calls["GET /contacts/{contactId}"] == 1


def test_details_of_somebody_who_is_gone_are_missing_and_nothing_else(loop: Loop) -> None:
    take_in(loop, opened(type="contact_email_changed"))
    assert loop.drain().done == 1
    assert loop.rows()[0]["details"] is None


def test_handlers_get_their_types_and_ids_that_stay(loop: Loop) -> None:
    seen: list[Event] = []
    everything: list[str] = []

    @on_event("contact_removed_link", "contact_opened_message")
    def note(event: Event) -> None:
        seen.append(event)

    @on_event("*")
    async def note_all(event: Event) -> None:
        everything.append(event.type)

    entries = take_in(loop, opened(), opened(type="contact_moved"))
    report = loop.drain(listing(note, note_all))
    assert [event.id for event in seen] == entries[:1]
    assert seen[0].payload["contact"]["name"] == "Ann Canary"
    assert sorted(everything) == ["contact_moved", "contact_opened_message"]
    assert report.handled == 3
    assert "canary" not in repr(seen[0])


def test_a_handler_that_fails_is_called_again_until_it_is_given_up(loop: Loop) -> None:
    calls: list[str] = []

    @on_event("contact_opened_message")
    def fail(event: Event) -> None:
        calls.append(event.id)
        raise ValueError("no shop for canary.ann@mail.example")

    @on_event("contact_moved")
    def work(_event: Event) -> None:
        pass

    [broken, _] = take_in(loop, opened(), opened(type="contact_moved"))
    handlers = listing(fail, work)
    assert loop.drain(handlers, max_tries=3).as_dict()["retried"] == 1
    assert len(loop.rows()) == 2  # the row does not wait for the handler
    assert loop.drain(handlers, max_tries=3).taken == 0  # not before a minute has passed
    loop.api.advance(61)
    assert loop.drain(handlers, max_tries=3).retried == 1
    loop.api.advance(3600)
    report = loop.drain(handlers, max_tries=3)
    assert (report.dead, report.retried) == (1, 0)
    loop.api.advance(86_400)
    assert loop.drain(handlers, max_tries=3).taken == 0
    assert calls == [broken] * 3

    [dead] = loop.inbox.show(state="dead")
    assert dead.tries == 3
    assert "ValueError" in dead.error
    assert "canary" not in dead.error
    assert loop.inbox.replay() == 1
    assert loop.drain(listing(work)).done == 1
    assert len(loop.rows()) == 2


def test_an_api_that_fails_keeps_only_its_own_entries_back(loop: Loop) -> None:
    fault = {"method": "GET", "path": "/v3/contacts/*", "kind": "status", "status": 403, "times": 1}
    loop.api.control("POST", "faults", {"faults": [fault]})
    take_in(loop, opened(), opened(type="contact_email_changed"))
    report = loop.drain()
    assert (report.done, report.retried) == (1, 1)
    assert next(iter(report.errors)).startswith("reading: ")
    loop.api.advance(61)
    assert loop.drain().done == 1


def test_a_destination_that_fails_loses_nothing(loop: Loop) -> None:
    take_in(loop, opened())
    loop.drain()
    take_in(loop, opened())
    with sqlite_file(loop.table) as database:
        database.execute(
            "CREATE TRIGGER broken BEFORE INSERT ON getresponse_events"
            " BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    with pytest.raises(GetResponseError):
        loop.drain()
    assert loop.inbox.counts() == {"done": 1, "waiting": 1}
    with sqlite_file(loop.table) as database:
        database.execute("DROP TRIGGER broken")
    assert loop.drain().done == 1
    assert len(loop.rows()) == 2


class Killed(BaseException):
    pass


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_around_the_write_it_is_one_row(
    loop: Loop, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prefect_getresponse.events.inbox.inbox import Inbox, Lease

    entries = take_in(loop, opened(), opened(type="contact_moved"))
    settle = Inbox.settle

    def killed(*given: Any) -> None:
        if when == "after":
            settle(*given)
        raise Killed

    def gives_nothing_back(_inbox: Inbox, _lease: Lease) -> int:
        return 0

    with monkeypatch.context() as patch:
        patch.setattr(Inbox, "settle", killed)
        patch.setattr(Inbox, "release", gives_nothing_back)
        with pytest.raises(Killed):
            loop.drain()
    assert loop.drain().taken == 0
    loop.api.advance(301)
    assert loop.drain().done == 2
    assert keys(loop.rows()) == sorted(entries)


def test_a_lease_that_ran_out_is_not_written(loop: Loop) -> None:
    take_in(loop, opened())

    @on_event("*")
    def slow(_event: Event) -> None:
        loop.api.advance(301)
        assert loop.drain().done == 1

    report = loop.drain(listing(slow))
    assert (report.taken_over, report.done) == (1, 0)
    assert len(loop.rows()) == 1


def test_entries_of_other_accounts_wait_for_their_own(loop: Loop) -> None:
    from prefect_getresponse.events.receiving.reading import webhook_entries

    loop.inbox.add(webhook_entries(json.dumps(opened()).encode(), "x", loop.now()))
    report = loop.drain()
    assert (report.taken, report.waiting) == (0, 1)


def test_equal_callbacks_are_rows_that_are_marked(loop: Loop) -> None:
    from prefect_getresponse.events.receiving.reading import callback_entry

    query = [("action", "click"), ("CONTACT_ID", "Kp5"), ("contact_email", "a@mail.example")]
    for seconds in (0.0, 1.5, 60.0):
        loop.inbox.add([callback_entry(iter(query), loop.now() + seconds)])
    other = [("action", "click"), ("CONTACT_ID", "Kp6")]
    loop.inbox.add([callback_entry(iter(other), loop.now() + 1)])
    assert loop.drain().done == 4
    rows = sorted(loop.rows(), key=lambda row: (row["received_at"], row["contact_id"]))
    assert [row["possible_duplicate"] for row in rows] == [0, 0, 1, 0]
    assert {row["kind"] for row in rows} == {"callback"}
    assert rows[0]["email"] == "a@mail.example"


@pytest.mark.parametrize("options", [{"max_tries": 0}, {"batch": 0}, {"batch": 10_001}])
def test_options_that_make_no_sense_are_said_to(loop: Loop, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidArguments):
        loop.drain(**options)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("no_such_module_anywhere", "cannot be imported"),
        ("json", "no function is marked"),
        ("/nowhere/handlers.py", "cannot be imported"),
    ],
)
def test_handlers_that_cannot_be_used_are_said_to(name: str, says: str) -> None:
    with pytest.raises(InvalidArguments, match=says):
        load_handlers(name)


def test_handlers_of_a_file(tmp_path: Any) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "from prefect_getresponse.webhooks import Event, on_event\n\n"
        "@on_event('contact_added')\ndef note(event: Event) -> None: ...\n"
    )
    assert len(load_handlers(str(file))) == 1


def test_a_folder_of_files_has_each_event_once_and_one_writer(tmp_path: Path) -> None:
    loop = Loop(tmp_path, together=False, to=str(tmp_path / "lake"))
    taken = take_in(loop, *(opened(contact={"contactId": f"K{number}"}) for number in range(7)))
    with ParquetSink(loop.to).claim("Ab1", "another"), pytest.raises(SinkBusy):
        loop.drain()
    assert loop.inbox.counts() == {"waiting": 7}
    assert loop.drain(batch=3).done == 7
    loop.inbox.replay(state="done")
    assert loop.drain().done == 7
    sink = ParquetSink(loop.to)
    assert sorted(row[0] for row in sink.select(EVENTS, ["event_id"])) == sorted(taken)
    assert {Path(file) for file in sink.files()} == set((tmp_path / "lake").rglob("*.parquet"))
    loop.close()

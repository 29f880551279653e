"""Who is on the list is read while the source is read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from itertools import pairwise

import httpx
import pytest

from prefect_getresponse.client.errors import AuthenticationFailed
from prefect_getresponse.contact_import.questions import UndecidedColumns
from prefect_getresponse.sources.rows import RowsSource
from tests.contact_import.lab import Lab, Trouble, counted
from tests.support.sqlite_file import sqlite_file

ROWS = 6_000
HEADER = ("Email", "First Name")


class Readings:
    """Rows of a program, which knows how many of them were read in each reading."""

    def __init__(self, rows: int = ROWS, header: Sequence[str] = HEADER) -> None:
        self.made: list[int] = []
        self._rows = rows
        self._header = header

    def __call__(self) -> Iterator[Sequence[str]]:
        self.made.append(0)
        yield self._header
        for number in range(self._rows):
            self.made[-1] += 1
            yield [f"p{number:05}@example.com", "Ann", *["perhaps"] * (len(self._header) - 2)]

    @property
    def source(self) -> RowsSource:
        return RowsSource(self, name="people")


def is_listing(request: httpx.Request) -> bool:
    return request.method == "GET" and request.url.path == "/v3/contacts"


def test_the_list_is_read_while_the_source_is(lab: Lab) -> None:
    lab.add_people("p00001@example.com", name="Ann")
    readings, seen = Readings(), list[int]()

    def watched(request: httpx.Request) -> None:
        if is_listing(request):
            seen.append(readings.made[-1])

    lab.wire.plan = watched
    lab.given = readings.source
    report = lab.run(mode="add_only", dry_run=True)

    # Until a query has its first records it may take minutes, in which no call may wait.
    assert 200 <= seen[0] < ROWS
    assert counted(report) == {"planned": ROWS - 1, "already_present": 1}


def test_others_get_their_turn_while_a_source_is_read(lab: Lab) -> None:
    readings, turns = Readings(), list[int]()
    tasks = list[asyncio.Task[None]]()

    async def take_turns() -> None:
        while not turns or turns[-1] < ROWS:
            turns.append(readings.made[-1])
            await asyncio.sleep(0)

    def begin(request: httpx.Request) -> None:
        if is_listing(request) and not tasks:
            tasks.append(asyncio.get_running_loop().create_task(take_turns()))

    lab.wire.plan = begin
    lab.given = readings.source
    lab.run(dry_run=True)

    assert tasks[0].done()
    assert 0 < max(later - earlier for earlier, later in pairwise(turns)) <= 1_000


def test_a_list_that_cannot_be_read_ends_the_reading_of_the_source(lab: Lab) -> None:
    readings = Readings()
    lab.wire.plan = lambda request: Trouble.UNAUTHORIZED if is_listing(request) else None

    lab.given = readings.source
    with pytest.raises(AuthenticationFailed):
        lab.run()

    assert readings.made[-1] < ROWS
    assert lab.wire.bodies == []


def test_a_question_about_the_source_ends_the_reading_of_the_list(lab: Lab) -> None:
    lab.given = Readings(40, (*HEADER, "Newsletter")).source
    with pytest.raises(UndecidedColumns):
        lab.run(vouched=False)

    assert lab.wire.bodies == []


def test_a_reading_that_breaks_off_leaves_nobody_of_the_list_to_the_next(lab: Lab) -> None:
    lab.add_people("gone@example.com", "stays@example.com")
    lab.wire.plan = lambda request: (
        Trouble.UNAUTHORIZED if request.url.path.startswith("/v3/search") else None
    )
    lab.given = Readings(40).source
    with pytest.raises(AuthenticationFailed):
        lab.run()
    lab.wire.plan = lambda _request: None
    lab.remove("gone@example.com", "unsubscribe")

    lab.run()

    [path] = lab.state.glob("*.sqlite")
    with sqlite_file(path) as db:
        listed = db.execute("SELECT key FROM listed WHERE standing = 'subscribed'").fetchall()
    assert ("stays@example.com",) in listed
    assert ("gone@example.com",) not in listed

"""Reading again: rows that mean what they meant the night before stay as they are."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from prefect_getresponse.accounts.access import Access
from prefect_getresponse.contact_import.active_run import JobRun
from prefect_getresponse.contact_import.columns.source_mapping import SourceMapping
from prefect_getresponse.contact_import.job import Job, Order
from prefect_getresponse.contact_import.ledger import Ledger, Phase
from prefect_getresponse.contact_import.options import import_options
from prefect_getresponse.contact_import.phases.read import read
from prefect_getresponse.contact_import.rows.custom_fields import CustomField
from prefect_getresponse.sources.reading import Reading
from prefect_getresponse.sources.rows import RowsSource

PEOPLE = 450
HEADER = ["Email", "First Name", "Tags", "Since", "Marketing Consent"]
COLUMNS = {"Since": "custom:since"}
MAPPING = SourceMapping(COLUMNS, tags={"*": "-"})
DAY_FIRST = MAPPING.and_also({}, Reading(dates="day-first"))
Records = list[list[str]]


def people(number: int = PEOPLE) -> Records:
    return [[f"p{at}@example.com", f"Anna {at}", "", "", "yes"] for at in range(number)]


def job(path: Path, records: Records, **options: Any) -> Job:
    given = import_options(
        **{"source": "people", "list_name": "customers", "mapping": MAPPING, **options}
    )
    return Job(
        order=Order(given, RowsSource([HEADER, *records], name="people")),
        key="job",
        location="rows:people",
        source_name="people",
        columns=(),
        account_name="account",
        campaign=None,
        custom_fields={"since": CustomField("F1", "since", "date")},
        ledger=path,
        started=0.0,
        calls={},
    )


def read_now(given: Job) -> JobRun:
    """Read the source of a job that has no list yet: no call is made."""

    async def reading() -> JobRun:
        return await read(given, Access(api_key=SecretStr("key")).get_async_client())

    return asyncio.run(reading())


def looked_at(path: Path, records: Records, **options: Any) -> tuple[list[Any], dict[str, Any]]:
    """All rows of a run that has just been read, and its facts."""
    run = read_now(job(path, records, **options))
    with Ledger(path) as ledger:
        kept = ledger.run(run.run_id)
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute(
            "SELECT row, key, contact, hash, action, steps, contact_id, chunk, verdict, reason,"
            " detail, consented FROM rows ORDER BY run, row"
        ).fetchall()
        assert db.execute("SELECT count(DISTINCT run) FROM rows").fetchone() == (1,)
        by_key = (
            "SELECT count(*) FROM rows INDEXED BY rows_by_key"
            " WHERE run = (SELECT run FROM runs WHERE run_id = ?)"
        )
        assert db.execute(by_key, (run.run_id,)).fetchone() == (len(rows),)
    return rows, {**kept.facts, "read": kept.rows_read}


def end(path: Path) -> None:
    """End the last run as if everybody had been sent."""
    with Ledger(path) as ledger:
        last = ledger.last()
        assert last is not None
        last.enter(Phase.SENDING)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(
            "UPDATE rows SET action = 'add', chunk = 1, verdict = 'added', detail = 'sent',"
            " steps = '[]', contact_id = 'C' WHERE verdict IS NULL AND row % 3 > 0"
        )
        db.execute("UPDATE runs SET phase = 'finished', ended = started WHERE phase = 'sending'")


def _change(records: Records, chance: random.Random) -> None:
    at = chance.randrange(len(records))
    cell = chance.choice(
        [
            (0, "p7@example.com"),
            (0, "nobody"),
            (1, "NULL"),
            (1, "Zoë &amp; Jan"),
            (2, "new customer|B2B"),
            (2, "?"),
            (3, "03.04.2026"),
            (3, "2026-04-13"),
            (3, "31.12.2026"),
            (4, "no"),
            (4, "perhaps"),
        ]
    )
    records[at][cell[0]] = cell[1]


def _insert(records: Records, chance: random.Random) -> None:
    records.insert(chance.randrange(len(records)), ["new@example.com", "New", "", "", "yes"])


def _repeat(records: Records, chance: random.Random) -> None:
    address, _, _, _, said = chance.choice(records)
    records.append([address, "Again", "", "", chance.choice(["no", "yes", said])])


def _refuse(records: Records, chance: random.Random) -> None:
    chance.choice(records)[4] = "no"


def _forget(records: Records, _chance: random.Random) -> None:
    records[:] = [record for record in records if record[1] != "Again"]


def _append(records: Records, chance: random.Random) -> None:
    records += people(PEOPLE + chance.randrange(300))[PEOPLE:]


def _delete(records: Records, chance: random.Random) -> None:
    del records[chance.randrange(len(records))]


def _cut(records: Records, chance: random.Random) -> None:
    del records[-chance.randrange(1, 260) :]


def _nothing(_records: Records, _chance: random.Random) -> None:
    """Nothing has changed."""


CHANGES: list[Callable[[Records, random.Random], None]] = [
    _change,
    _change,
    _change,
    _insert,
    _refuse,
    _repeat,
    _repeat,
    _forget,
    _append,
    _delete,
    _cut,
    _nothing,
    _nothing,
]


@pytest.mark.parametrize("seed", range(4))
def test_rows_that_stay_are_as_if_all_had_been_read(seed: int, tmp_path: Path) -> None:
    chance, records, path = random.Random(seed), people(), tmp_path / "ledger.sqlite"
    looked_at(path, records)
    for night in range(6):
        if chance.random() < 0.7:
            end(path)
        for change in chance.choices(CHANGES, k=chance.randrange(3)):
            change(records, chance)
        found = looked_at(path, records)
        assert found == looked_at(tmp_path / f"{night}.sqlite", records)


@pytest.mark.parametrize(
    ("said", "then", "verdict"),
    [
        ("no", "no", ("excluded", "no_consent", None)),
        ("no", "yes", (None, None, None)),
        ("yes", "no", ("excluded", "no_consent", None)),
        ("yes", "yes", (None, None, None)),
    ],
)
def test_one_whom_no_later_row_repeats_is_what_the_row_says(
    said: str, then: str, verdict: tuple[str | None, ...], tmp_path: Path
) -> None:
    path, again = tmp_path / "ledger.sqlite", ["p3@example.com", "Again", "", "", "yes"]
    once, later = people(), people()
    once[3][4], later[3][4] = said, then
    for records in ([*once, again], [*later, again]):
        rows, _ = looked_at(path, records)
        assert rows[3][8:10] == ("duplicate", "later_row_wins")
        end(path)
    rows, _ = looked_at(path, later)

    assert rows[3][8:11] == verdict


@pytest.fixture
def told_apart(tmp_path: Path) -> Path:
    """A ledger in which the first row of each block says something else than its record."""
    path = tmp_path / "ledger.sqlite"
    read_now(job(path, people()))
    end(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("UPDATE rows SET contact = 'as it was' WHERE row IN (2, 202, 402)")
    return path


def _as_they_were(path: Path, records: Records, **options: Any) -> list[int]:
    rows, _ = looked_at(path, records, **options)
    return [row for row, _, contact, *_ in rows if contact == "as it was"]


def test_blocks_that_are_the_same_are_not_written(told_apart: Path) -> None:
    records = people()
    assert _as_they_were(told_apart, records) == [2, 202, 402]
    end(told_apart)
    records[210][1] = "Zoë"
    assert _as_they_were(told_apart, records) == [2, 402]
    end(told_apart)
    records[0][1] = "John"
    records.pop()
    assert _as_they_were(told_apart, records) == []


@pytest.mark.parametrize(
    "options", [{"tags": ["night"]}, {"resubscribe": "Since"}, {"mapping": DAY_FIRST}]
)
def test_other_options_are_another_meaning(told_apart: Path, options: dict[str, Any]) -> None:
    assert _as_they_were(told_apart, people(), **options) == []


@pytest.mark.parametrize(
    ("column", "cell"), [(1, "NULL"), (3, "03.04.2026"), (2, "?"), (4, "perhaps")]
)
def test_strange_cells_are_read_each_night(column: int, cell: str, told_apart: Path) -> None:
    records = people()
    records[210][column] = cell
    first = looked_at(told_apart, records)
    end(told_apart)
    with closing(sqlite3.connect(told_apart, isolation_level=None)) as db:
        db.execute("UPDATE rows SET contact = 'as it was' WHERE row IN (2, 202, 402)")
    again = looked_at(told_apart, records)

    assert [row[2] == "as it was" for row in again[0] if row[0] in (2, 202, 402)] == [1, 0, 1]
    assert again[1] == first[1]


def test_an_interrupted_run_leaves_its_rows_to_nobody(told_apart: Path) -> None:
    """Whoever was at work on it may still be, and must not write into the next one."""
    assert _as_they_were(told_apart, people()) != []
    assert _as_they_were(told_apart, people()) == []


def test_a_purge_leaves_nothing_to_take_over(told_apart: Path) -> None:
    with Ledger(told_apart) as ledger:
        ledger.outcomes.forget(time.time() + 1)
    assert looked_at(told_apart, people()) == looked_at(told_apart, people())

"""A source is opened, mapped, fingerprinted and read in one pass, or two where its kind asks it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from prefect_getresponse.contact_import import engine
from prefect_getresponse.sources import open_source
from prefect_getresponse.sources.storage.places import LocalPlace
from tests.contact_import.lab import Lab

PEOPLE = 10
ROWS = 20_000
"""Enough for the first rows, which are looked at beforehand, to be few."""
LONG = "a long note, " * 80
MAPPING = {"Note": "-"}


class Counted(io.BufferedReader):
    """A file that counts what is read of it."""

    read_bytes = 0

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        Counted.read_bytes += len(data)
        return data


def _known(_lab: Lab, _options: object) -> bool:
    return True


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts the bytes that are read of local files."""

    def opened(found: LocalPlace) -> BinaryIO:
        return cast(BinaryIO, Counted(io.FileIO(found.path)))

    monkeypatch.setattr(LocalPlace, "open", opened)
    monkeypatch.setattr(Lab, "_says_who_agreed", _known)  # it would read it, too
    Counted.read_bytes = 0


def people() -> list[dict[str, str]]:
    return [
        {
            "Email": f"p{row}@example.com",
            "Marketing Consent": "yes" if row < PEOPLE else "no",
            "Note": LONG,
        }
        for row in range(ROWS)
    ]


def write_csv(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, people()[0].keys())
        writer.writeheader()
        writer.writerows(people())


def write_jsonl(path: Path) -> None:
    path.write_text("".join(f"{json.dumps(person)}\n" for person in people()), "utf-8")


@pytest.mark.usefixtures("counting")
@pytest.mark.parametrize(
    ("name", "most"),
    [("people.csv", 1.2), ("people.jsonl", 2.1)],  # the first pass over JSON finds all keys
)
def test_an_import_reads_its_source_once(name: str, most: float, lab: Lab) -> None:
    path = lab.folder / name
    write_csv(path) if name.endswith("csv") else write_jsonl(path)
    report = lab.run(source=str(path), mapping=MAPPING)
    assert report.verdicts["added"] == PEOPLE
    assert Counted.read_bytes <= most * path.stat().st_size


@pytest.mark.usefixtures("counting")
def test_what_was_read_whole_is_not_read_again_for_its_fingerprint(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Email\njane@example.com\n", "utf-8")
    source, other = open_source(path), open_source(path)
    assert sum(1 for _ in source.records()) == 1
    Counted.read_bytes = 0
    found = source.fingerprint()
    assert Counted.read_bytes == 0
    assert found == other.fingerprint()


def test_a_source_that_changes_before_it_is_read_is_opened_again(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def meanwhile(*_arguments: object) -> None:
        lab.write([["john@example.com", "John", ""]])

    lab.write([["Jane", "jane@example.com"]], "First Name,Email")
    monkeypatch.setattr(engine, "settle_interrupted", meanwhile)
    lab.run()
    assert lab.subscribed == {"john@example.com"}

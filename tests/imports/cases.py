"""Files that once went wrong, with what is right beside each: `data/CASE.expected.json`.

`importable` are the people who may be imported, `refused` those who must not, `args` the options
that the case needs. A file reaches this, or the import asks about a column before it sends
anything.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect_getresponse.contact_import.columns.mapping import map_source
from prefect_getresponse.contact_import.judging.judging import questions_left
from prefect_getresponse.contact_import.questions import Question
from prefect_getresponse.contact_import.rows.validation import PreparedRow, compile_reader
from prefect_getresponse.sources import Source, open_source

DATA = Path(__file__).parent / "data"
_EXPECTED = ".expected.json"


@dataclass(frozen=True)
class Case:
    """A file and what is right about it."""

    name: str
    path: Path
    expected: Mapping[str, Any]

    @property
    def given(self) -> dict[str, str]:
        """The `--map` options that the case needs."""
        words = [word for word in self.expected["args"] if not word.startswith("--")]
        return {column: field for column, _, field in (word.rpartition("=") for word in words)}

    @property
    def refused(self) -> set[str]:
        """Addresses of people who must not be imported."""
        return {email.casefold() for email in self.expected["refused"]}

    @property
    def importable(self) -> dict[str, str | None]:
        """Name of each person who may be imported, by address."""
        people: Mapping[str, Any] = self.expected["importable"]
        return {email.casefold(): person.get("name") for email, person in people.items()}


@dataclass(frozen=True)
class Judged:
    """What an import makes of a source before it sends anything."""

    rows: list[PreparedRow]
    questions: tuple[Question, ...]

    @property
    def people(self) -> dict[str, str | None]:
        """Name of each person who would be imported, by address; the last row wins."""
        last = {row.key: row for row in self.rows if row.key}
        return {key: row.contact.name for key, row in last.items() if row.contact}

    @property
    def asked(self) -> list[str]:
        """Columns that are asked about."""
        return [question.column for question in self.questions if question.column]


def every_case() -> dict[str, Case]:
    """Return all cases by name."""
    cases: dict[str, Case] = {}
    for found in sorted(DATA.glob(f"*{_EXPECTED}")):
        name = found.name.removesuffix(_EXPECTED)
        path = next(path for path in DATA.glob(f"{name}.*") if path != found)
        cases[name] = Case(name, path, json.loads(found.read_text(encoding="utf-8")))
    return cases


def judged(
    source: Source | Path, given: Mapping[str, str] | None = None, *, vouched: bool = False
) -> Judged:
    """Read a source to its end and ask what has to be asked.

    Raises:
        ImportInputError: It cannot be read or understood.
    """
    opened = open_source(source) if isinstance(source, Path) else source
    mapping = map_source(opened, given)
    reader = compile_reader(mapping)
    rows = list(reader.read(opened))
    contents, strange = reader.contents(), reader.not_understood
    questions = questions_left(mapping, contents, vouched=vouched, not_understood=strange)
    return Judged(rows, questions)


def answered(case: Case) -> tuple[Judged, list[str]]:
    """Answer every question of a case with its first proposal; return also what was asked."""
    given, asked = case.given, list[str]()
    found = judged(case.path, given, vouched=True)
    while columns := found.asked:
        assert not set(columns) & set(asked), "the same column is asked about twice"
        asked += columns
        for question in found.questions:
            column, _, field = question.map[0].rpartition("=")
            given[column] = field
        found = judged(case.path, given, vouched=True)
    return found, asked

"""Checks of a source against the account, by the rules of the import itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from prefect_getresponse.contact_import.account import Account
from prefect_getresponse.contact_import.asking.answers import Judged
from prefect_getresponse.contact_import.columns.mapping import (
    CUSTOM,
    ColumnMapping,
    MappedColumn,
    map_source,
)
from prefect_getresponse.contact_import.planning.stops import reason_to_stop
from prefect_getresponse.contact_import.rows.custom_fields import CustomField
from prefect_getresponse.contact_import.rows.validation import PreparedRow, compile_reader
from prefect_getresponse.doctor.findings import Finding, named, ok, problem, warning
from prefect_getresponse.sources import Source
from prefect_getresponse.sources.errors import ImportInputError
from prefect_getresponse.tasks.accounts import get_account_billing
from prefect_getresponse.tasks.custom_fields import list_custom_fields

ROWS_LOOKED_AT = 10_000
_CHECK = "source"
_MAX_REJECT_RATIO = 0.05
Opener = Callable[[], Source]


async def source(
    account: Account, open_source: Opener, overrides: Mapping[str, str]
) -> list[Finding]:
    """Find out whether a source can be read, and whether custom fields can hold what it says.

    Args:
        account: The account.
        open_source: Opens the source.
        overrides: Field by column name.
    """
    listed = [
        CustomField.of(each) for each in await account.items(list_custom_fields, "customFieldId")
    ]
    defined = {each.name: each for each in listed}
    try:
        opened = open_source()
        mapping = map_source(opened, overrides)
        seen, judged = _seen(opened, mapping, defined)
    except ImportInputError as error:
        where = f"{error.source}: " if error.source else ""
        return [problem(_CHECK, f"{where}{error.what}", error.advice)]
    findings = [
        _missing(mapping.custom_names, defined),
        _rejected(seen),
        *_questions(judged),
        *(_misfits(each.column, defined, seen) for each in _custom(mapping, defined)),
        _room(await account.call(get_account_billing), seen),
    ]
    found = [finding for finding in findings if finding]
    return found or [ok(_CHECK, f"{opened.name}: {_columns(mapping)}, custom fields fit")]


@dataclass
class _Seen:
    """What the import would make of the first rows.

    Attributes:
        rows: How many there are.
        tally: Rows by verdict and reason.
        filled: Rows with something in the column, by custom field.
        misfits: Cells that would be left out, by column and warning.
        field_of: Custom field by column.
    """

    rows: int = 0
    tally: Counter[tuple[str, str | None]] = field(default_factory=Counter[tuple[str, str | None]])
    filled: Counter[str] = field(default_factory=Counter[str])
    misfits: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    field_of: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, row: PreparedRow) -> None:
        """Count a row."""
        self.rows += 1
        self.tally[row.verdict or "planned", row.reason] += 1
        if row.contact is None:
            return
        warned = {column for column, _ in row.warnings if column in self.field_of}
        names = {name for name, _ in row.contact.custom}
        self.misfits.update(set(row.warnings))
        self.filled.update(names | {self.field_of[column] for column in warned})


def _seen(
    opened: Source, mapping: ColumnMapping, defined: Mapping[str, CustomField]
) -> tuple[_Seen, Judged]:
    names = mapping.custom_names
    reader = compile_reader(
        mapping, custom_fields={name: defined[name] for name in names if name in defined}
    )
    seen = _Seen(
        field_of={
            each.column: each.field.removeprefix(CUSTOM)
            for each in mapping.fields
            if each.field.startswith(CUSTOM)
        }
    )
    for row in islice(reader.read(opened), ROWS_LOOKED_AT):
        seen.add(row)
    return seen, Judged.of(opened, mapping, reader)


def _custom(mapping: ColumnMapping, defined: Mapping[str, CustomField]) -> list[MappedColumn]:
    """Columns that fill custom fields of the account."""
    return [
        each
        for each in mapping.fields
        if each.field.startswith(CUSTOM) and each.field.removeprefix(CUSTOM) in defined
    ]


def _columns(mapping: ColumnMapping) -> str:
    used = f"{len(mapping.fields)} of {mapping.width} columns used"
    return f"{used} (not {named(mapping.unused)})" if mapping.unused else used


def _missing(names: list[str], defined: Mapping[str, CustomField]) -> Finding | None:
    missing = [name for name in names if name not in defined]
    if not missing:
        return None
    return problem(
        "custom fields",
        f"the account has none named {named(missing)}",
        "Let the import create them (--create-fields), or map their columns to others or to '-'.",
    )


def _rejected(seen: _Seen) -> Finding | None:
    """Rows for which the import would stop before it sends anything."""
    tally = [(verdict, reason, rows) for (verdict, reason), rows in seen.tally.items()]
    stop = reason_to_stop(tally, seen.rows, _MAX_REJECT_RATIO)
    return problem(_CHECK, str(stop.args[0]), stop.advice) if stop else None


def _room(billing: Mapping[str, Any], seen: _Seen) -> Finding | None:
    """A plan that holds fewer people than the source has."""
    size = str(billing.get("listSize", ""))
    people = sum(rows for (verdict, _), rows in seen.tally.items() if verdict == "planned")
    if not size.isdigit() or people <= int(size):
        return None
    least = "at least " if seen.rows >= ROWS_LOOKED_AT else ""
    return warning(
        "plan",
        f"the source has {least}{people:,} people, and the account's plan holds {int(size):,}",
        "Choose a larger plan in GetResponse, or import fewer people (--limit).",
    )


def _questions(judged: Judged) -> Iterator[Finding]:
    """What the import would ask; columns that nobody decided stop it."""
    questions = judged.questions(vouched=False)
    tags = [each.column for each in questions if each.taken_for == "tag"]
    undecided = [each.column for each in questions if each.column and each.taken_for != "tag"]
    for what, names in (("what these columns are", undecided), ("how to call these tags", tags)):
        if names:
            yield problem(
                _CHECK,
                f"an import would ask {what}: {named(names)}",
                "Run `prefect-getresponse map` or the import; both ask, and show what to answer.",
            )
    if not judged.deciding and not undecided:
        yield warning(
            _CHECK,
            "no column says who has agreed to get e-mail",
            "Name it (--map COLUMN=consent), or vouch for everybody (--vouch, vouched).",
        )


def _misfits(column: str, defined: Mapping[str, CustomField], seen: _Seen) -> Finding | None:
    """Cells of a column that its custom field cannot hold: the import leaves them out."""
    kinds = {code: rows for (name, code), rows in seen.misfits.items() if name == column}
    if not kinds:
        return None
    custom = defined[seen.field_of[column]]
    what = "its choices" if custom.values else f"type {custom.type}"
    rows, filled = sum(kinds.values()), seen.filled[custom.name]
    return warning(
        "custom fields",
        f"{custom.name!r}: {rows:,} of {filled:,} rows do not fit {what}, and are left out",
        "Correct the source, map the column to another field, or add the choices to the field.",
    )

"""What a record means: a contact to import, or the reason why it is none."""

import hashlib
import ipaddress
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import compress, count, islice
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

import orjson

from prefect_getresponse import __version__
from prefect_getresponse.contact_import.columns import consent
from prefect_getresponse.contact_import.columns.mapping import (
    CUSTOM,
    ColumnMapping,
    MappedColumn,
    value_key,
)
from prefect_getresponse.contact_import.columns.source_mapping import NOTHING_SAID, SourceMapping
from prefect_getresponse.contact_import.judging.contents import ColumnContent, ColumnTally
from prefect_getresponse.contact_import.judging.refusals import speaks_of_refusal
from prefect_getresponse.contact_import.questions import Question
from prefect_getresponse.contact_import.rows.addresses import address, addresses, compare_keys
from prefect_getresponse.contact_import.rows.blanks import BLANK_WORDS, NOTHING, NameBlanks
from prefect_getresponse.contact_import.rows.custom_fields import CustomField
from prefect_getresponse.contact_import.rows.formats import DateColumn, NumberColumn
from prefect_getresponse.contact_import.rows.garbled import garbled
from prefect_getresponse.contact_import.rows.notes import CellNotes
from prefect_getresponse.contact_import.rows.tags import TagNames, split_list, tag_name
from prefect_getresponse.sources.errors import ImportInputError, MappingError
from prefect_getresponse.sources.source import ColumnarSource, Source, ValuedSource
from prefect_getresponse.sources.trimming import all_trimmed, trimmed
from prefect_getresponse.words import phrases

__all__ = ["Contact", "PreparedRow", "RowReader", "compile_reader", "tag_name"]

MAX_NAME_LENGTH = 128
"""GetResponse API v3, `POST /contacts`: `name` has 1 to 128 characters."""
MOST_ANSWERS = 20
"""More different words in a column of consent are not answers, but texts about people."""
_DAY_OF_CYCLE = re.compile(r"[0-9]{1,4}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_REMEMBERED_CELLS = 10_000
_LONGEST_ANSWER = 100
_OF_A_PERSON = re.compile(r"[\d@]")
# Many more would wake Python's collector of cyclic garbage again and again, at twice the time.
_RECORDS_AT_ONCE = 200

_T = TypeVar("_T")
_B = TypeVar("_B")
Cells = Sequence[str]
Warnings = tuple[tuple[str, str], ...]


class Contact(NamedTuple):
    """What a record says about a person.

    Attributes:
        email: The address as it is sent; its domain is ASCII.
        name: Full name, 1 to 128 characters, or `None` if the record has none.
        tags: Names in GetResponse's alphabet, each once.
        custom: `(name, value)` of custom fields, one after another where a field has several
            values; fields with a blank cell are missing.
        ip_address: IPv4 or IPv6.
        day_of_cycle: Day in the autoresponder cycle, 0 to 9999.
        scoring: Points.
    """

    email: str
    name: str | None
    tags: tuple[str, ...]
    custom: tuple[tuple[str, str], ...]
    ip_address: str | None
    day_of_cycle: int | None
    scoring: float | None


class PreparedRow(NamedTuple):
    """A record after validation.

    Attributes:
        row: Ordinal of the record, header = 1.
        key: What equal addresses have in common, or `""` if there is no valid address.
        contact: The contact; `None` if and only if there is a verdict.
        verdict: Why the record is not imported.
        reason: For `rejected`: `no_email`, `invalid_email`, `text_mark` or `extra_cells`; for
            `excluded`: `no_consent`, `opted_out` or `answer_not_understood`.
        warnings: `(column, code)` of cells that are left out while the contact is imported:
            `name_too_long`, `tag_dropped`, `invalid_ip_address`, `invalid_day_of_cycle`,
            `invalid_scoring`, and those of `custom_fields.py`.
        consented: When the person has agreed, as it is written, if a column says so.
    """

    row: int
    key: str
    contact: Contact | None
    verdict: Literal["blank", "rejected", "excluded"] | None
    reason: str | None
    warnings: Warnings
    consented: str = ""


class _Outcome(NamedTuple):
    """Why a record is not imported, or that it is."""

    verdict: Literal["blank", "rejected", "excluded"] | None
    reason: str | None


class _Refusal(NamedTuple):
    """A column that can keep a person from being imported."""

    column: int
    name: str
    outcome: Callable[[str], _Outcome | None]


_TAKEN = _Outcome(None, None)
_BLANK = _Outcome("blank", None)
_NO_CONSENT = _Outcome("excluded", "no_consent")
_OPTED_OUT = _Outcome("excluded", "opted_out")
_NOT_UNDERSTOOD = _Outcome("excluded", "answer_not_understood")


def compile_reader(
    mapping: ColumnMapping,
    *,
    extra_tags: Sequence[str] = (),
    custom_fields: Mapping[str, CustomField] | None = None,
    consented: int | None = None,
    said: SourceMapping = NOTHING_SAID,
) -> "RowReader":
    """Return the reader for the records of a source.

    Args:
        mapping: The columns.
        extra_tags: Tags that every contact gets besides its own.
        custom_fields: What the account says of custom fields, by name; others take any text.
        consented: Index of the column that says when somebody agreed, if there is one.
        said: How dates, numbers and tags are to be read.

    Raises:
        MappingError: One of the extra tags has less than two letters, digits or underscores.
    """
    return RowReader(mapping, extra_tags, custom_fields or {}, consented, said)


class RowReader:
    """Turns records into prepared rows, column by column.

    A rule is a function of one cell or of one record. Going down a column with each of them, and
    not along each record with all of them, halves the time: loops over cells run in C.

    Attributes:
        notes: What was strange about cells, and what to do about it.
        unclear_answers: `{column: words}` that are neither a yes nor a no and exclude their row,
            up to one more than `MOST_ANSWERS`.
    """

    def __init__(
        self,
        mapping: ColumnMapping,
        extra_tags: Sequence[str],
        custom_fields: Mapping[str, CustomField],
        consented: int | None,
        said: SourceMapping,
    ) -> None:
        self._consented = consented
        self._meaning = _meaning(mapping, extra_tags, custom_fields, consented, said.meaning())
        self._tag_names = TagNames(said.tags)
        self.notes = CellNotes()
        reading = said.reading
        self._consent_dates = DateColumn(reading.dates, only_days=False)
        self.unclear_answers: dict[str, set[str]] = {}
        self.not_understood: Counter[str] = Counter()
        self._tallies = [ColumnTally() for _ in range(mapping.width)]
        self._width = mapping.width
        self._is_open = mapping.undecided is not None
        self._used = {*(column.index for column in mapping.fields), consented}
        self._unusable: Callable[[], Mapping[int, ImportInputError]] = dict
        self._email = mapping.columns_of("email")[0].index
        self._first = _only(mapping, "first_name")
        self._last = _only(mapping, "last_name")
        self._full = _only(mapping, "name")
        self._refusals = self._all_refusals(mapping)
        self._answering = {refusal.column for refusal in self._refusals}
        self._tag_columns = mapping.columns_of("tags")
        self._tags_in = lru_cache(_REMEMBERED_CELLS)(self._parse_tags)
        self._extra_tags = self._checked(extra_tags)
        self._custom = [
            (column, column.field.removeprefix(CUSTOM))
            for column in mapping.fields
            if column.field.startswith(CUSTOM)
        ]
        self._custom_readers = {
            name: field.reader() for name, field in custom_fields.items() if not field.is_free
        }
        kinds = {name: field.type for name, field in custom_fields.items()}
        self._dates = {
            name: DateColumn(reading.dates, only_days=kind == "date")
            for name, kind in kinds.items()
            if kind in ("date", "datetime")
        }
        self._numbers = {
            name: NumberColumn(reading.decimal) for name, kind in kinds.items() if kind == "number"
        }
        self._points = NumberColumn(reading.decimal)
        self._name_blanks: defaultdict[int, NameBlanks] = defaultdict(NameBlanks)
        self._ip_address = _only(mapping, "ip_address")
        self._day_of_cycle = _only(mapping, "day_of_cycle")
        self._scoring = _only(mapping, "scoring")

    def _all_refusals(self, mapping: ColumnMapping) -> list[_Refusal]:
        # These columns hold a few words over and over, so each is looked at once.
        return [
            _Refusal(
                column.index,
                column.column,
                lru_cache(_REMEMBERED_CELLS)(self._outcome_in(column)),
            )
            for column in mapping.saying_no
        ]

    def _outcome_in(self, column: MappedColumn) -> Callable[[str], _Outcome | None]:
        """Return what tells whether a cell of a column keeps a person out, and why."""
        outcome = _NO_CONSENT if column.field == "consent" else _OPTED_OUT
        if column.values is not None:
            return _outcome_by_values(column, column.values, outcome)
        if column.lenient:
            return lambda cell: outcome if consent.unsubscribed(cell) else None
        if column.only_refusals:
            return lambda cell: _OPTED_OUT if speaks_of_refusal(cell) else None
        reasons = phrases.tells_more(column.column)

        def read(cell: str) -> _Outcome | None:
            if column.field == "consent":
                answer = consent.agreement(cell)
                keeps = answer != "yes" and not (column.secondary and answer == "silent")
            else:
                answer = consent.refusal(cell, any_text=reasons)
                keeps = answer in ("yes", "unknown")
            if answer == "unknown":
                self._remember(column.column, cell.strip())
                return _NOT_UNDERSTOOD
            return outcome if keeps else None

        return read

    def _remember(self, column: str, answer: str) -> None:
        """Remember an answer that nobody knows, if it is short, and no date, number or address."""
        answers = self.unclear_answers.setdefault(column, set())
        is_short = len(answer) <= _LONGEST_ANSWER and not _OF_A_PERSON.search(answer)
        if is_short and len(answers) <= MOST_ANSWERS:
            answers.add(answer)

    def contents(self) -> dict[int, ColumnContent]:
        """Return what was in each column so far, by its index.

        Of the columns of consent and opt-outs in all rows, of others in those that are imported.
        """
        return {index: tally.content() for index, tally in enumerate(self._tallies)}

    def read(self, source: Source) -> Iterator[PreparedRow]:
        """Yield what the records of a source mean, in their order.

        Raises:
            ImportInputError: The source cannot be read to its end.
        """
        for part in self.parts(source):
            yield from self.judged(part)

    def parts(self, source: Source) -> Iterator["Part"]:
        """Yield the records of a source in their order, at most 200 at once.

        Raises:
            ImportInputError: The source cannot be read to its end.
        """
        if isinstance(source, ValuedSource):
            self._unusable = lambda: source.unusable
        if not isinstance(source, ColumnarSource):
            yield from _parts_of(source.records())
            return
        for first, columns in source.batches():
            for start in range(0, len(columns[0]), _RECORDS_AT_ONCE):
                part = [column[start : start + _RECORDS_AT_ONCE] for column in columns]
                rows = range(first + start, first + start + len(part[0]))
                yield Part(rows, _Columns(part))

    def prepare(self, records: Iterable[tuple[int, Cells]]) -> Iterator[PreparedRow]:
        """Yield what records mean, in their order.

        Args:
            records: Ordinals, and one cell for each column. Further cells that are not blank make
                a record rejected: some cell was split in two, so that any cell may be in a wrong
                column.
        """
        for part in _parts_of(records):
            yield from self.judged(part)

    def mark(self, part: "Part") -> bytes:
        """Return a hash of records and of all that says what they mean; empty if there is none."""
        try:
            content = orjson.dumps((part.rows[0], part.rows[-1], part.table.cells()))
        except TypeError:  # half of a character, which no JSON has
            return b""
        return hashlib.blake2b(content, key=self._meaning, digest_size=16).digest()

    def seen_again(self, part: "Part", left_out: bytes) -> None:
        """Gather what is in records of which it is known what they mean.

        Args:
            part: The records; nothing was strange about them, see `wonders`.
            left_out: Places of those that are not imported.
        """
        self._check_usable()
        taken = [True] * len(part.rows)
        for at in left_out:
            taken[at] = False
        table_of_taken = part.table.only(taken)
        self._look_at(part.table, table_of_taken)
        for column in self._tag_columns:
            for cell in dict.fromkeys(_trimmed_column(column.index, table_of_taken)):
                self._tags_in(cell)

    @property
    def wonders(self) -> int:
        """How often something was strange: what such a cell means may depend on other records."""
        return (
            self.notes.blanked_cells
            + self.not_understood.total()
            + self._consent_dates.unclear
            + self._points.with_comma
            + sum(dates.unclear for dates in self._dates.values())
            + sum(numbers.with_comma for numbers in self._numbers.values())
            + sum(blanks.seen for blanks in self._name_blanks.values())
        )

    def _check_usable(self) -> None:
        for column, error in self._unusable().items():
            if column in self._used:
                raise error

    def judged(self, part: "Part") -> Iterator[PreparedRow]:
        """Return what some records mean, in their order."""
        self._check_usable()
        rows, table = part
        emails = self._emails(table)
        keys = compare_keys(emails)
        outcomes = self._outcomes(table, emails)
        taken = [outcome is _TAKEN for outcome in outcomes]
        table_of_taken = table.only(taken)
        self._look_at(table, table_of_taken)
        contacts, warnings = self._contacts(
            [email for email in compress(emails, taken) if email is not None], table_of_taken
        )
        return map(
            PreparedRow._make,
            zip(
                rows,
                keys,
                _spread(contacts, taken, None),
                *zip(*outcomes, strict=True),
                _spread(warnings, taken, ()),
                self._agreed(table, len(rows)),
                strict=True,
            ),
        )

    @property
    def renamed_tags(self) -> dict[str, str]:
        """Return the tags that had to change, as written, with their names."""
        return self._tag_names.renamed

    @property
    def dropped_tags(self) -> set[str]:
        """Return the tags that are left out, as written."""
        return self._tag_names.dropped

    def tag_questions(self) -> tuple[Question, ...]:
        """Return what has to be asked about tags: two become one, or nothing is left of one."""
        return self._tag_names.questions()

    def all_notes(self) -> list[str]:
        """Return what was strange about the cells read so far, and what to do about it."""
        for column, name in self._custom:
            dates, numbers = self._dates.get(name), self._numbers.get(name)
            self.notes.ambiguous_dates(column.column, dates.ambiguous if dates else 0)
            self.notes.numbers_with_comma(column.column, numbers.with_comma if numbers else 0)
        if self._scoring:
            self.notes.numbers_with_comma(self._scoring.column, self._points.with_comma)
        return self.notes.sentences()

    def _agreed(self, table: "_Table", size: int) -> list[str]:
        """Return when the person of each record has agreed, where a column says so."""
        if self._consented is None:
            return [""] * size
        return self._consent_dates.read(map(trimmed, table.column(self._consented)))

    def _look_at(self, table: "_Table", table_of_taken: "_Table") -> None:
        """Gather what is in the columns.

        Only people who would be imported matter, but for the columns that say who that is. Who
        they are is not known before it is known which column is the address.
        """
        for index, tally in enumerate(self._tallies):
            is_whole = self._is_open or index in self._answering
            tally.feed((table if is_whole else table_of_taken).column(index))

    def _emails(self, table: "_Table") -> list[str | None]:
        """Return the address of each record that has a valid one, and not too many cells."""
        emails = addresses(_trimmed_column(self._email, table))
        if table.width > self._width:
            for at in range(len(emails)):
                if self._has_extra_cells(table.record(at)):
                    emails[at] = None
        return emails

    def _has_extra_cells(self, cells: Cells) -> bool:
        return len(cells) > self._width and any(map(trimmed, cells[self._width :]))

    def _outcomes(self, table: "_Table", emails: Sequence[str | None]) -> list[_Outcome]:
        outcomes = [_TAKEN] * len(emails)
        for column, name, read in reversed(self._refusals):  # so that the first one counts
            found = list(map(read, table.column(column)))
            if strange := found.count(_NOT_UNDERSTOOD):
                self.not_understood[name] += strange
            outcomes = [no or so_far for no, so_far in zip(found, outcomes, strict=True)]
        for at, email in enumerate(emails):
            if email is None:
                outcomes[at] = self._without_email(table.record(at))
        return outcomes

    def _without_email(self, cells: Cells) -> _Outcome:
        if self._has_extra_cells(cells):
            return _Outcome("rejected", "extra_cells")
        found = trimmed(cells[self._email])
        if found.startswith("'") and address(found[1:].rstrip("'")):
            return _Outcome("rejected", "text_mark")
        if found and found not in NOTHING:
            return _Outcome("rejected", "invalid_email")
        filled = any(cell not in BLANK_WORDS for cell in filter(None, map(trimmed, cells)))
        return _Outcome("rejected", "no_email") if filled else _BLANK

    def _contacts(
        self, emails: Sequence[str], table: "_Table"
    ) -> tuple[Iterator[Contact], list[Warnings]]:
        """Return the contacts of records that are imported, and the warnings of each."""
        warnings: list[Warnings] = [()] * len(emails)
        fields = (
            emails,
            self._names(table, warnings),
            self._tags(table, warnings),
            self._custom_values(table, warnings),
            self._optional(self._ip_address, table, _as_ip_address, warnings),
            self._optional(self._day_of_cycle, table, _as_day_of_cycle, warnings),
            self._optional(self._scoring, table, _as_number, warnings),
        )
        return map(Contact._make, zip(*fields, strict=True)), warnings

    def _names(self, table: "_Table", warnings: list[Warnings]) -> list[str | None]:
        names = [
            f"{first} {last}" if first and last else first or last or full
            for first, last, full in zip(
                self._name_cells(self._first, table, warnings),
                self._name_cells(self._last, table, warnings),
                self._name_cells(self._full, table, warnings),
                strict=True,
            )
        ]
        if max(map(len, names), default=0) > MAX_NAME_LENGTH:
            column = self._first or self._last or self._full
            for at, name in enumerate(names):
                if len(name) > MAX_NAME_LENGTH:
                    names[at] = ""
                    warnings[at] += ((column.column if column else "", "name_too_long"),)
        return [name or None for name in names]

    def _name_cells(
        self, column: MappedColumn | None, table: "_Table", warnings: list[Warnings]
    ) -> list[str]:
        """Return the trimmed cells of a column of names, which may be missing."""
        if column is None:
            return [""] * len(warnings)
        cells = _trimmed_column(column.index, table)
        blanked = self._name_blanks[column.index].blank(cells, map(table.record, range(len(cells))))
        self.notes.blanked(column.column, blanked)
        text = "".join(cells)
        if "&" in text or not text.isascii():
            for at, cell in enumerate(cells):
                if (not cell.isascii() or "&" in cell) and (found := garbled(cell)):
                    warnings[at] += ((column.column, found.code),)
                    self.notes.garbled(column.column, found)
        return cells

    def _filled(self, column: MappedColumn, table: "_Table") -> list[str]:
        """Return the trimmed cells of a column, blank where a program wrote nothing."""
        cells = _trimmed_column(column.index, table)
        if NOTHING.isdisjoint(cells):
            return cells
        self.notes.blanked(column.column, sum(cell in NOTHING for cell in cells))
        return ["" if cell in NOTHING else cell for cell in cells]

    def _optional(
        self,
        column: MappedColumn | None,
        table: "_Table",
        read: Callable[[str], _T | None],
        warnings: list[Warnings],
    ) -> list[_T | None]:
        """Return the values of optional cells; an invalid one is left out with a warning."""
        if column is None:
            return [None] * len(warnings)
        cells = self._filled(column, table)
        if column.field == "scoring":
            cells = self._points.read(cells)
        values = [read(cell) if cell else None for cell in cells]
        for at, (cell, value) in enumerate(zip(cells, values, strict=True)):
            if cell and value is None:
                warnings[at] += ((column.column, f"invalid_{column.field}"),)
        return values

    def _tags(self, table: "_Table", warnings: list[Warnings]) -> list[tuple[str, ...]]:
        tags: list[tuple[str, ...]] = [()] * len(warnings)
        for column in self._tag_columns:
            found = list(map(self._tags_in, self._filled(column, table)))
            tags = [
                _united(so_far, names) if so_far else names
                for so_far, (names, _) in zip(tags, found, strict=True)
            ]
            for at, (_, some_dropped) in enumerate(found):
                if some_dropped:
                    warnings[at] += ((column.column, "tag_dropped"),)
        if self._extra_tags:
            tags = [_united(so_far, self._extra_tags) for so_far in tags]
        return tags

    def _custom_values(
        self, table: "_Table", warnings: list[Warnings]
    ) -> list[tuple[tuple[str, str], ...]]:
        values: list[tuple[tuple[str, str], ...]] = [()] * len(warnings)
        for column, name in self._custom:
            cells = self._filled(column, table)
            if name in self._dates:
                cells = self._dates[name].read(cells)
            elif name in self._numbers:
                cells = self._numbers[name].read(cells)
            if name not in self._custom_readers:
                values = [
                    (*so_far, (name, cell)) if cell else so_far
                    for so_far, cell in zip(values, cells, strict=True)
                ]
                continue
            for at, (taken, warning) in enumerate(map(self._custom_readers[name], cells)):
                values[at] += tuple((name, value) for value in taken)
                if warning:
                    warnings[at] += ((column.column, warning),)
        return values

    def _parse_tags(self, cell: str) -> tuple[tuple[str, ...], bool]:
        raw_tags = split_list(trimmed(cell))
        names = [self._tag_names.name(raw) for raw in raw_tags]
        found = dict.fromkeys(name for name in names if name is not None)
        return tuple(found), None in names

    def _checked(self, extra_tags: Sequence[str]) -> tuple[str, ...]:
        names = [self._tag_names.name(raw) for raw in extra_tags]
        if None in names:
            raise MappingError(
                f"`{extra_tags[names.index(None)]}` cannot be a tag",
                "Use at least two letters, digits or underscores",
            )
        return tuple(dict.fromkeys(name for name in names if name is not None))


def _outcome_by_values(
    column: MappedColumn, values: frozenset[str], outcome: _Outcome
) -> Callable[[str], _Outcome | None]:
    """Return the same where the user has listed the cells that let a person pass."""
    passing = values | {""} if column.field == "opt_out" else values
    return lambda cell: None if value_key(cell) in passing else outcome


class _Table(Protocol):
    """Some records."""

    def cells(self) -> Sequence[Sequence[str]]:
        """Return all cells, by records or by columns."""
        ...

    @property
    def width(self) -> int:
        """Cells of the longest record."""
        ...

    def column(self, index: int) -> Sequence[str]:
        """Return the cells of a column."""
        ...

    def record(self, at: int) -> Cells:
        """Return the cells of a record."""
        ...

    def only(self, taken: Sequence[bool]) -> "_Table":
        """Return some of the records."""
        ...


class Part(NamedTuple):
    """Some records of a source.

    Attributes:
        rows: Their ordinals.
        table: Their cells.
    """

    rows: Sequence[int]
    table: _Table


class _Rows:
    """Records as they come, each with its cells."""

    def __init__(self, rows: Sequence[Cells]) -> None:
        self._rows = rows

    def cells(self) -> Sequence[Sequence[str]]:
        return self._rows

    @property
    def width(self) -> int:
        return max(map(len, self._rows))

    def column(self, index: int) -> Sequence[str]:
        return [cells[index] for cells in self._rows]

    def record(self, at: int) -> Cells:
        return self._rows[at]

    def only(self, taken: Sequence[bool]) -> "_Rows":
        return _Rows(list(compress(self._rows, taken)))


class _Columns:
    """Records by their columns."""

    def __init__(self, columns: Sequence[Sequence[str]], taken: Sequence[bool] = ()) -> None:
        self._columns = columns
        self._taken = taken

    def cells(self) -> Sequence[Sequence[str]]:
        return self._columns

    @property
    def width(self) -> int:
        return len(self._columns)

    def column(self, index: int) -> Sequence[str]:
        cells = self._columns[index]
        return list(compress(cells, self._taken)) if self._taken else cells

    def record(self, at: int) -> Cells:
        return [column[at] for column in self._columns]

    def only(self, taken: Sequence[bool]) -> "_Columns":
        return _Columns(self._columns, taken)


def _parts_of(records: Iterable[tuple[int, Cells]]) -> Iterator[Part]:
    records = iter(records)
    while batch := list(islice(records, _RECORDS_AT_ONCE)):
        rows, table = zip(*batch, strict=True)
        yield Part(rows, _Rows(table))


def _meaning(*given: object) -> bytes:
    """Return a hash of all that says what records mean, by this version of the package."""
    versions = [__version__, sys.version, unicodedata.unidata_version]
    text = orjson.dumps(
        [*versions, *given],
        default=_listed,
        option=orjson.OPT_SORT_KEYS,
    )
    return hashlib.blake2b(text, digest_size=32).digest()


def _listed(value: frozenset[Any] | tuple[Any, ...]) -> list[Any]:
    """Return what JSON has instead of a set, in an order of its own, or of a tuple with names."""
    return sorted(value) if isinstance(value, frozenset) else list(value)


def _only(mapping: ColumnMapping, field: str) -> MappedColumn | None:
    return next(iter(mapping.columns_of(field)), None)


def _united(tags: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    """Return all tags, each once."""
    return tuple(dict.fromkeys(tags + more))


def _trimmed_column(index: int, table: "_Table") -> list[str]:
    return all_trimmed(table.column(index))


def _spread(values: Iterable[_T], taken: Sequence[bool], blank: _B) -> list[_T | _B]:
    """Return the values where records are taken, and blanks between them."""
    spread: list[_T | _B] = [blank] * len(taken)
    for at, value in zip(compress(count(), taken), values, strict=False):
        spread[at] = value
    return spread


def _as_ip_address(cell: str) -> str | None:
    try:
        ipaddress.ip_address(cell)
    except ValueError:
        return None
    return None if "%" in cell else cell  # a zone says something only on its own machine


def _as_day_of_cycle(cell: str) -> int | None:
    return int(cell) if _DAY_OF_CYCLE.fullmatch(cell) else None


def _as_number(cell: str) -> float | None:
    return float(cell) if _NUMBER.fullmatch(cell) else None

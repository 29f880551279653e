"""Which column of a source is which field of a contact."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from prefect_getresponse.contact_import.columns import consent, dates
from prefect_getresponse.contact_import.columns.harmless import are_of_place
from prefect_getresponse.contact_import.columns.tools import Tool, recognised_tool
from prefect_getresponse.contact_import.questions import Question
from prefect_getresponse.sources import Source
from prefect_getresponse.sources.errors import MappingError, listed
from prefect_getresponse.sources.texts.delimiters import is_address
from prefect_getresponse.sources.trimming import trimmed
from prefect_getresponse.words.columns import (
    email_rank,
    is_named,
    meaning,
    normalised,
)
from prefect_getresponse.words.phrases import LONGEST, is_about_mail, refuses
from prefect_getresponse.words.phrases import is_certain as is_certainly

# As people name columns: words, with a few signs, and no long numbers.
_LIKE_A_NAME = re.compile(r"(?!.*\d{5})[^\W_][\w .,()#&/'-]{0,59}")

CUSTOM = "custom:"
IGNORED = "-"
FIELDS = (
    "email",
    "name",
    "first_name",
    "last_name",
    "tags",
    "consent",
    "opt_out",
    "ip_address",
    "day_of_cycle",
    "scoring",
    "custom:NAME",
    "refusals",
    IGNORED,
)
"""What a column can be mapped to. `custom:NAME` is a custom field, `-` leaves the column out.

`consent:VALUE|VALUE` lists the cells that mean yes, all others exclude; `opt_out:VALUE|VALUE` lists
the cells that do not opt out, as blank ones never do. `refusals` is a column of notes: only cells
with a word of refusal exclude. `tags+refusals` and its like are read as tags, and as notes.
"""

_REFUSALS = "refusals"
_ALSO_REFUSALS = f"+{_REFUSALS}"
_REPEATABLE = frozenset({"tags", "consent", "opt_out", _REFUSALS, IGNORED})
_SAYING_NO = frozenset({"consent", "opt_out", _REFUSALS})
_HALVES = frozenset({"first_name", "last_name"})
_CONSENTS = frozenset({"consent", "confirmation", "status", "answer", "topic"})
_SAMPLED_RECORDS = 1000
_PLACE = re.compile(r"#([1-9]\d{0,2})")

# GetResponse API v3, `POST /custom-fields`: the alphabet, and names taken by the API itself.
_CUSTOM_NAME = re.compile(r"[a-z0-9_]{1,128}")
_RESERVED_CUSTOM_NAMES = frozenset(
    {
        "name",
        "email",
        "twitter",
        "facebook",
        "buzz",
        "myspace",
        "linkedin",
        "digg",
        "googleplus",
        "pinterest",
        "responder",
        "campaign",
        "change",
    }
)


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """A column with its field.

    Attributes:
        index: Place of the column, from 0.
        column: Its name.
        field: One of `FIELDS`, with the name of the custom field written out.
        origin: Whether the column was recognised by its name or given by the user.
        lenient: Only for `consent`: a column that may be the status of something else, so that
            just the words for somebody who does not get e-mail count.
        secondary: Only for `consent`: another column says whether somebody agrees, so that a blank
            cell says nothing.
        values: For `consent` the cells that mean yes, for `opt_out` those that do not opt out, by
            `value_key`; `None` if the words of the tables tell.
        is_certain: Whether the name of the column can be read in one way only.
        agrees: Only for `consent`: whether a yes says that somebody has agreed, and not merely that
            nothing has ended.
        only_refusals: Whether cells with a word of refusal exclude, and nothing else does.
    """

    index: int
    column: str
    field: str
    origin: Literal["recognised", "given"]
    lenient: bool = False
    secondary: bool = False
    values: frozenset[str] | None = None
    is_certain: bool = True
    agrees: bool = True
    only_refusals: bool = False


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """All columns that make up a contact.

    Attributes:
        fields: The mapped columns in their order; `email` is among them exactly once.
        unused: Names of the other columns.
        width: Number of all columns.
        columns: Names of all columns.
        left_out: Columns that were left out by the user.
        harmless: Columns that say nothing about e-mail in the tool that wrote them.
        answering: Columns that say in that tool who gets e-mail.
        tool: Name of that tool, if it is known.
        is_table: Whether a name is known, or an address seen: else the names may be anything that
            stands in a first line, and are not shown.
        undecided: The question which column is the address, if it has to be asked; one of its
            answers stands for the address as long as others are looked for.
    """

    fields: tuple[MappedColumn, ...]
    unused: tuple[str, ...]
    width: int
    columns: tuple[str, ...] = ()
    left_out: frozenset[int] = frozenset()
    harmless: frozenset[int] = frozenset()
    answering: frozenset[int] = frozenset()
    tool: str = ""
    is_table: bool = True
    undecided: Question | None = None

    @property
    def saying_no(self) -> list[MappedColumn]:
        """Columns that can keep a person from being imported, by what they are."""
        found = [each for each in self.fields if each.field in _SAYING_NO or each.only_refusals]
        return sorted(found, key=lambda each: each.field)

    @property
    def custom_names(self) -> list[str]:
        """Names of the custom fields that are filled, in the order of the columns."""
        return [
            mapped.field.removeprefix(CUSTOM)
            for mapped in self.fields
            if mapped.field.startswith(CUSTOM)
        ]

    def columns_of(self, field: str) -> list[MappedColumn]:
        """Return the columns mapped to a field, in their order."""
        return [mapped for mapped in self.fields if mapped.field == field]

    def describe(self) -> list[dict[str, str]]:
        """Return a row `{column, field, how}` for each column, for the plan and the report."""
        rows = [
            {
                "column": mapped.column if self.is_table else f"#{mapped.index + 1}",
                "field": mapped.field,
                "how": _how(mapped),
            }
            for mapped in self.fields
        ]
        unused = self.unused if self.is_table else ()
        return rows + [{"column": name, "field": IGNORED, "how": "unused"} for name in unused]


def _how(mapped: MappedColumn) -> str:
    if mapped.lenient or mapped.only_refusals:
        return "only refusals count"
    if not mapped.agrees:
        return "says who is inactive, not who agreed"
    return "blank says nothing" if mapped.secondary else mapped.origin


def map_source(source: Source, overrides: Mapping[str, str] | None = None) -> ColumnMapping:
    """Map the columns of a source, with a look at its first 1000 records.

    Raises:
        ImportInputError: As `map_columns` and the source raise it.
    """
    records = islice(source.records(), _SAMPLED_RECORDS)
    sample = [
        [cell[:LONGEST] for cell in cells] for _, cells in records if any(map(trimmed, cells))
    ]
    try:
        return map_columns(source.columns(), overrides, sample)
    except MappingError as error:
        raise error.at(source.name) from error


def map_columns(
    columns: Sequence[str],
    overrides: Mapping[str, str] | None = None,
    sample: Sequence[Sequence[str]] = (),
) -> ColumnMapping:
    """Map columns to fields: as the user says, and otherwise by their names.

    Args:
        columns: Names of the columns.
        overrides: `{column: field}`. A column is found by its exact name, else without regard to
            case, accents and punctuation.
        sample: Some records that are not blank. Their values tell which of several columns
            holds addresses, what `Status` speaks about, whether `Subscribed` is a date, and
            whether `Name` beside `First Name` is the last or the full name.

    Raises:
        MappingError: No column can be the e-mail address, the columns look like data, or an
            override names an unknown column or field.
    """
    given = _given(columns, overrides or {})
    tool = recognised_tool(columns)
    if any(map(is_address, columns)):
        raise MappingError(
            "the first row holds an e-mail address, so there seems to be no header",
            "If so, give --no-header and --map '#1=email', or whichever place it has",
        )
    fields = [*given, *_recognised(columns, given, sample, tool)]
    undecided = None
    if "email" not in _fields(given):
        email, undecided = _email_column(columns, given, sample)
        fields = [*(each for each in fields if each.index != email.index), email]
    fields.sort(key=lambda mapped: mapped.index)
    used = {mapped.index for mapped in fields if mapped.field != IGNORED}
    return ColumnMapping(
        fields=tuple(mapped for mapped in fields if mapped.index in used),
        unused=tuple(name for index, name in enumerate(columns) if index not in used),
        width=len(columns),
        columns=tuple(columns),
        left_out=frozenset(mapped.index for mapped in given if mapped.field == IGNORED),
        harmless=tool.harmless,
        answering=frozenset(tool.answers),
        tool=tool.name,
        is_table=any(map(meaning, columns))
        or any(is_address(each) for row in sample for each in row),
        undecided=undecided,
    )


def _given(columns: Sequence[str], overrides: Mapping[str, str]) -> list[MappedColumn]:
    given: list[MappedColumn] = []
    for wanted, meaning_given in overrides.items():
        field, values = _field_and_values(meaning_given.removesuffix(_ALSO_REFUSALS))
        also_refusals = meaning_given.endswith(_ALSO_REFUSALS)
        only_refusals = field == _REFUSALS or also_refusals
        if also_refusals and field in {*_SAYING_NO, "email", IGNORED}:
            raise MappingError(
                f"{listed([wanted])} is mapped to `{meaning_given}`, which says two things",
                f"Map it to `{field}` or to `{_REFUSALS}`",
            )
        _check_field(wanted, field)
        index = find_column(columns, wanted)
        if index in {mapped.index for mapped in given}:
            raise MappingError(
                f"the column {listed([columns[index]])} is mapped twice", "Map it once"
            )
        given.append(
            MappedColumn(
                index, columns[index], field, "given", values=values, only_refusals=only_refusals
            )
        )
    for field in _fields(given) - _REPEATABLE:
        rivals = [mapped.column for mapped in given if mapped.field == field]
        if len(rivals) > 1:
            raise MappingError(f"{listed(rivals)} are all mapped to `{field}`", "Choose one column")
    return given


def _field_and_values(given: str) -> tuple[str, frozenset[str] | None]:
    """Return a field, and the cells that are listed behind it."""
    field, colon, values = given.partition(":")
    if not colon or field not in ("consent", "opt_out"):
        return given, None
    return field, frozenset(value_key(value) for value in values.split("|") if value.strip())


def value_key(cell: str) -> str:
    """Return what a cell has in common with the value that a mapping lists for it."""
    return trimmed(cell).casefold()


def _check_field(column: str, field: str) -> None:
    if field.startswith(CUSTOM):
        name = field.removeprefix(CUSTOM)
        if not _CUSTOM_NAME.fullmatch(name) or name in _RESERVED_CUSTOM_NAMES:
            raise MappingError(
                f"`{name}` cannot be the name of a custom field",
                "Use 1 to 128 of a-z, 0-9 and _, and none of GetResponse's own names",
            )
    elif field not in FIELDS:
        raise MappingError(
            f"{listed([column])} is mapped to `{field}`, which is not a field",
            f"Fields are {', '.join(FIELDS)}",
        )


def find_column(columns: Sequence[str], wanted: str) -> int:
    """Return the index of a column: by its exact name, else without case and punctuation.

    `#3` is the third column, if none is called so.

    Raises:
        MappingError: There is none, or more than one.
    """
    found = [index for index, name in enumerate(columns) if name == wanted.strip()]
    place = _PLACE.fullmatch(wanted.strip())
    if place and not found and int(place[1]) <= len(columns):
        return int(place[1]) - 1
    found = found or [
        index for index, name in enumerate(columns) if normalised(name) == normalised(wanted) != ""
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise MappingError(
            f"{listed([wanted])} can be any of {listed(columns[index] for index in found)}",
            "Write the name exactly",
        )
    names = _harmless_names(columns, has_addresses=False)
    raise MappingError(
        f"there is no column {listed([wanted])}",
        f"The columns are {listed(names)}" if names else f"There are {len(columns)}, #1 and so on",
    )


def _fields(mapped: Iterable[MappedColumn]) -> set[str]:
    return {column.field for column in mapped}


def _email_column(
    columns: Sequence[str], given: Sequence[MappedColumn], sample: Sequence[Sequence[str]]
) -> tuple[MappedColumn, Question | None]:
    """Return the column of the address, and the question which it is if that is not certain."""
    every = {index: _cells(sample, index) for index in range(len(columns))}
    addressed = {index: cells for index, cells in every.items() if any(map(is_address, cells))}
    best = _email_candidates(columns, {mapped.index for mapped in given}, set(addressed))
    # Two columns with the same addresses, as a join of tables leaves them, are no choice.
    alike = best[:1] and all(addressed.get(index) == every[best[0]] for index in best)
    if len(best) == 1 or alike:
        return MappedColumn(best[0], columns[best[0]], "email", "recognised"), None
    if best:
        what = f"{listed(columns[index] for index in best)} may all be the e-mail address"
        return _asked_address(columns, best, f"{what}: choose one")
    names = _harmless_names(columns, has_addresses=bool(addressed))
    taken = {mapped.index for mapped in given}
    likely = [index for index in addressed if columns[index] in names and index not in taken]
    if likely:
        return _asked_address(columns, likely, "No name says which column is the address")
    raise MappingError(
        f"no column is known to be the e-mail address among {listed(names)}"
        if names
        else f"this is no table of contacts: {len(columns)} columns, no address, no known name",
        "Name it with --map COLUMN=email",
    )


def _asked_address(
    columns: Sequence[str], indexes: Sequence[int], why: str
) -> tuple[MappedColumn, Question]:
    first = indexes[0]
    answers = tuple(f"{columns[index]}=email" for index in indexes)
    return (
        MappedColumn(first, columns[first], "email", "recognised"),
        Question(columns[first], "email", map=answers, why=why),
    )


def _harmless_names(columns: Sequence[str], *, has_addresses: bool) -> list[str]:
    """Names of columns that may be shown: none of a file that is another thing than a table.

    Its first line may be a key, a password or anything else, and messages are kept by Prefect.
    """
    if not has_addresses and not any(meaning(name) for name in columns):
        return []
    return [name for name in columns if meaning(name) or _LIKE_A_NAME.fullmatch(name)]


def _email_candidates(columns: Sequence[str], taken: set[int], addressed: set[int]) -> list[int]:
    """Return the columns that may be the address, all equally far from a plain `Email`."""
    ranks = {
        index: rank
        for index, name in enumerate(columns)
        if index not in taken and (rank := email_rank(_base_name(name, columns))) is not None
    }
    # A column `Email` of yes and no, or of nothing, is not it beside one with addresses.
    ranks = {index: rank for index, rank in ranks.items() if index in addressed} or ranks
    return [index for index, rank in ranks.items() if rank == min(ranks.values())]


def _base_name(name: str, columns: Sequence[str]) -> str:
    """Return the name that a column has in the file, where `Email (2)` repeats `Email`."""
    found = re.fullmatch(r"(.+) \(\d+\)", name)
    return found[1] if found and found[1] in columns else name


def _recognised(
    columns: Sequence[str],
    given: Sequence[MappedColumn],
    sample: Sequence[Sequence[str]],
    tool: Tool,
) -> list[MappedColumn]:
    """Return the columns that are known by name, the address apart.

    Of several for one field that takes only one, the plainest name wins, then the leftmost.
    """
    taken = {mapped.index for mapped in given}
    found = [
        MappedColumn(index, columns[index], column.field, "recognised", values=column.values)
        for index, column in tool.answers.items()
        if index not in taken
    ]
    exclude = taken.union(tool.answers, tool.harmless)
    for index, known in _meanings(columns, exclude=exclude):
        cells = _cells(sample, index)
        if known in _CONSENTS:
            found += consent_columns(_named(index, columns, "consent"), known, cells)
            continue
        if known == "opt_out" and _are_addresses(cells) and not refuses(columns[index]):
            continue
        mapped = [*given, *found]
        field = _meaning_of_name(index, mapped, sample) if known == "generic_name" else known
        if field in _REPEATABLE or field not in _closed(mapped):
            found.append(_named(index, columns, field))
    fields = _fields([*given, *found])
    if "name" in fields and len(fields & _HALVES) == 1:
        # The full name says more than the half of it that has a column, too.
        found = [mapped for mapped in found if mapped.field not in _HALVES]
    return _weighed(found, given, sample)


def _named(index: int, columns: Sequence[str], field: str) -> MappedColumn:
    """Return a column that is recognised by its name."""
    name = columns[index]
    is_certain = field not in ("consent", "opt_out") or is_named(name) or is_certainly(name)
    return MappedColumn(index, name, field, "recognised", is_certain=is_certain)


def consent_columns(
    column: MappedColumn, known: str, cells: Sequence[str]
) -> Iterator[MappedColumn]:
    """Yield a column that may be about consent, if its cells do not tell that it is not."""
    if known == "status" and are_of_place(column.column, filter(None, map(trimmed, cells))):
        return
    if _are_addresses(cells) or (known == "topic" and not consent.are_yes_and_no(cells)):
        return
    lenient = (known == "status" and not consent.is_about_subscription(cells)) or (
        known == "answer" and any(cells) and not consent.are_answers(cells)
    )
    # `Active` may be a customer who has agreed to nothing, unless the name speaks of e-mail.
    agrees = known != "status" or is_about_mail(column.column) or consent.names_subscription(cells)
    secondary = known == "answer" and not any(cells)
    yield replace(column, lenient=lenient, secondary=secondary, agrees=agrees)


def _are_addresses(cells: Sequence[str]) -> bool:
    """Tell whether most cells that are not blank are addresses."""
    filled = [cell for cell in cells if cell.strip()]
    return sum(map(is_address, filled)) * 2 > len(filled)


def _weighed(
    found: list[MappedColumn], given: Sequence[MappedColumn], sample: Sequence[Sequence[str]]
) -> list[MappedColumn]:
    """Say which columns of consent are secondary, since others decide.

    They are those about the confirmation, and those that hold dates at most: a tool that says since
    when somebody is subscribed says elsewhere whether.
    """
    consents = [mapped for mapped in found if mapped.field == "consent" and not mapped.lenient]
    secondary = [mapped for mapped in consents if _is_secondary(mapped, sample)]
    if len(secondary) == len(consents) and "consent" not in _fields(given):
        return found
    return [replace(mapped, secondary=mapped.secondary or mapped in secondary) for mapped in found]


def _is_secondary(mapped: MappedColumn, sample: Sequence[Sequence[str]]) -> bool:
    if mapped.secondary or "confirmation" in (meaning(mapped.column) or ()):
        return True
    cells = _cells(sample, mapped.index)
    return all(consent.is_silent(cell) or dates.is_date(cell) for cell in cells)


def _meanings(columns: Sequence[str], exclude: set[int]) -> list[tuple[int, str]]:
    """Return `(index, meaning)` of known columns: plain names, qualified names, generic names."""
    ranked: list[tuple[int, int, str]] = []
    for index, column in enumerate(columns):
        known = meaning(_base_name(column, columns))
        if known is not None and index not in exclude:
            field, qualified = known
            ranked.append((2 if field == "generic_name" else int(qualified), index, field))
    return [(index, field) for _, index, field in sorted(ranked)]


def _closed(mapped: Sequence[MappedColumn]) -> set[str]:
    """Return the fields that a recognised column cannot have any more."""
    fields = {column.field for column in mapped}
    given = {column.field for column in mapped if column.origin == "given"}
    # Who names the column of the full name does not want it made up from two others.
    return fields | (_HALVES if "name" in given else set())


def _meaning_of_name(
    index: int, mapped: Sequence[MappedColumn], sample: Sequence[Sequence[str]]
) -> str:
    """Return what a column called `Name` in some language is beside the columns found so far."""
    halves = [column for column in mapped if column.field in _HALVES]
    if len(halves) != 1:
        return "name"
    half = halves[0]
    whole = [
        (name.split(), part.split())
        for name, part in zip(_cells(sample, index), _cells(sample, half.index), strict=True)
        if name.strip() and part.strip()
    ]
    contained = sum(len(name) > len(part) and set(part) <= set(name) for name, part in whole)
    if contained * 2 > len(whole):
        return "name"
    return "last_name" if half.field == "first_name" else "first_name"


def _cells(sample: Sequence[Sequence[str]], index: int) -> list[str]:
    return [record[index] if index < len(record) else "" for record in sample]

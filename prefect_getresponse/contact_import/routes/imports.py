"""Volume, people who are on the list included: tens of thousands of rows a call.

Rows of an import share their columns.  What a blank cell does to somebody who is on the list is not
documented, so people of the list go in imports whose every column they fill; for new people blank
cells cannot erase anything.  A tag's cell `0` leaves the tag as it is.
Source: GetResponse API v3, `POST /imports`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import orjson

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.client.request import ApiRequest
from prefect_getresponse.contact_import.ledger import CONTACTS_TOGETHER, Contacts
from prefect_getresponse.contact_import.rows.contacts import pack, unpack_many
from prefect_getresponse.contact_import.rows.custom_fields import CustomField
from prefect_getresponse.contact_import.rows.packed import Packed
from prefect_getresponse.contact_import.rows.validation import Contact
from prefect_getresponse.tasks.imports import create_import

NAME = "import"
"""Imports of an account within any 24 hours."""
_ROW = re.compile(r"\bcontacts(?:\[|\.)(\d+)")
_OWN_COLUMNS = frozenset({"email", "name", "ip"})
_TAG_CELL = len(b',"0"')
_ROOM = 1_000
"""Bytes for what surrounds the rows, besides the names of the columns."""
_PACKED = {"name": "name", "ip": "ip_address"}
"""What the ledger calls the attributes."""
_OUTSIDE = len(pack(Contact("", None, (), (), None, None, None))[0]) - len('""nullnull')
"""Bytes of a contact in the ledger besides its address, name and IP address."""
_NULL_TO_BLANK = len("null") - len('""')
_Values = dict[str, Any]
"""A contact as the ledger has it."""


def cannot_carry(fields: Iterable[str], custom_fields: Collection[CustomField]) -> str | None:
    """Why an import cannot carry rows with these fields; None if it can.

    Args:
        fields: Fields that columns of the source mean.
        custom_fields: The custom fields among them.
    """
    if missing := {"day_of_cycle", "scoring"}.intersection(fields):
        return f"an import has no column for {' and '.join(sorted(missing))}"
    if several := [field.name for field in custom_fields if field.is_multiple]:
        return f"an import holds one value a custom field, and {several[0]!r} may have several"
    if taken := _OWN_COLUMNS.intersection(field.name for field in custom_fields):
        return f"in an import the name of custom field {sorted(taken)[0]!r} means something else"
    return None


def shape(contact: Contact) -> tuple[str, ...]:
    """What a contact fills besides its address and tags: people of one shape share an import."""
    given = ("name",) if contact.name is not None else ()
    return (*given, *sorted(name for name, _ in contact.custom))


@dataclass(frozen=True)
class Columns:
    """Columns of one import, besides the address.

    Attributes:
        attributes: `name` and `ip`, those that are filled.
        fields: Names of custom fields.
        tags: Names of tags.
    """

    attributes: tuple[str, ...]
    fields: tuple[str, ...]
    tags: tuple[str, ...]

    @classmethod
    def of(cls, people: Iterable[_Values], *, new_people: bool) -> Columns:
        """The columns that contacts fill.

        Args:
            people: The rows.
            new_people: Whether they are not on the list: only they have an IP address to give.
        """
        attributes: set[str] = set()
        fields: set[str] = set()
        tags: set[str] = set()
        for person in people:
            if person["name"] is not None:
                attributes.add("name")
            if person["ip_address"] is not None and new_people:
                attributes.add("ip")
            for name, _ in person["custom"]:
                fields.add(name)
            tags.update(person["tags"])
        return cls(tuple(sorted(attributes)), tuple(sorted(fields)), tuple(sorted(tags)))

    @property
    def mapping(self) -> list[str]:
        """Names of the columns as the API takes them."""
        return ["email", *self.attributes, *self.fields, *(f"tag:{name}" for name in self.tags)]

    def __or__(self, other: Columns) -> Columns:
        """The columns of both."""
        return Columns(
            *(
                tuple(sorted({*ours, *theirs}))
                for ours, theirs in (
                    (self.attributes, other.attributes),
                    (self.fields, other.fields),
                    (self.tags, other.tags),
                )
            )
        )

    def rows(self, people: Iterable[_Values]) -> bytes:
        """Contacts as JSON arrays, with a comma between one and the next."""
        attributes = [_PACKED[name] for name in self.attributes]
        blanks = [""] * len(self.fields)
        cells_of = dict[tuple[str, ...], list[str]]()
        rows: list[list[str]] = []
        for person in people:
            tags = tuple(person["tags"])
            if tags not in cells_of:
                cells_of[tags] = ["1" if name in tags else "0" for name in self.tags]
            row = [person["email"]]
            for name in attributes:
                row.append(person[name] or "")
            values: dict[str, str] = dict(person["custom"])
            row.extend(map(values.get, self.fields, blanks))
            row.extend(cells_of[tags])
            rows.append(row)
        return orjson.dumps(rows)[1:-1]


def request(contacts: Sequence[str], campaign_id: str, *, new_people: bool) -> ApiRequest:
    """The call that imports contacts.

    Its body is made as bytes, a part at a time: twenty megabytes of lists would be ten times that.

    Args:
        contacts: The contacts as the ledger stores them, some in each text.
        campaign_id: The list.
        new_people: Whether they are not on the list.
    """
    columns = Columns.of(unpack_many(contacts[0]), new_people=new_people)
    rows, filled = _written(contacts, columns, new_people=new_people)
    if filled != columns:  # later ones fill what the first ones leave blank
        rows, columns = _written(contacts, filled, new_people=new_people)
    empty = create_import.operation.request(
        {"campaign_id": campaign_id, "field_mapping": columns.mapping, "contacts": []}
    )
    head, _, tail = orjson.dumps(empty.body).partition(b"[]")
    return replace(empty, body=b"".join((head, b"[", rows.getbuffer(), b"]", tail)))


def _written(
    contacts: Sequence[str], columns: Columns, *, new_people: bool
) -> tuple[BytesIO, Columns]:
    """Contacts as they go out in columns, and these with whatever else they fill."""
    rows, filled = BytesIO(), columns
    for text in contacts:
        people = unpack_many(text)
        filled |= Columns.of(people, new_people=new_people)
        rows.write(b"," if rows.tell() else b"")
        rows.write(columns.rows(people))
    return rows, filled


def blamed(rows: int, error: GetResponseError) -> list[int]:
    """Places of the rows that the answer to a call names; none if it names none.

    How GetResponse names rows is not documented, so nothing is rejected on this word.

    Args:
        rows: Number of rows of the call.
        error: The answer.
    """
    places = map(int, _ROW.findall(json.dumps(error.context, default=str)))
    return [place for place in sorted(set(places)) if place < rows]


class _Load:
    """Bytes of an import that is being filled; each new tag widens every row.

    Args:
        fields: Names of its custom fields.

    Attributes:
        rows: Rows it holds.
    """

    def __init__(self, fields: Iterable[str]) -> None:
        self._fields = sorted(fields)
        columns = Columns(("ip", "name"), tuple(self._fields), ())
        self._names = sum(len(name) + 3 for name in columns.mapping)
        self._bytes = 0
        self.rows = 0
        self._tags: set[str] = set()

    def take(self, contacts: Contacts, limit: int) -> bool:
        """Add contacts; False, and none is added, if they do not all fit any more."""
        packed = Packed(contacts.text, contacts.number)
        rows = self.rows + packed.number
        tags = self._tags.union(*map(orjson.loads, packed.tags))
        size = self._bytes + bytes_of_rows(packed, self._fields)
        names = self._names + sum(len(name) + 7 for name in tags)
        if rows > 1 and size + _TAG_CELL * len(tags) * rows + names + _ROOM > limit:
            return False
        self._bytes, self._tags, self.rows = size, tags, rows
        return True


def bytes_of_rows(packed: Packed, fields: Collection[str]) -> int:
    """Bytes of contacts as `Columns.rows` writes them, without tags and with a comma behind each.

    It is told by their text as the ledger has it, which is no shorter in any part but blank cells.

    Args:
        packed: The contacts.
        fields: Names of all their custom fields.
    """
    values = {field: packed.values(field) for field in fields}
    given = sum(values.values())
    left_out = (
        packed.number * _OUTSIDE
        + sum(times * len(text[1:-1].encode()) for text, times in packed.tags.items())
        + sum(times * len(orjson.dumps(field) + b"[]") for field, times in values.items())
        + given
        - (packed.number - packed.without_fields())  # commas between pairs
        + _NULL_TO_BLANK * (packed.lacking("name") + packed.lacking("ip_address"))
    )
    blanks = len(fields) * packed.number - given
    return packed.bytes - left_out + len(',""') * blanks + len("[,,],") * packed.number


def cut(
    read: Callable[[int, int], Contacts | None], fields: Iterable[str], limit: int
) -> Iterator[tuple[int, int]]:
    """Cut rows into imports by their bytes.

    Args:
        read: Contacts behind a row, at most so many; None if there are no more.
        fields: Names of all custom fields.
        limit: Most bytes of a request.

    Returns:
        First and last row of each import.
    """
    load, part = _Load(fields), (0, 0)
    after, size = 0, CONTACTS_TOGETHER
    while some := read(after, size):
        if load.take(some, limit):
            is_first = load.rows == some.number
            part = (some.first if is_first else part[0], some.last)
            after = some.last
        elif some.number > 1:
            size = 1  # some of them may still fit
        else:
            yield part
            load, size = _Load(fields), CONTACTS_TOGETHER
    if load.rows:
        yield part

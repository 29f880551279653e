"""Records of JSON: the state of every resource that is a plain collection.

`resources/collection.py` says what the operations of such a resource do to its records.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Record:
    """One resource.

    Attributes:
        record_id: Identifier.
        above: Identifiers of the resources it lies under, by their names in the path:
            `{"shopId": "pf3"}`.
        members: Its members as they are answered, identifier and dates included.
    """

    record_id: str
    above: Mapping[str, str]
    members: dict[str, Any]

    def is_within(self, scope: Mapping[str, str]) -> bool:
        """Whether it lies under all of what `scope`, the values of a call's path, names.

        What `scope` leaves open may be anything: variants of every product are within a shop.
        """
        return all(scope.get(name, value) == value for name, value in self.above.items())


class Records:
    """All records of an account, by the name of their collection and by identifier."""

    def __init__(self) -> None:
        self._by_collection: dict[str, dict[str, Record]] = {}
        # By collection and the identifier of what they lie under, at any height.
        self._below: dict[tuple[str, str], dict[str, Record]] = {}

    def of(self, collection: str) -> Mapping[str, Record]:
        """Return the records of a collection by identifier, in the order of creation."""
        return self._by_collection.get(collection, {})

    def within(self, collection: str, scope: Mapping[str, str]) -> Iterator[Record]:
        """Return the records of a collection that lie under what `scope` names."""
        records = self.of(collection)
        for name in next(iter(records.values())).above if records else ():
            if name in scope:
                below = self._below.get((collection, scope[name]), {})
                records = min(records, below, key=len)
        return (each for each in records.values() if each.is_within(scope))

    def find(self, collection: str, record_id: str, scope: Mapping[str, str]) -> Record | None:
        """Return a record by identifier, None if there is none under what `scope` names."""
        record = self.of(collection).get(record_id)
        return record if record is not None and record.is_within(scope) else None

    def put(self, collection: str, record: Record) -> None:
        """Add a record."""
        self._by_collection.setdefault(collection, {})[record.record_id] = record
        for parent_id in record.above.values():
            self._below.setdefault((collection, parent_id), {})[record.record_id] = record

    def drop(self, collection: str, record: Record) -> None:
        """Remove a record, and every record that lies under it."""
        self._remove(collection, record)
        for name in self._by_collection:
            for each in list(self._below.pop((name, record.record_id), {}).values()):
                self._remove(name, each)

    def _remove(self, collection: str, record: Record) -> None:
        del self._by_collection[collection][record.record_id]
        for parent_id in record.above.values():
            self._below.get((collection, parent_id), {}).pop(record.record_id, None)

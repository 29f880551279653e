"""Answers as rows: typed values in the columns, and in `_more` whatever had no place in one.

A page is turned column by column, which costs a third of what it would row by row. Only rows that
hold something unknown, or a value that is not of its column's kind, are looked at one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from operator import methodcaller
from typing import Any, cast

from prefect_getresponse.client.server_time import in_utc
from prefect_getresponse.export.schema.fields import Field, fields_of, objects_of
from prefect_getresponse.sinks.tables import Column, Kind

MORE = Column("_more", Kind.JSON)
"""Column for what an answer holds besides its columns."""

Answer = Mapping[str, Any]


class RowShape:
    """How answers of one type become rows.

    Args:
        answer: The type: a `TypedDict`.
        without: Members that go elsewhere.

    Attributes:
        fields: The fields, in the order of the columns.
        columns: Their columns, and `_more` last.
        strange: How often an unknown member, or one that is not of its kind, was found, by name.
    """

    def __init__(self, answer: Any, without: Sequence[str] = ()) -> None:
        self.fields: tuple[Field, ...] = fields_of(answer, tuple(without))
        self.columns = (*(field.column for field in self.fields), MORE)
        self.strange: Counter[str] = Counter()
        self._objects = [each for each in objects_of(answer) if (each[0] or [""])[0] not in without]
        self._without = frozenset(without)
        self._usual: dict[tuple[str, ...], set[tuple[str, ...]]] = {
            path: set() for path, _ in self._objects
        }

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(column.name for column in self.columns)

    def rows(
        self,
        answers: Sequence[Answer],
        before: Sequence[object] = (),
        after: Sequence[object] = (),
    ) -> list[tuple[Any, ...]]:
        """Turn answers into rows, in the order of `columns`.

        Args:
            answers: The answers.
            before: Values that each row begins with.
            after: Values that each row ends with.
        """
        inside: dict[tuple[str, ...], _Objects] = {(): _Objects(list(answers))}
        more: dict[int, dict[str, Any]] = {}
        for path, known in self._objects:
            if path:
                inside[path] = _Objects(inside[path[:-1]].values(path[-1]))
            self._note_unknown(path, known, inside[path], more)
        columns = [self._column(field, inside, more) for field in self.fields]
        columns.append(list(map(more.get, range(len(answers)))) if more else [None] * len(answers))
        first, last = (([each] * len(answers) for each in given) for given in (before, after))
        return list(zip(*first, *columns, *last, strict=True))

    def _note_unknown(
        self,
        path: tuple[str, ...],
        known: frozenset[str],
        objects: _Objects,
        more: dict[int, dict[str, Any]],
    ) -> None:
        usual = self._usual[path]
        if objects.members in usual:
            return
        for place, each in enumerate(objects.all):
            if not isinstance(each, dict):
                if each is not None:
                    self._keep(more, place, path, each)
                continue
            answer = cast(Answer, each)
            members = tuple(answer)
            if members in usual:
                continue
            unknown = [name for name in members if name not in known]
            if not path:
                unknown = [name for name in unknown if name not in self._without]
            if not unknown:
                usual.add(members)
            for name in unknown:
                self._keep(more, place, (*path, name), answer[name])

    def _column(
        self,
        field: Field,
        inside: Mapping[tuple[str, ...], _Objects],
        more: dict[int, dict[str, Any]],
    ) -> Sequence[Any]:
        first, *further = field.paths
        values = inside[first[:-1]].values(first[-1])
        for path in further:
            others = inside[path[:-1]].values(path[-1])
            values = [b if a is None else a for a, b in zip(values, others, strict=True)]
        convert = CONVERTERS[field.column.kind]
        try:
            return convert(values)
        except (ValueError, TypeError, OverflowError):
            return [
                self._one(convert, value, place, field.paths[0], more)
                for place, value in enumerate(values)
            ]

    def _one(
        self,
        convert: Callable[[Sequence[Any]], Sequence[Any]],
        value: Any,
        place: int,
        path: tuple[str, ...],
        more: dict[int, dict[str, Any]],
    ) -> Any:
        try:
            return convert([value])[0]
        except (ValueError, TypeError, OverflowError):
            self._keep(more, place, path, value)
            return None

    def _keep(
        self, more: dict[int, dict[str, Any]], place: int, path: tuple[str, ...], value: Any
    ) -> None:
        name = ".".join(path)
        self.strange[name] += 1
        more.setdefault(place, {})[name] = value


class _Objects:
    """Objects of a page, one of each answer.

    Attributes:
        all: The objects, and whatever else stands in their places.
        members: What each of them has, in the same order; None if they differ.
    """

    def __init__(self, objects: Sequence[Any]) -> None:
        self.all = objects
        self.members: tuple[str, ...] | None = None
        self._columns: dict[str, Sequence[Any]] = {}
        if objects and set(map(type, objects)) == {dict}:
            members = tuple(objects[0])
            if all(tuple(each) == members for each in objects):
                self.members = members
                columns = zip(*map(_values_of, objects), strict=True)
                self._columns = dict(zip(members, columns, strict=True))

    def values(self, name: str) -> Sequence[Any]:
        """A member of each."""
        if self.members is not None:
            return self._columns.get(name) or [None] * len(self.all)
        try:
            return [each.get(name) for each in self.all]
        except AttributeError:
            return [_member(each, name) for each in self.all]


_values_of = methodcaller("values")


def _member(value: Any, name: str) -> Any:
    return cast(Answer, value).get(name) if isinstance(value, dict) else None


def _texts(values: Sequence[Any]) -> Sequence[Any]:
    if not set(map(type, values)) <= {str, type(None)}:
        raise ValueError("not all are texts")
    return values


def _integers(values: Sequence[Any]) -> Sequence[Any]:
    if set(map(type, values)) <= {int, type(None)}:
        return values
    return [None if value is None or value == "" else _integer(value) for value in values]


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("not an integer")
    return int(value)


def _numbers(values: Sequence[Any]) -> Sequence[Any]:
    return [None if value is None or value == "" else _number(value) for value in values]


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("not a number")
    return float(value)


_WORDS = {"true": True, "false": False, True: True, False: False, None: None, "": None}


def _booleans(values: Sequence[Any]) -> Sequence[Any]:
    try:
        return [_WORDS[value] for value in values]
    except KeyError:
        raise ValueError("not all are yes or no") from None


def _moments(values: Sequence[Any]) -> Sequence[Any]:
    read = datetime.fromisoformat
    # Nearly all are in UTC already.
    return [
        (moment if (moment := read(value)).tzinfo is UTC else in_utc(moment)) if value else None
        for value in values
    ]


def _anything(values: Sequence[Any]) -> Sequence[Any]:
    return values


CONVERTERS: dict[Kind, Callable[[Sequence[Any]], Sequence[Any]]] = {
    Kind.TEXT: _texts,
    Kind.INTEGER: _integers,
    Kind.NUMBER: _numbers,
    Kind.BOOLEAN: _booleans,
    Kind.TIMESTAMP: _moments,
    Kind.JSON: _anything,
}
"""Values of a column as its kind has them; `ValueError` if one of them is something else."""


def moment_of(text: str | None) -> datetime | None:
    """A moment of an answer; None if it is missing or unreadable."""
    try:
        found: datetime | None = _moments([text])[0]
    except (ValueError, TypeError):
        return None
    return found

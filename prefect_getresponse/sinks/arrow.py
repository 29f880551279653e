"""Rows as Arrow's tables: made, chosen and merged a column at a time.

Row by row, in Python, the same costs ten times as much.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

import orjson

from prefect_getresponse.sinks.sql_types import json_text
from prefect_getresponse.sinks.tables import Column, Kind, Row, Table, Where


def arrow(module: str = "") -> Any:
    """Return pyarrow or a module of it; it has no types, and may be missing."""
    return import_module(f"pyarrow.{module}" if module else "pyarrow")


def schema_of(columns: Sequence[Column]) -> Any:
    """The schema of a table with these columns."""
    return arrow().schema([(column.name, _type(column.kind)) for column in columns])


def as_table(columns: Sequence[Column], rows: Sequence[Row]) -> Any:
    """Rows as a table; without rows it is empty."""
    pa = arrow()
    parts = zip(*rows, strict=True) if rows else ((),) * len(columns)
    arrays = [
        pa.array(_stored(values, column.kind), _type(column.kind))
        for values, column in zip(parts, columns, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema_of(columns))


def as_rows(data: Any, columns: Sequence[Column]) -> Iterator[tuple[Any, ...]]:
    """Columns of a table as rows."""
    values = [_values(data.column(column.name), column.kind) for column in columns]
    yield from zip(*values, strict=True)


def with_columns(data: Any, columns: Sequence[Column]) -> Any:
    """A table with just these columns; those it does not have are null."""
    pa = arrow()
    there = set(data.column_names)
    arrays = [
        data.column(column.name)
        if column.name in there
        else pa.nulls(data.num_rows, _type(column.kind))
        for column in columns
    ]
    return pa.Table.from_arrays(arrays, schema=schema_of(columns))


def holding(data: Any, where: Sequence[Where]) -> Any:
    """For each row whether all conditions hold."""
    pa, pc = arrow(), arrow("compute")
    mask = pa.chunked_array([pa.repeat(True, data.num_rows)])
    for each in where:
        mask = pc.and_(mask, _test(data, each))
    return mask


def _test(data: Any, where: Where) -> Any:
    pa, pc = arrow(), arrow("compute")
    column = data.column(where.column)
    match where.test:
        case "null":
            return pc.is_null(column)
        case "not null":
            return pc.is_valid(column)
        case "in":
            return pc.is_in(column, value_set=pa.array(where.several or [], column.type))
        case "differs":
            other = data.column(str(where.value))
            unequal = pc.fill_null(pc.not_equal(column, other), False)
            return pc.or_(unequal, pc.xor(pc.is_null(column), pc.is_null(other)))
        case test:
            compare = getattr(pc, _COMPARISONS[test])
            return pc.fill_null(compare(column, pa.scalar(where.value, column.type)), False)


_COMPARISONS = {
    "=": "equal",
    "<": "less",
    "<=": "less_equal",
    ">": "greater",
    ">=": "greater_equal",
}


def merged(table: Table, old: Any, new: Any) -> Any:
    """Rows of a table with others in the place of those with the same key.

    Args:
        table: The table.
        old: What there is, with all columns.
        new: What comes, with some of them; of several with one key the last counts. Columns that it
            does not have are left as they are.
    """
    pa, pc = arrow(), arrow("compute")
    new = _last_of_each(table, new)
    old_keys, new_keys = keys_of(table, old), keys_of(table, new)
    places = pc.index_in(new_keys, value_set=old_keys)
    given = set(new.column_names)
    arrays = [
        new.column(name) if name in given else old.column(name).combine_chunks().take(places)
        for name in old.column_names
    ]
    kept = old.filter(pc.invert(pc.is_in(old_keys, value_set=new_keys)))
    return pa.concat_tables([kept, pa.Table.from_arrays(arrays, schema=old.schema)])


def _last_of_each(table: Table, data: Any) -> Any:
    pa, pc = arrow(), arrow("compute")
    keys = keys_of(table, data)
    if pc.count_distinct(keys).as_py() == data.num_rows:
        return data
    numbered = pa.table({"key": keys, "place": pa.array(range(data.num_rows), pa.int64())})
    last = numbered.group_by("key").aggregate([("place", "max")]).column("place_max")
    return data.take(last.combine_chunks().sort())


def keys_of(table: Table, data: Any) -> Any:
    """The key of each row as one text."""
    pa, pc = arrow(), arrow("compute")
    texts = [
        pc.fill_null(data.column(name).combine_chunks().cast(pa.string()), "") for name in table.key
    ]
    return pc.binary_join_element_wise(*texts, "\x00")


def changed(data: Any, mask: Any, values: Mapping[str, object], columns: Sequence[Column]) -> Any:
    """A table with columns set in the rows that are chosen."""
    pa, pc = arrow(), arrow("compute")
    for place, column in enumerate(columns):
        if column.name in values:
            [stored] = _stored([values[column.name]], column.kind)
            new = pa.scalar(stored, _type(column.kind))
            data = data.set_column(
                place, column.name, pc.if_else(mask, new, data.column(column.name))
            )
    return data


def _type(kind: Kind) -> Any:
    pa = arrow()
    return {
        Kind.TEXT: pa.string(),
        Kind.INTEGER: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.BOOLEAN: pa.bool_(),
        Kind.TIMESTAMP: pa.timestamp("us", "UTC"),
        Kind.DAY: pa.date32(),
        Kind.JSON: pa.string(),
    }[kind]


def _stored(values: Sequence[Any], kind: Kind) -> Sequence[Any]:
    if kind is Kind.JSON:
        return [None if value is None else json_text(value) for value in values]
    return values


def _values(column: Any, kind: Kind) -> list[Any]:
    values: list[Any] = column.to_pylist()
    if kind is Kind.JSON:
        return [None if value is None else orjson.loads(value) for value in values]
    return values

"""The files of a folder of Parquet: reading, writing, and where they are."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import orjson

from prefect_getresponse.sinks.sink import SinkError, SinkNotFound
from prefect_getresponse.sinks.sql_types import json_text
from prefect_getresponse.sinks.tables import Kind, Table
from prefect_getresponse.sources.storage.places import public_url

CLAIM = "_claim.json"
_ROWS_AT_ONCE = 20_000


def arrow_is_there() -> None:
    """Find out whether pyarrow is installed.

    Raises:
        SinkNotFound: It is not.
    """
    try:
        _arrow()
    except ImportError:
        raise SinkNotFound(
            "Parquet needs another package", advice='pip install "prefect-getresponse[arrow]"'
        ) from None


class FileStore:
    """A folder.

    Args:
        url: Its path, or a URL for fsspec.

    Attributes:
        name: What people may see of it.
        public: Its URL without secrets.
        folder: Its path, if it is on this machine.
    """

    def __init__(self, url: str) -> None:
        is_url = "://" in url
        located = url if is_url else f"file://{Path(url).absolute()}"
        fsspec: Any = import_module("fsspec")
        try:
            self._files, self._root = cast(tuple[Any, str], fsspec.url_to_fs(located))
        except (ImportError, ValueError) as error:
            raise SinkNotFound(
                f"{located.partition(':')[0]}:// cannot be written ({type(error).__name__})",
                advice="Install its fsspec package, such as prefect-getresponse[s3].",
            ) from None
        self.public = public_url(located).rstrip("/")
        self._url = url.rstrip("/")
        self.folder = Path(self._root) if located.startswith("file://") else None
        self.name = self.public if is_url else Path(url).name

    def location(self, path: str) -> str:
        """Path or URL of a file, in the words that the folder was given in."""
        return f"{self._url}/{path}"

    def make(self) -> None:
        """Make the folder."""
        with self._refusals():
            self._files.makedirs(self._root, exist_ok=True)

    def read_text(self, path: str) -> str | None:
        """A text; None if it is not there."""
        try:
            with self._files.open(self._at(path), "rb") as file:
                return cast(bytes, file.read()).decode()
        except FileNotFoundError:
            return None

    def write_text(self, path: str, text: str) -> None:
        """Write a text, at once or not at all."""
        with self._refusals():
            if self.folder is None:
                self._files.pipe_file(self._at(path), text.encode())
                return
            beside = self.folder / f"{path}.new"
            with beside.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.folder / path)

    def remove(self, path: str) -> None:
        """Remove a file; one that is gone already is passed over."""
        if self._files.exists(self._at(path)):
            self._files.rm_file(self._at(path))

    def listed(self, table: str) -> list[str]:
        """Paths of all Parquet files of a table's folder."""
        self._files.invalidate_cache()
        found: list[str] = self._files.find(self._at(table))
        root = self._root.rstrip("/")
        return [path[len(root) + 1 :] for path in found if path.endswith(".parquet")]

    def holder(self) -> str:
        """Who has claimed the folder; empty if nobody has."""
        text = self.read_text(CLAIM)
        return str(orjson.loads(text).get("run", "")) if text else ""

    def read(self, table: Table, path: str) -> Iterator[tuple[Any, ...]]:
        """Rows of a file, with all columns of the table; those it does not have are null."""
        pq = _arrow("parquet")
        with self._refusals(), self._files.open(self._at(path), "rb") as file:
            parquet = pq.ParquetFile(file)
            there = set(parquet.schema_arrow.names)
            for batch in parquet.iter_batches(batch_size=_ROWS_AT_ONCE):
                columns = [
                    _values(batch.column(column.name), column.kind)
                    if column.name in there
                    else [None] * batch.num_rows
                    for column in table.all_columns
                ]
                yield from zip(*columns, strict=True)

    def write(self, table: Table, path: str, rows: Sequence[Sequence[Any]]) -> None:
        """Write rows into a new file."""
        pq, pa = _arrow("parquet"), _arrow()
        fields = [(column.name, _type(column.kind)) for column in table.all_columns]
        schema = pa.schema(fields)
        with self._refusals():
            self._files.makedirs(self._at(path).rpartition("/")[0], exist_ok=True)
            with (
                self._files.open(self._at(path), "wb") as file,
                pq.ParquetWriter(file, schema, compression="zstd") as writer,
            ):
                for start in range(0, len(rows), _ROWS_AT_ONCE):
                    part = list(zip(*rows[start : start + _ROWS_AT_ONCE], strict=True))
                    arrays = [
                        pa.array(_stored(values, column.kind), _type(column.kind))
                        for values, column in zip(part, table.all_columns, strict=True)
                    ]
                    writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))

    def _at(self, path: str) -> str:
        return f"{self._root.rstrip('/')}/{path}"

    def _refusals(self) -> _Refusals:
        return _Refusals(self.name)


class _Refusals:
    """Turns errors of storages into one of ours."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if kind is not None and issubclass(kind, OSError):
            reason = getattr(error, "strerror", None) or kind.__name__
            raise SinkError(
                f"{self._name}: it cannot be written or read ({reason})",
                advice="Check the place, its rights and its space.",
            ) from None


def _type(kind: Kind) -> Any:
    pa = _arrow()
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


def _arrow(module: str = "") -> Any:
    """Return pyarrow or a module of it; it has no types, and may be missing."""
    return import_module(f"pyarrow.{module}" if module else "pyarrow")

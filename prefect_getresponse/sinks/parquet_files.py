"""The files of a folder of Parquet: reading, writing, and where they are."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import orjson

from prefect_getresponse.sinks.arrow import arrow, with_columns
from prefect_getresponse.sinks.sink import SinkError, SinkNotFound
from prefect_getresponse.sinks.tables import Table
from prefect_getresponse.sources.storage.places import public_url

CLAIM = "_claim.json"
_ROWS_AT_ONCE = 20_000


def arrow_is_there() -> None:
    """Find out whether pyarrow is installed.

    Raises:
        SinkNotFound: It is not.
    """
    try:
        arrow()
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

    def read(self, table: Table, path: str) -> Any:
        """A file as one of Arrow's tables; columns that it does not have are null."""
        with self._refusals(), self._files.open(self._at(path), "rb") as file:
            # Without threads, which would keep memory each for itself.
            data = arrow("parquet").ParquetFile(file).read(use_threads=False)
        return with_columns(data, table.all_columns)

    def batches(self, table: Table, path: str, names: Sequence[str]) -> Iterator[Any]:
        """Columns of a file as Arrow's tables, a few rows at a time."""
        wanted = [column for column in table.all_columns if column.name in names]
        with self._refusals(), self._files.open(self._at(path), "rb") as file:
            parquet = arrow("parquet").ParquetFile(file)
            there = [name for name in parquet.schema_arrow.names if name in names]
            for batch in parquet.iter_batches(_ROWS_AT_ONCE, columns=there, use_threads=False):
                data = arrow().Table.from_batches([batch])
                yield with_columns(data, wanted)

    def write(self, path: str, data: Any) -> None:
        """Write one of Arrow's tables into a new file."""
        with self._refusals():
            self._files.makedirs(self._at(path).rpartition("/")[0], exist_ok=True)
            with self._files.open(self._at(path), "wb") as file:
                arrow("parquet").write_table(data, file, compression="zstd")

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

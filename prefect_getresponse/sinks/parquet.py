"""Tables as folders of Parquet files, on this machine or behind a URL that fsspec can write.

A table is a folder. Small tables are one file; tables of people are 64, by a hash of the contact,
and of those only what changed is written again; tables of days have a folder for each, with a
second file for what came last, so that many small additions do not write the day again. No file is
ever changed: new ones are written beside the old ones, then `_manifest.json`, which names the
current ones, and then the old ones go. So between two runs every file counts, and a reader that
does not want to wait goes by the manifest. How far a run has come is in `_progress.json`, in the
same form.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prefect_getresponse.sinks.arrow import arrow, as_rows, as_table, holding, keys_of
from prefect_getresponse.sinks.parquet_claims import claimed
from prefect_getresponse.sinks.parquet_files import FileStore, arrow_is_there
from prefect_getresponse.sinks.parquet_parts import TAIL, Changes, part_names
from prefect_getresponse.sinks.sink import NotOurTable, SinkError, SinkNotFound, SinkTaken, State
from prefect_getresponse.sinks.tables import Row, Table, Where

MANIFEST = "_manifest.json"
PROGRESS = "_progress.json"
_MOST_IN_A_TAIL = 10_000
"""Rows in the second file of a day until the first is written again: adding rewrites only these."""


class ParquetTransaction:
    """Changes that become files when it ends.

    Attributes:
        at: When it began.
    """

    def __init__(self, sink: ParquetSink) -> None:
        self.at = datetime.now(UTC)
        self._sink = sink
        self.changes: dict[Table, Changes] = {}
        self.states: list[tuple[str, str, State]] = []

    def upsert(
        self, table: Table, rows: Iterable[Row], columns: Sequence[str] | None = None
    ) -> int:
        """Write rows, each in the place of the one with the same key."""
        names = table.names if columns is None else tuple(columns)
        return self._of(table).upsert(names, list(rows))

    def delete(self, table: Table, *where: Where) -> None:
        """Delete the rows for which all conditions hold."""
        self._of(table).delete(where)

    def count(self, table: Table, *where: Where) -> int:
        """How many rows there are for which all conditions hold."""
        changes = self.changes.get(table)
        if changes is None or changes.is_empty:
            return self._sink.count(table, *where)
        self._sink.apply(table, changes)
        self.changes.pop(table)
        return self._sink.count(table, *where)

    def update(self, table: Table, values: Mapping[str, object], *where: Where) -> None:
        """Set columns of the rows for which all conditions hold."""
        self._of(table).update(values, where)

    def save_state(self, account_id: str, stream: str, state: State) -> None:
        """Keep a writer's state."""
        self.states.append((account_id, stream, state))

    def _of(self, table: Table) -> Changes:
        return self.changes.setdefault(table, Changes(table, self.at))


class ParquetSink:
    """A folder of Parquet files.

    Args:
        url: Path of a folder, or a URL for fsspec such as `s3://bucket/getresponse`.
        most_in_a_tail: Rows in the second file of a day until the first is written again.

    Raises:
        SinkNotFound: pyarrow is missing, or the place cannot be reached.
    """

    portion = 1_000_000_000

    def __init__(self, url: str, most_in_a_tail: int = _MOST_IN_A_TAIL) -> None:
        arrow_is_there()
        self._most_in_a_tail = most_in_a_tail
        self._store = FileStore(url)
        self.name = self._store.name
        self._published = self._load(MANIFEST)
        self._current = self._load(PROGRESS) or self._load(MANIFEST)
        self._run = uuid.uuid4().hex[:12]
        self._claim = ""
        self._replaced: list[str] = []

    def asset_key(self, table: Table) -> str:
        """Where a table is, as one word without secrets."""
        return f"{self._store.public}/{table.name}"

    def files(self) -> list[str]:
        """Paths or URLs of the files that make up the tables, as they were published last."""
        return [
            self._store.location(file["path"])
            for entry in self._tables(self._published).values()
            for file in entry.values()
        ]

    def prepare(self, tables: Sequence[Table]) -> list[str]:
        """Make the folder; tables need nothing."""
        self._store.make()
        known = self._current.setdefault("columns", {})
        made: list[str] = []
        for table in tables:
            if table.name not in known:
                if self._store.listed(table.name) and not self._tables(self._current):
                    raise NotOurTable(f"the folder {table.name} has files of somebody else")
                made.append(f"folder {table.name}")
            else:
                new = [name for name in table.names if name not in known[table.name]]
                made += [f"column {table.name}.{name}" for name in new]
            known[table.name] = list(table.names)
        return made

    @contextmanager
    def claim(self, account_id: str, run_id: str) -> Generator[None]:
        """Keep others from exporting to it meanwhile; one at a time, whatever the account."""
        self._store.make()
        with claimed(self._store, run_id):
            self._claim = run_id
            columns = self._current.get("columns", {})
            self._published = self._load(MANIFEST)
            self._current = self._load(PROGRESS) or json.loads(json.dumps(self._published))
            self._current.setdefault("columns", {}).update(columns)
            try:
                yield
            finally:
                self._claim = ""

    @contextmanager
    def transaction(self) -> Generator[ParquetTransaction]:
        """Begin changes; they are kept if the block ends without an error."""
        self._check_claim()
        before = json.dumps(self._current)
        transaction = ParquetTransaction(self)
        try:
            yield transaction
            self._check_claim()
            for table, changes in transaction.changes.items():
                self.apply(table, changes)
        except BaseException:
            self._current = json.loads(before)
            self._replaced.clear()
            raise
        finally:
            for changes in transaction.changes.values():
                changes.close()
        states = self._current.setdefault("state", {})
        for account_id, stream, state in transaction.states:
            states.setdefault(account_id, {})[stream] = dict(state)
        self._store.write_text(PROGRESS, json.dumps(self._current))
        self._remove_replaced()

    def _remove_replaced(self) -> None:
        """Remove what neither a reader nor the next run goes by any more."""
        kept = self._published_paths()
        for path in self._replaced:
            if path not in kept:
                self._store.remove(path)
        self._replaced.clear()

    def apply(self, table: Table, changes: Changes) -> None:
        """Write the parts of a table that changes touch, as new files."""
        entry = self._current.setdefault("tables", {}).setdefault(table.name, {})
        known = dict.fromkeys(part.removesuffix(TAIL) for part in entry)
        for part in changes.touched(list(known)):
            settled: dict[str, Any] | None = entry.get(part)
            tail: dict[str, Any] | None = entry.get(part + TAIL)
            apart = settled is not None and self._can_wait(table, changes, part, settled["path"])
            old = [file for file in ((tail,) if apart else (settled, tail)) if file]
            found, has_changed = changes.apply(part, self._rows(table, old))
            if not has_changed:
                continue
            if (
                settled
                and apart
                and found.num_rows > max(self._most_in_a_tail, settled["rows"] // 4)
            ):
                found = arrow().concat_tables([self._rows(table, [settled]), found])
                old, apart = [settled, *old], False
            self._replace(table, part + TAIL if apart else part, found, old)
            if not apart:
                entry.pop(part + TAIL, None)
        changes.close()

    def _can_wait(self, table: Table, changes: Changes, part: str, path: str) -> bool:
        """Whether a day's file can stay as it is, its changes being in another one beside it."""
        if not table.day:
            return False
        keys = arrow().concat_tables(self._store.batches(table, path, table.key))
        return changes.only_adds(part, keys_of(table, keys))

    def _rows(self, table: Table, files: Sequence[Mapping[str, Any]]) -> Any:
        found = [self._store.read(table, file["path"]) for file in files]
        return arrow().concat_tables(found) if found else as_table(table.all_columns, [])

    def _replace(self, table: Table, part: str, rows: Any, old: Iterable[dict[str, Any]]) -> None:
        entry = self._current["tables"][table.name]
        if rows.num_rows:
            path = self._path(table, part.removesuffix(TAIL))
            self._store.write(path, rows)
            entry[part] = {"path": path, "rows": rows.num_rows}
        else:
            entry.pop(part, None)
        self._replaced += (file["path"] for file in old)

    def select(
        self, table: Table, columns: Sequence[str], *where: Where
    ) -> Iterator[tuple[Any, ...]]:
        """Read columns of the rows for which all conditions hold."""
        wanted = [table.column(name) for name in columns]
        for data in self._chosen(table, columns, where):
            yield from as_rows(data, wanted)

    def count(self, table: Table, *where: Where) -> int:
        """How many rows there are for which all conditions hold."""
        if not where:
            return sum(file["rows"] for file in self._files_of(table).values())
        return sum(data.num_rows for data in self._chosen(table, table.key[:1], where))

    def _chosen(
        self, table: Table, columns: Sequence[str], where: Sequence[Where]
    ) -> Iterator[Any]:
        """Rows for which conditions hold, a few at a time."""
        compared = [str(each.value) for each in where if each.test == "differs"]
        names = {*columns, *(each.column for each in where), *compared}
        files = self._files_of(table)
        for part in part_names(table, list(files), where):
            for data in self._store.batches(table, files[part]["path"], sorted(names)):
                yield data.filter(holding(data, where)) if where else data

    def _files_of(self, table: Table) -> dict[str, Any]:
        return self._tables(self._current).get(table.name, {})

    def state(self, account_id: str, stream: str) -> dict[str, Any]:
        """What a writer kept; empty if nothing."""
        found: dict[str, Any] = self._current.get("state", {}).get(account_id, {}).get(stream, {})
        return dict(found)

    def publish(self) -> None:
        """Name the current files in the manifest, then remove all others."""
        self._check_claim()
        self._store.write_text(MANIFEST, json.dumps(self._current, indent=1))
        self._published = json.loads(json.dumps(self._current))
        with suppress(FileNotFoundError):
            self._store.remove(PROGRESS)
        current = self._published_paths()
        for table in self._tables(self._published):
            for path in self._store.listed(table):
                if path not in current:
                    self._store.remove(path)

    def close(self) -> None:
        """Do nothing: no connection is kept."""

    def _check_claim(self) -> None:
        if self._claim and self._store.holder() != self._claim:
            raise SinkTaken("another export has begun to write to the same folder")

    def _path(self, table: Table, part: str) -> str:
        name = f"{self._run}-{uuid.uuid4().hex[:6]}.parquet"
        if table.day:
            return f"{table.name}/{table.day}={part}/{name}"
        return f"{table.name}/{part}-{name}"

    def _published_paths(self) -> set[str]:
        entries = self._tables(self._published).values()
        return {file["path"] for entry in entries for file in entry.values()}

    @staticmethod
    def _tables(manifest: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = manifest.get("tables", {})
        return found

    def _load(self, name: str) -> dict[str, Any]:
        text = self._store.read_text(name)
        if text is None:
            return {}
        try:
            found: dict[str, Any] = json.loads(text)
        except ValueError:
            raise SinkError(
                f"{self.name}: {name} is damaged", advice="Restore it, or begin in a new folder."
            ) from None
        return found


def is_folder(url: str) -> bool:
    """Whether a destination is a folder or a URL of one, and not a database."""
    if "://" not in url:
        return True
    scheme = url.partition("://")[0].lower()
    return scheme in _FILE_SCHEMES


_FILE_SCHEMES = (
    "file",
    "s3",
    "s3a",
    "gs",
    "gcs",
    "az",
    "abfs",
    "abfss",
    "adl",
    "memory",
    "sftp",
    "hdfs",
)


def folder(url: str) -> ParquetSink:
    """Open a folder.

    Raises:
        SinkNotFound: It is a file, or pyarrow is missing.
    """
    if "://" not in url and Path(url).is_file():
        raise SinkNotFound(f"{Path(url).name} is a file", advice="Give a folder, or a database.")
    return ParquetSink(url)

"""Where rows come in: every source is a stream of records under named columns.

A further kind of source is one module with a class that satisfies `Source`, and one line in
`_KINDS`.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from prefect_getresponse.contact_import.sources.csv_source import CsvSource
from prefect_getresponse.contact_import.sources.jsonl import JsonlSource

__all__ = ["CsvSource", "JsonlSource", "Source", "open_source"]


class Source(Protocol):
    """A stream of records that can be read from the start as often as needed.

    Attributes:
        location: What identifies the source from run to run, such as the absolute path.
        name: Short name for people, such as the name of the file.
    """

    location: str
    name: str

    def fingerprint(self) -> str:
        """Return a hash of the content; another hash means another content."""
        ...

    def columns(self) -> list[str]:
        """Return the names of the columns, each different from the others."""
        ...

    def records(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield `(row, cells)`; a record has a cell for each column, or too many.

        Rows are ordinals of records with the header as 1. Wholly blank records are yielded too.
        """
        ...

    def progress(self) -> tuple[int, int]:
        """Return how much of the latest `records()` was read, and how much there is, in bytes."""
        ...


_KINDS: dict[str, Callable[[str | os.PathLike[str], str | None], Source]] = {
    ".csv": CsvSource,
    ".tsv": CsvSource,
    ".tab": CsvSource,
    ".txt": CsvSource,
    ".jsonl": JsonlSource,
    ".ndjson": JsonlSource,
    ".json": JsonlSource,
}


def open_source(location: str | os.PathLike[str], *, encoding: str | None = None) -> Source:
    """Open a source by its location.

    The kind is told from the name, ignoring `.gz`; a file without a telling name is read as CSV.

    Args:
        location: Path of a CSV, TSV or JSON Lines file, plain or gzip.
        encoding: Encoding of the text; `None` detects UTF-8 and UTF-16 (and UTF-32 by its mark).

    Raises:
        ImportInputError: The source cannot be used; the subclass says why, the message what to do.
    """
    suffixes = [suffix.lower() for suffix in Path(location).suffixes if suffix.lower() != ".gz"]
    kind = _KINDS.get(suffixes[-1], CsvSource) if suffixes else CsvSource
    return kind(location, encoding)

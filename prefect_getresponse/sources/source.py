"""What a source is."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, runtime_checkable

from prefect_getresponse.sources.errors import ImportInputError


class Source(Protocol):
    """A stream of records that can be read from the start as often as needed.

    Attributes:
        location: What identifies the source from run to run, such as the absolute path. Without
            passwords, because it is written down.
        name: Short name for people, such as the name of the file.
    """

    location: str
    name: str

    def fingerprint(self) -> str:
        """Return a hash of the content; another hash means another content.

        After a complete `records()` it is the hash of what was read.
        """
        ...

    def columns(self) -> list[str]:
        """Return the names of the columns, each different from the others."""
        ...

    def records(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield `(row, cells)`; a record has a cell for each column, or too many.

        Rows are ordinals of records; a header, where there is one, is 1. Wholly blank records are
        yielded too.
        """
        ...

    def progress(self) -> tuple[int, int]:
        """Return how much of the latest `records()` was read, and how much there is.

        In bytes; in rows, and 0 for how much there is, where that is not known beforehand.
        """
        ...


@runtime_checkable
class ValuedSource(Protocol):
    """A source whose cells are values, of which some may have no text.

    Such a cell reads as `(not text)`. It stops nobody's import unless its column is used.

    Attributes:
        unusable: The first such cell of each column read so far, by the index of the column.
    """

    unusable: Mapping[int, ImportInputError]


@runtime_checkable
class WatchedSource(Protocol):
    """A source that knows whether it is still what was opened: else it is opened again."""

    def has_changed(self) -> bool:
        """Tell whether it is another one than the one that was opened, or is gone."""
        ...


@runtime_checkable
class NotedSource(Protocol):
    """A source that has something to say about itself, which the plan shows.

    Attributes:
        notes: A sentence each.
    """

    notes: Sequence[str]


@runtime_checkable
class ColumnarSource(Source, Protocol):
    """A source that holds its records by columns, which saves transposing them twice."""

    def batches(self) -> Iterator[tuple[int, Sequence[Sequence[str]]]]:
        """Yield the row of the first record and the cells of each column, some records at a time.

        Together they are what `records()` yields.
        """
        ...

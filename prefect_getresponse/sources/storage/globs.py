"""Several files as one source."""

import glob
import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import cast

from prefect_getresponse.sources.errors import (
    ImportInputError,
    SourceNotFound,
    UnreadableSource,
    listed,
)
from prefect_getresponse.sources.source import Source, ValuedSource
from prefect_getresponse.sources.storage.places import (
    absolute,
    file_system,
    is_url,
    public_url,
    short_name,
    unreachable,
)

_LIKE_A_NAME = re.compile(r"[^\W\d_][\w .()-]{0,39}")


def is_pattern(location: str | os.PathLike[str]) -> bool:
    """Tell whether a location stands for several files: `*`, `?` or `[`, and no file is so called.

    A `?` in a URL begins its query, so it is no wildcard there.
    """
    text = os.fspath(location)
    if is_url(text):
        return any(mark in text.partition("?")[0] for mark in "*[")
    return glob.has_magic(text) and not os.path.lexists(absolute(text))


class GlobSource:
    """The files that match a pattern, in the order of their names, as one table.

    All must have the same columns, in any order. Rows are numbered through: those of the second
    file go on where the first one ends, headers of further files not counted.

    Args:
        pattern: Path or URL with wildcards; `**` stands for any folders.
        open_one: Opens one of the files.

    Raises:
        SourceNotFound: No file matches.
        UnreadableSource: The files differ in their columns.
        ImportInputError: One of the files cannot be used.
    """

    def __init__(self, pattern: str | os.PathLike[str], open_one: Callable[[str], Source]) -> None:
        text = os.fspath(pattern)
        self.location = public_url(text) if is_url(text) else str(absolute(text))
        self.name = short_name(text)
        found = _matching(text)
        if not found:
            raise SourceNotFound("no file matches the pattern", "Check the path", self.name)
        self._parts = [open_one(location) for location in found]
        self._columns = self._parts[0].columns()
        for part in self._parts[1:]:
            self._check_columns(part)

    def fingerprint(self) -> str:
        """Return a hash of the names and contents of all files."""
        digest = hashlib.blake2b(digest_size=16)
        for part in self._parts:
            digest.update(f"{part.name}\n{part.fingerprint()}\n".encode())
        return digest.hexdigest()

    def progress(self) -> tuple[int, int]:
        """Return bytes read and bytes in total, over all files."""
        done, total = zip(*(part.progress() for part in self._parts), strict=True)
        return sum(done), sum(total)

    def columns(self) -> list[str]:
        """Return the names of the columns, in the order of the first file."""
        return list(self._columns)

    def records(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield the records of all files; an error names the file and the row in it."""
        last = 0
        for part in self._parts:
            arranged = _arrangement(part.columns(), self._columns)
            skipped = None
            for row, cells in part.records():
                if skipped is None:
                    skipped = last - row + 1 if last else 0
                last = row + skipped
                yield last, arranged(cells)

    @property
    def unusable(self) -> Mapping[int, ImportInputError]:
        """Return the first value without a text of each column, by the index of the column."""
        found: dict[int, ImportInputError] = {}
        for part in self._parts:
            names = part.columns()
            if not isinstance(part, ValuedSource):
                continue
            for at, error in part.unusable.items():
                found.setdefault(self._columns.index(names[at]), error)
        return found

    def _check_columns(self, part: Source) -> None:
        columns = part.columns()
        missing = [name for name in self._columns if name not in columns]
        more = [name for name in columns if name not in self._columns]
        if missing or more:
            difference = (
                f"lacks {self._named(missing)}" if missing else f"has {self._named(more)} besides"
            )
            raise UnreadableSource(
                f"the file {difference}, unlike {self._parts[0].name}",
                "Import files with different columns one by one",
                part.name,
            )

    def _named(self, names: Sequence[str]) -> str:
        """Columns for a message; only counted in files of something else: it may be secret."""
        has_people = any("mail" in name.lower() for name in self._columns)
        if has_people and all(map(_LIKE_A_NAME.fullmatch, names)):
            return listed(names)
        return "a column" if len(names) == 1 else f"{len(names)} columns"


def _arrangement(
    columns: Sequence[str], wanted: Sequence[str]
) -> Callable[[Sequence[str]], Sequence[str]]:
    if list(columns) == list(wanted):
        return lambda cells: cells
    pick = itemgetter(*(columns.index(name) for name in wanted))
    return lambda cells: [*pick(cells), *cells[len(columns) :]]


def _matching(pattern: str) -> list[str]:
    if not is_url(pattern):
        found = glob.glob(str(absolute(pattern)), recursive=True)  # noqa: PTH207 - `**`, absolute
        return sorted(path for path in found if not Path(path).is_dir())
    files, path = file_system(pattern)
    try:
        names = cast(list[str], files.glob(path))
    except Exception as error:  # every storage has errors of its own
        raise unreachable(error, short_name(pattern)) from None
    return sorted(cast(str, files.unstrip_protocol(name)) for name in names)

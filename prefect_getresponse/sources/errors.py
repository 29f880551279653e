"""What can be wrong with the input of an import.

```
ImportInputError
├── SourceNotFound      no such file, or not a file
├── EmptySource         nothing in it, or nothing but a header
├── UnreadableSource    encoding, quoting, compression, limits
├── SourceChanged       the file is another one than when it was opened
├── MappingError        columns that cannot be understood
└── UndecidedColumns    columns that have to be decided (`questions.py`)
```

Every message but the last is one line: where, what, and what to do. None holds the content of a
data cell, which may be an address; answers that many people gave are shown by `UndecidedColumns`.
"""

from collections.abc import Iterable
from typing import Self

from prefect_getresponse.client.errors import KnownError

_NAMES_SHOWN = 20
_NAME_LENGTH_SHOWN = 60


class ImportInputError(KnownError):
    """The input of an import cannot be used as it is; nothing was sent.

    Attributes:
        what: The fault, without a full stop.
        advice: What the user can do about it, without a full stop.
        source: Short name of the source, empty if the fault is not in the source itself.
        row: Ordinal of the record the fault is in (header = 1), if known.
    """

    def __init__(
        self, what: str, advice: str = "", source: str = "", row: int | None = None
    ) -> None:
        # All of them become `args`, so that the error survives pickling between processes.
        super().__init__(what, advice, source, row)
        self.what = what
        self.advice = advice
        self.source = source
        self.row = row

    def at(self, source: str = "", row: int | None = None) -> Self:
        """Return the same error with the place it was found at."""
        return type(self)(
            self.what, self.advice, source or self.source, self.row if row is None else row
        )

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (self.source, f"row {self.row}" if self.row is not None else "")
            if part
        )
        sentences = ". ".join(part for part in (self.what, self.advice) if part)
        return one_line(f"{place}: {sentences}." if place else f"{sentences}.")


class SourceNotFound(ImportInputError):
    """The location names no regular file."""


class EmptySource(ImportInputError):
    """The source holds no records."""


class UnreadableSource(ImportInputError):
    """The bytes of the source cannot be read as records."""


class SourceChanged(ImportInputError):
    """The source was written to while it was being read."""


class MappingError(ImportInputError):
    """The columns of the source cannot be matched to the fields of a contact."""


def listed(names: Iterable[str]) -> str:
    """Return column names for a message: quoted, shortened, and not more than twenty."""
    shown = [f"`{_shortened(name)}`" for name in names]
    more = len(shown) - _NAMES_SHOWN
    return ", ".join(shown[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _shortened(name: str) -> str:
    return name if len(name) <= _NAME_LENGTH_SHOWN else name[: _NAME_LENGTH_SHOWN - 3] + "..."


def one_line(text: str) -> str:
    """Return a text without line breaks and other characters that are not printed."""
    return "".join(char if char.isprintable() else " " for char in text)

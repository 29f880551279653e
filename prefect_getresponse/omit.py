"""The value that is not sent.

GetResponse changes exactly what it receives: an omitted member stays as it is, null clears it, and
an empty text or list replaces it.  `OMIT` is the default of every optional argument.
"""

from __future__ import annotations

from enum import Enum
from typing import Final


class Omit(Enum):
    """Type of `OMIT`; an enumeration, so that it keeps its identity when pickled."""

    OMIT = "OMIT"

    def __repr__(self) -> str:
        """Read as the name that callers import."""
        return "OMIT"


OMIT: Final = Omit.OMIT

"""What every place where slots are shared can do, and how it may fail."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import TypeAdapter, ValidationError

from prefect_getresponse.limits.budgets import Book

MOST_WORKERS = 1000
_ENTRIES: TypeAdapter[Book] = TypeAdapter(Book)


class PoolUnreachable(Exception):
    """The pool cannot be asked now; what is held stays held until it ends.

    Args:
        reason: Why, in words.
        is_busy: Whether it is there and may soon answer better; other workers may well hold slots.
    """

    def __init__(self, reason: str, *, is_busy: bool = False) -> None:
        super().__init__(reason)
        self.is_busy = is_busy


@dataclass(eq=False)
class Grant:
    """Slots taken together: they are renewed and given back together.

    Attributes:
        key: What the pool knows the grant by.
        slots: How many; none for the place of a worker among the others.
        ends: When the pool takes them back, on the keeper's clock.
        renew_at: When to renew them, on the same clock.
    """

    key: Any
    slots: int
    ends: float = math.inf
    renew_at: float = math.inf


class SlotPool(Protocol):
    """The ten slots of an account.  Every method may raise `PoolUnreachable`."""

    @property
    def lifetime(self) -> float:
        """Seconds that a grant lives without renewal; infinite if it needs none."""
        ...

    def join(self) -> Any:
        """Count as a worker that wants slots; the key of the place."""
        ...

    def workers(self) -> int:
        """Workers that want slots now, this one too."""
        ...

    def take(self, slots: int) -> Any | None:
        """Take that many slots; the key of the grant, None if not so many are free."""
        ...

    def renew(self, grant: Grant) -> bool:
        """Prolong a grant; False if the pool knows it no more."""
        ...

    def release(self, grant: Grant) -> None:
        """Give a grant back."""
        ...

    def free_all(self) -> None:
        """Count no slots as taken; grants live on."""
        ...

    def read_book(self, budget: str) -> tuple[int, Book]:
        """Read the book of an endpoint's budget, and which edition it is; 0 if there is none."""
        ...

    def write_book(self, budget: str, edition: int, book: Book) -> bool:
        """Write the edition after that one; False if somebody else has done so."""
        ...

    def close(self) -> None:
        """Let go of connections until the pool is used again; raises nothing."""
        ...

    def begin_anew(self) -> None:
        """Know of no connections, without closing any: after a fork they are the parent's."""
        ...


def parsed(value: Any) -> Book:
    """The entries of a book; none if somebody else has written it."""
    try:
        return _ENTRIES.validate_python(value or [])
    except ValidationError:
        return []


def is_sandbox(endpoint: str) -> bool:
    """Whether it is a server of this machine: no other may be reached by plain HTTP."""
    return endpoint.startswith("http://")


def label(endpoint: str) -> str:
    """An endpoint as a part of a name."""
    return hashlib.blake2b(endpoint.encode(), digest_size=6).hexdigest()

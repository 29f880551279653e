"""Selections of contacts in order, kept while people come and go.

Reading a list page by page then filters and sorts it once, not once a page. A selection by what
a contact keeps (its list, its address, where it came from, when it was added) follows who joins
and who leaves; any other is made anew after a change.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

_KEPT = 8


class Placed(Protocol):
    """What orders contacts that are equal otherwise: which was first."""

    place: int


M = TypeVar("M", bound=Placed)


@dataclass(frozen=True)
class Steady(Generic[M]):
    """A selection that only joining and leaving can change.

    Attributes:
        belongs: Whether a contact is in it.
        order: What it is sorted by, the least first; equal ones are in the order of adding.
    """

    belongs: Callable[[M], bool]
    order: Callable[[M], Any]

    def position(self, contact: M) -> tuple[Any, int]:
        """What tells the place of a contact from those of all others."""
        return self.order(contact), contact.place


class _View(NamedTuple, Generic[M]):
    contacts: list[M]
    steady: Steady[M] | None


class Views(Generic[M]):
    """The selections that were asked for last."""

    def __init__(self) -> None:
        self._views: dict[str, _View[M]] = {}

    def get(
        self, name: str, build: Callable[[], list[M]], steady: Steady[M] | None = None
    ) -> list[M]:
        """Contacts of a selection; they are not to be changed.

        Args:
            name: Names the selection and its order.
            build: Makes it.
            steady: What it is, if only joining and leaving change it.
        """
        if name not in self._views:
            if len(self._views) >= _KEPT:
                self._views.pop(next(iter(self._views)))
            self._views[name] = _View(build(), steady)
        return self._views[name].contacts

    def changed(self) -> None:
        """Somebody is not as before."""
        kept = {name: view for name, view in self._views.items() if view.steady is not None}
        self._views = kept

    def joined(self, contact: M) -> None:
        """Somebody is on a list now."""
        self.changed()
        for contacts, index in self._places(contact):
            contacts.insert(index, contact)

    def leaves(self, contact: M) -> None:
        """Somebody is on a list for the last moment."""
        self.changed()
        for contacts, index in self._places(contact):
            del contacts[index]

    def _places(self, contact: M) -> Iterator[tuple[list[M], int]]:
        """Selections that somebody belongs to, and where in them."""
        for contacts, steady in self._views.values():
            if steady is not None and steady.belongs(contact):
                yield contacts, bisect_left(contacts, steady.position(contact), key=steady.position)

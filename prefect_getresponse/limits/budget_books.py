"""Where the books of endpoint budgets are kept: variables of Prefect, or a file of this machine.

A book in Prefect is a variable whose name ends with the number of its edition, such as
`getresponse-main-newsletters-17`.  Prefect has no compare-and-set, but creates a name only once:
whoever creates the next edition has written; everybody else reads it and tries again.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import VariableCreate
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from pydantic import TypeAdapter, ValidationError

from prefect_getresponse.limits.budgets import ENDPOINT_BUDGETS, Book

_ENTRIES: TypeAdapter[Book] = TypeAdapter(Book)
_TABLE = """
CREATE TABLE IF NOT EXISTS book (
    budget TEXT PRIMARY KEY, edition INTEGER NOT NULL, entries TEXT NOT NULL
)"""
_WRITE = """
INSERT INTO book VALUES (:budget, :edition + 1, :entries) ON CONFLICT (budget) DO
UPDATE SET edition = excluded.edition, entries = excluded.entries WHERE edition = :edition"""


class PrefectBooks:
    """Books of an account as variables of Prefect.

    Args:
        shelf: What their names begin with.
    """

    def __init__(self, shelf: str) -> None:
        self._shelf = shelf.lower()  # names of variables have no capitals

    def read(self, client: SyncPrefectClient, budget: str) -> tuple[int, Book]:
        """Read the last edition of a book; 0 if there is none."""
        editions = self._editions(client, budget)
        last = max(editions, default=0)
        return last, _parsed(editions.get(last))

    def write(self, client: SyncPrefectClient, budget: str, edition: int, book: Book) -> bool:
        """Write the edition after that one; False if somebody else has done so."""
        mine = edition + 1
        value: Any = [[end, starts] for end, starts in book]
        try:
            client.create_variable(VariableCreate(name=self._name(budget, mine), value=value))
        except ObjectAlreadyExists:
            return False
        # A worker that was stopped for long may have created an edition that was removed before.
        there = self._editions(client, budget)
        is_last = mine == max(there, default=mine)
        for each in there:
            if each < mine or (each == mine and not is_last):
                self._delete(client, budget, each)
        return is_last

    def clear(self, client: SyncPrefectClient) -> None:
        """Remove all books."""
        for budget in ENDPOINT_BUDGETS:
            for edition in self._editions(client, budget):
                self._delete(client, budget, edition)

    def _editions(self, client: SyncPrefectClient, budget: str) -> Mapping[int, Any]:
        prefix = self._name(budget, "")
        body = {"variables": {"name": {"like_": prefix}}}
        found = client.request("POST", "/variables/filter", json=body).json()
        names = re.compile(re.escape(prefix) + r"(\d+)")
        matches = ((names.fullmatch(each["name"]), each["value"]) for each in found)
        return {int(match[1]): value for match, value in matches if match}

    def _delete(self, client: SyncPrefectClient, budget: str, edition: int) -> None:
        with suppress(ObjectNotFound):  # somebody else was quicker
            client.delete_variable_by_name(self._name(budget, edition))

    def _name(self, budget: str, edition: int | str) -> str:
        return f"{self._shelf}-{budget.replace('/', '-')}-{edition}"


class HostBooks:
    """Books of an account in a SQLite file.

    Args:
        folder: Where the file is.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "budgets.sqlite"

    def read(self, budget: str) -> tuple[int, Book]:
        """Read the last edition of a book; 0 if there is none."""
        with closing(self._open()) as file:
            query = "SELECT edition, entries FROM book WHERE budget = ?"
            found = file.execute(query, (budget,)).fetchone()
        return (found[0], _parsed(json.loads(found[1]))) if found else (0, [])

    def write(self, budget: str, edition: int, book: Book) -> bool:
        """Write the edition after that one; False if somebody else has done so."""
        values = {"budget": budget, "edition": edition, "entries": json.dumps(book)}
        with closing(self._open()) as file:
            return file.execute(_WRITE, values).rowcount == 1

    def clear(self) -> None:
        """Remove all books."""
        with closing(self._open()) as file:
            file.execute("DELETE FROM book")

    def _open(self) -> sqlite3.Connection:
        file = sqlite3.connect(self._path, isolation_level=None)
        file.execute(_TABLE)
        return file


def _parsed(value: Any) -> Book:
    """The entries of a book; none if somebody else has written it."""
    try:
        return _ENTRIES.validate_python(value or [])
    except ValidationError:
        return []

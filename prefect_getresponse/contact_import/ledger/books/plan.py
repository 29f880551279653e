"""Plan: what is to be done about each row that has no verdict yet."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from prefect_getresponse.contact_import.ledger.books.book import Book, exists
from prefect_getresponse.contact_import.ledger.many_rows import changing_rows, contacts
from prefect_getresponse.contact_import.ledger.records import (
    BY_ACTION,
    Action,
    Contacts,
    Decision,
    RowToSend,
    Standing,
)
from prefect_getresponse.contact_import.verdicts import Verdict

_STANDINGS = ", ".join(f"'{standing}'" for standing in Standing)
_KNOWN = {
    "outcomes": "outcomes.key = rows.key",
    "listed": (
        f"listed.run = rows.run AND listed.standing IN ({_STANDINGS}) AND listed.key = rows.key"
    ),
}
"""Who knows the person of a row, by table."""
_SENT_ACTIONS = (Action.ADD, Action.UPDATE, Action.MERGE, Action.COMPARE)


class Plan(Book):
    """What is to be done by a run."""

    def clear(self) -> None:
        """Forget what an interrupted planning had decided; nothing was sent yet."""
        for table in ("chunks", "removals"):
            self._db.execute(f"DELETE FROM {table} WHERE run = ?", (self._run,))
        self.undo()

    def undo(self) -> None:
        """Let nothing be decided about rows but what reading has found."""
        few = self._decided("row")
        self._db.execute(
            "UPDATE rows SET verdict = NULL, reason = NULL, action = NULL, steps = NULL,"
            " contact_id = NULL, detail = NULL, chunk = NULL"
            # Most often there is nothing, and rows that are not touched are not written.
            " WHERE run = :run AND contact IS NOT NULL AND verdict IS NOT :duplicate"
            " AND (verdict IS NOT NULL OR action IS NOT NULL)"
            f"{f' AND row IN (SELECT row FROM {few})' if few else ''}",
            {"run": self._run, "duplicate": Verdict.DUPLICATE},
        )

    def decide(self, decisions: Iterable[Decision]) -> None:
        """Write down what the plan says; a verdict that is there stays."""
        self._db.executemany(
            "UPDATE rows SET action = ?, verdict = ?, reason = ?, contact_id = ?, steps = ?,"
            " detail = coalesce(?, detail)"
            f" WHERE run = {self._run} AND row = ? AND verdict IS NULL",
            [
                (
                    item.action,
                    item.verdict,
                    item.reason,
                    item.contact_id,
                    item.steps,
                    item.detail,
                    item.row,
                )
                for item in decisions
            ],
        )

    def add_unknown(self, rows: int) -> None:
        """Plan to add all people whom neither the list nor an earlier run has ever had.

        What `decide` says of each of them is `add`, if every address may be written to.

        Args:
            rows: About how many there are.
        """
        unknown = "".join(
            f" AND NOT EXISTS (SELECT 1 FROM {table} WHERE {is_known})"
            for table, is_known in _KNOWN.items()
            if exists(self._db, table)
        )
        with changing_rows(self._db, rows):
            self._db.execute(
                "UPDATE rows SET action = ?"
                f" WHERE run = ? AND verdict IS NULL AND action IS NULL{unknown}",
                (Action.ADD, self._run),
            )

    def with_action(self, action: Action, after: int, size: int) -> list[RowToSend]:
        """Open rows with an action, in order."""
        return [
            RowToSend(*row)
            for row in self._db.execute(
                f"SELECT row, key, contact, contact_id, steps FROM rows {BY_ACTION} WHERE run = ?"
                " AND action = ? AND verdict IS NULL AND row > ? ORDER BY row LIMIT ?",
                (self._run, action, after, size),
            )
        ]

    def contacts(self, action: Action, steps: str | None, after: int, size: int) -> Contacts | None:
        """Contacts of open rows of a kind; None if there are no more."""
        of_a_kind = f"rows {BY_ACTION} WHERE run = ? AND action = ? AND steps IS ?"
        return contacts(self._db, of_a_kind, (self._run, action, steps), after, size)

    def first_to_send(self, size: int) -> list[RowToSend]:
        """The first rows that would be sent."""
        return [
            RowToSend(*row)
            for row in self._db.execute(
                f"SELECT row, key, contact, contact_id, steps FROM rows {BY_ACTION} WHERE run = ?"
                " AND action IN (?, ?, ?) AND verdict IS NULL ORDER BY row LIMIT ?",
                (self._run, Action.ADD, Action.UPDATE, Action.MERGE, size),
            )
        ]

    def to_send(self, after: int, size: int) -> list[tuple[RowToSend, str]]:
        """Open rows that may have to be sent, in order, each with its action."""
        return [
            (RowToSend(*row), action)
            for *row, action in self._db.execute(
                "SELECT row, key, contact, contact_id, steps, action"
                f" FROM rows {BY_ACTION} WHERE run = ?"
                " AND row > ? AND verdict IS NULL AND action IN (?, ?, ?, ?) ORDER BY row LIMIT ?",
                (self._run, after, *_SENT_ACTIONS, size),
            )
        ]

    def count_to_send(self, last: int) -> int:
        """Number of open rows that have to be sent, up to a row."""
        (rows,) = self._db.execute(
            f"SELECT count(*) FROM rows {BY_ACTION} WHERE run = ? AND row <= ? AND verdict IS NULL"
            " AND action IN (?, ?, ?)",
            (self._run, last, Action.ADD, Action.UPDATE, Action.MERGE),
        ).fetchone()
        return int(rows)

    def leave_out(self, after: int) -> None:
        """Leave rows that would be sent out of this run: those after a row."""
        self._db.execute(
            f"UPDATE rows {BY_ACTION} SET verdict = ?, reason = 'over_limit', action = NULL"
            " WHERE run = ? AND row > ? AND verdict IS NULL AND action IN (?, ?, ?, ?)",
            (Verdict.PLANNED, self._run, after, *_SENT_ACTIONS),
        )

    def hash(self) -> str:
        """What the plan says about every row, as one hash (32 hexadecimal digits)."""
        digest = hashlib.blake2b(digest_size=16)
        query = "SELECT row, key, hash, action, steps, verdict, reason FROM rows WHERE run = ?"
        for row in self._db.execute(f"{query} ORDER BY row", (self._run,)):
            digest.update(repr(row).encode())
        query = "SELECT contact_id FROM removals WHERE run = ? ORDER BY 1"
        for row in self._db.execute(query, (self._run,)):
            digest.update(repr(row).encode())
        return digest.hexdigest()

    def count_actions(self) -> Counter[str]:
        """Rows by action, counted and not visited: a row of a plan has an action or a verdict."""
        return Counter(
            dict(
                self._db.execute(
                    f"SELECT action, count(*) FROM rows {BY_ACTION}"
                    " WHERE run = ? AND action IS NOT NULL GROUP BY action",
                    (self._run,),
                )
            )
        )

    def count(self, action: Action) -> int:
        """Number of open rows with an action."""
        (rows,) = self._db.execute(
            f"SELECT count(*) FROM rows {BY_ACTION}"
            " WHERE run = ? AND action = ? AND verdict IS NULL",
            (self._run, action),
        ).fetchone()
        return int(rows)

    def left_over(self, action: Action, steps: str | None) -> int:
        """Number of open rows of a kind that are in no chunk."""
        (rows,) = self._db.execute(
            f"SELECT count(*) FROM rows {BY_ACTION} WHERE run = ? AND action = ? AND steps IS ?"
            " AND verdict IS NULL AND chunk IS NULL",
            (self._run, action, steps),
        ).fetchone()
        return int(rows)

    def compare_left_over(self, steps: str | None) -> None:
        """Let rows that fit into no import be compared with the contact itself."""
        self._db.execute(
            f"UPDATE rows {BY_ACTION} SET action = ?, steps = NULL"
            " WHERE run = ? AND action = ? AND steps IS ? AND chunk IS NULL",
            (Action.COMPARE, self._run, Action.MERGE, steps),
        )

    def tags(self) -> list[str]:
        """Names of the tags that open rows carry."""
        return [
            name
            for (name,) in self._db.execute(
                f"SELECT DISTINCT tag.value FROM rows {BY_ACTION},"
                " json_each(rows.contact, '$.tags') AS tag"
                " WHERE run = ? AND verdict IS NULL AND action IN (?, ?, ?) ORDER BY 1",
                (self._run, Action.ADD, Action.UPDATE, Action.MERGE),
            )
        ]

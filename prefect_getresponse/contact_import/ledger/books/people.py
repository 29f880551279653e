"""People: who is on the list, beside what the source says of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from prefect_getresponse.contact_import.ledger.books.book import Book, exists, transaction
from prefect_getresponse.contact_import.ledger.many_rows import insert
from prefect_getresponse.contact_import.ledger.records import (
    BY_CHUNK,
    Arrival,
    Listed,
    Person,
    Standing,
)
from prefect_getresponse.contact_import.verdicts import Verdict

_WAS_REMOVED = (
    "EXISTS (SELECT 1 FROM listed AS gone WHERE gone.run = rows.run"
    " AND gone.standing = 'removed' AND gone.key = rows.key)"
)


class People(Book):
    """What a run knows of people besides its rows."""

    def count_listed(self) -> int:
        """Number of confirmed people of the list."""
        (others,) = self._db.execute(
            "SELECT count(*) FROM listed WHERE run = ? AND standing IN (?, ?)",
            (self._run, Standing.UNCONFIRMED, Standing.REMOVED),
        ).fetchone()
        return self._number_in("listed") - int(others)

    def is_anybody(self, standing: Standing) -> bool:
        """Whether the run knows anybody who is on the list in a way."""
        return exists(self._db, "listed WHERE run = ? AND standing = ?", (self._run, standing))

    def arrivals(self) -> list[Arrival]:
        """Whom the run has added, and was seen on the list."""
        found = self._db.execute(
            "SELECT rows.key, rows.contact, listed.contact_id, listed.created FROM rows"
            " JOIN listed ON listed.run = rows.run AND listed.key = rows.key"
            "  AND listed.standing = 'subscribed'"
            " WHERE rows.run = ? AND rows.verdict = ? AND listed.contact_id IS NOT NULL"
            " ORDER BY rows.row",
            (self._run, Verdict.ADDED),
        )
        return [Arrival(*row) for row in found]

    def add_listed(self, standing: Standing, people: Iterable[Listed]) -> None:
        """Remember people of the list; of those who were removed, the last time counts.

        Args:
            standing: How they are on the list.
            people: The people.
        """
        self._add(standing, ("contact_id", "name", "since", "origin", "created"), people)

    def add_named(
        self, standing: Standing, people: Iterable[tuple[str, str | None, str | None]]
    ) -> None:
        """Remember people of the list of whom no more was asked than that: key, id, and name.

        What is not written costs nothing: a column without a value takes longer than one with it.

        Args:
            standing: How they are on the list; none of them was removed.
            people: The people.
        """
        self._add(standing, ("contact_id", "name"), people)

    def _add(
        self, standing: Standing, columns: Sequence[str], people: Iterable[Sequence[object]]
    ) -> None:
        with transaction(self._db):
            insert(
                self._db,
                f"listed (run, standing, key, {', '.join(columns)})",
                f"({self._run}, '{standing}', ?{', ?' * len(columns)})",
                people,
                " ON CONFLICT (run, standing, key) DO UPDATE SET name = excluded.name,"
                " contact_id = excluded.contact_id, since = excluded.since,"
                " origin = excluded.origin, created = excluded.created"
                " WHERE since IS NULL OR excluded.since IS NULL OR excluded.since >= since",
            )

    def undecided(self, after: int, size: int) -> list[Person]:
        """Rows without verdict and action, with what is known about each person.

        Args:
            after: Row to start behind.
            size: Most rows to return.
        """
        return self._people("rows", "rows.action IS NULL", after, size)

    def undecided_of(self, among: Sequence[int]) -> list[Person]:
        """Those of some rows that have neither verdict nor action.

        Args:
            among: The rows.
        """
        wanted = json.dumps(list(among))
        rows = "json_each(:wanted) AS wanted CROSS JOIN rows ON rows.row = wanted.value"
        return self._people(rows, "rows.action IS NULL", 0, len(among), wanted=wanted)

    def planned(self, after: int, size: int, *, removed: bool = False) -> list[Person]:
        """Rows of calls that are still to be made, with what is known about each person.

        Args:
            after: Row to start behind.
            size: Most rows to return.
            removed: Only people who were removed from the list.
        """
        planned = (
            "rows.action IS NOT NULL AND EXISTS (SELECT 1 FROM chunks WHERE chunks.run = rows.run"
            " AND chunks.chunk = rows.chunk AND chunks.state = 'planned')"
        )
        which = f"{planned} AND {_WAS_REMOVED}" if removed else planned
        return self._people("rows", which, after, size)

    def of_chunk(self, chunk: int, after: int, size: int, *, removed: bool = False) -> list[Person]:
        """Open rows of a call, with what is known about each person.

        Args:
            chunk: The call.
            after: Row to start behind.
            size: Most rows to return.
            removed: Only people who were removed from the list.
        """
        of_it = "rows.chunk = :chunk"
        which = f"{of_it} AND {_WAS_REMOVED}" if removed else of_it
        return self._people(f"rows {BY_CHUNK}", which, after, size, chunk=chunk)

    def _people(
        self, rows: str, which: str, after: int, size: int, **values: object
    ) -> list[Person]:
        found = self._db.execute(
            "SELECT rows.row, rows.key, rows.contact, rows.hash, subscribed.contact_id,"
            " subscribed.name, unconfirmed.key, removed.name,"
            " outcomes.hash, outcomes.state, outcomes.reason, removed.since, rows.consented,"
            " outcomes.at, subscribed.origin"
            f" FROM {rows}"
            " LEFT JOIN listed AS subscribed ON subscribed.run = rows.run"
            "  AND subscribed.standing = 'subscribed' AND subscribed.key = rows.key"
            " LEFT JOIN listed AS unconfirmed ON unconfirmed.run = rows.run"
            "  AND unconfirmed.standing = 'unconfirmed' AND unconfirmed.key = rows.key"
            " LEFT JOIN listed AS removed ON removed.run = rows.run"
            "  AND removed.standing = 'removed' AND removed.key = rows.key"
            " LEFT JOIN outcomes ON outcomes.key = rows.key"
            " WHERE rows.run = :run AND rows.row > :after AND rows.verdict IS NULL"
            f" AND {which} ORDER BY rows.row LIMIT :size",
            {"run": self._run, "after": after, "size": size, **values},
        )
        return [Person(*row) for row in found]

    def remember_outcomes(self, now: float, fresh_for: float) -> None:
        """Keep what became of the people, so that the next run sends only what has changed.

        Where nothing was sent because something is still on its way, what was sent last stays
        remembered.  Where somebody was sent again although nobody had seen them arrive, nobody
        knows which of the two is on the list: the next run compares.

        Args:
            now: Seconds since the epoch.
            fresh_for: Seconds for which it need not be noted again that a source has a person.
        """
        was_sent = "action IS NOT NULL AND (chunk IS NOT NULL OR action = 'await')"
        at_work = "reason IS 'import_at_work'"
        sent_anew = (
            "action = 'add' AND chunk IS NOT NULL AND EXISTS (SELECT 1 FROM outcomes AS before"
            "  WHERE before.key = rows.key AND before.hash <> rows.hash"
            "  AND before.state IN ('sent', 'unsure'))"
        )
        sent_at = (
            "coalesce((SELECT sent FROM chunks WHERE chunks.run = rows.run"
            " AND chunks.chunk = rows.chunk), :now)"
        )
        if not exists(self._db, "outcomes"):
            sent_anew = "FALSE"  # nobody has to be looked for
        for_the_row = "reason NOT IN ('import_not_taken', 'import_rejected', 'import_canceled')"
        is_seen = f"verdict IN ('{Verdict.ADDED}', '{Verdict.UPDATED}', '{Verdict.UNCHANGED}')"
        is_open = f"verdict IN ('{Verdict.NOT_VISIBLE_YET}', '{Verdict.AWAITING_CONFIRMATION}')"
        is_sent = f"{is_open} AND {was_sent} AND NOT ({at_work})"
        is_importing = f"verdict = '{Verdict.NOT_VISIBLE_YET}' AND {was_sent} AND {at_work}"
        is_rejected = f"verdict = '{Verdict.REJECTED}' AND {for_the_row}"
        few = self._decided("key, hash, action, chunk, verdict, reason, contact")
        with transaction(self._db):
            self._db.execute(
                "INSERT INTO outcomes (key, hash, state, reason, at, seen)"
                f" SELECT key, hash, CASE WHEN {is_rejected} THEN 'rejected'"
                f"  WHEN {is_importing} THEN 'importing' WHEN {sent_anew} THEN 'unsure'"
                f"  WHEN {is_seen} THEN 'seen' ELSE 'sent' END, reason, {sent_at}, :now"
                f" FROM {few or 'rows'}"
                " WHERE run = :run AND verdict IS NOT NULL AND contact IS NOT NULL"
                f" AND ({is_seen} OR {is_sent} OR {is_importing} OR {is_rejected})"
                # In the order of what is written, or each person would change another page;
                # `+`, or SQLite would read the rows in it, each from another page.
                " ORDER BY +key"
                " ON CONFLICT (key) DO UPDATE SET at = CASE"
                "   WHEN outcomes.hash = excluded.hash AND outcomes.state = excluded.state"
                "   THEN outcomes.at ELSE excluded.at END,"
                "  seen = excluded.seen, hash = excluded.hash,"
                "  state = excluded.state, reason = excluded.reason"
                " WHERE outcomes.hash <> excluded.hash OR outcomes.state <> excluded.state"
                "  OR outcomes.reason IS NOT excluded.reason",
                {"now": now, "run": self._run},
            )
            # In the order of the addresses, and only from time to time: it is the one thing about
            # people who have not changed that is written at all.
            self._db.execute(
                "UPDATE outcomes SET seen = ? WHERE coalesce(seen, at) <= ? AND EXISTS"
                " (SELECT 1 FROM rows INDEXED BY rows_by_key WHERE rows.run = ?"
                "  AND rows.key = outcomes.key AND rows.hash IS NOT NULL)",
                (now, now - fresh_for, self._run),
            )

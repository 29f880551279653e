"""People: who is on the list, and what became of them in earlier runs."""

from __future__ import annotations

from collections.abc import Iterable

from prefect_getresponse.contact_import.ledger.connection import Connection
from prefect_getresponse.contact_import.ledger.records import Listed, Person, Standing
from prefect_getresponse.contact_import.verdicts import Verdict

_ENDED = "SELECT run FROM runs WHERE ended < ?"
_GONE = (
    "coalesce(seen, at) < ? AND NOT EXISTS (SELECT 1 FROM rows JOIN runs USING (run)"
    " WHERE rows.key = outcomes.key AND runs.ended IS NULL)"
)


class People(Connection):
    """What is known of people besides the rows of a run."""

    def awaits_anybody(self) -> bool:
        """Whether an earlier run has sent people whom nobody has seen on the list since."""
        (found,) = self._db.execute(
            "SELECT EXISTS (SELECT 1 FROM outcomes WHERE state IN ('sent', 'unsure', 'importing'))"
        ).fetchone()
        return bool(found)

    def count_listed(self, run: int) -> int:
        """Number of confirmed people of the list."""
        (people,) = self._db.execute(
            "SELECT count(*) FROM listed WHERE run = ? AND standing = 'subscribed'", (run,)
        ).fetchone()
        return int(people)

    def add_listed(
        self,
        run: int,
        standing: Standing,
        people: Iterable[Listed],
    ) -> None:
        """Remember people of the list; of those who were removed, the last time counts.

        Args:
            run: Number of the run.
            standing: How they are on the list.
            people: The people.
        """
        self._db.executemany(
            "INSERT INTO listed (run, standing, key, contact_id, name, since, origin, created)"
            f" VALUES ({run}, '{standing}', ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (run, standing, key) DO UPDATE SET contact_id = excluded.contact_id,"
            " name = excluded.name, since = excluded.since, origin = excluded.origin,"
            " created = excluded.created"
            " WHERE since IS NULL OR excluded.since IS NULL OR excluded.since >= since",
            people,
        )

    def undecided(self, run: int, after: int, size: int) -> list[Person]:
        """Rows without verdict and action, with what is known about each person.

        Args:
            run: Number of the run.
            after: Row to start behind.
            size: Most rows to return.
        """
        return self._people("rows.action IS NULL", run, after, size)

    def planned_people(self, run: int, after: int, size: int) -> list[Person]:
        """Rows of calls that are still to be made, with what is known about each person.

        Args:
            run: Number of the run.
            after: Row to start behind.
            size: Most rows to return.
        """
        planned = (
            "EXISTS (SELECT 1 FROM chunks WHERE chunks.run = rows.run"
            " AND chunks.chunk = rows.chunk AND chunks.state = 'planned')"
        )
        return self._people(planned, run, after, size)

    def _people(self, which: str, run: int, after: int, size: int) -> list[Person]:
        found = self._db.execute(
            "SELECT rows.row, rows.key, rows.contact, rows.hash, subscribed.contact_id,"
            " subscribed.name, unconfirmed.key, removed.name,"
            " outcomes.hash, outcomes.state, outcomes.reason, removed.since, rows.consented,"
            " outcomes.at, subscribed.origin"
            " FROM rows"
            " LEFT JOIN listed AS subscribed ON subscribed.run = rows.run"
            "  AND subscribed.standing = 'subscribed' AND subscribed.key = rows.key"
            " LEFT JOIN listed AS unconfirmed ON unconfirmed.run = rows.run"
            "  AND unconfirmed.standing = 'unconfirmed' AND unconfirmed.key = rows.key"
            " LEFT JOIN listed AS removed ON removed.run = rows.run"
            "  AND removed.standing = 'removed' AND removed.key = rows.key"
            " LEFT JOIN outcomes ON outcomes.key = rows.key"
            f" WHERE rows.run = ? AND rows.row > ? AND rows.verdict IS NULL AND {which}"
            " ORDER BY rows.row LIMIT ?",
            (run, after, size),
        )
        return [Person(*row) for row in found]

    def conclude_importing(self, *, has_failed: bool, all_arrived: bool, now: float) -> None:
        """An import is over whose people a run could not await.

        Args:
            has_failed: Whether nothing came of it: its people are decided about anew.
            all_arrived: Whether it has brought all of them in, as far as it says.
            now: Seconds since the epoch; from here on they are awaited.
        """
        if has_failed:
            self._db.execute("DELETE FROM outcomes WHERE state = 'importing'")
        state = "sent" if all_arrived else "unsure"
        self._db.execute(
            "UPDATE outcomes SET state = ?, at = ? WHERE state = 'importing'", (state, now)
        )

    def remember_outcomes(self, run: int, now: float) -> None:
        """Keep what became of the people, so that the next run sends only what has changed.

        Where nothing was sent because something is still on its way, what was sent last stays
        remembered.  Where somebody was sent again although nobody had seen them arrive, nobody
        knows which of the two is on the list: the next run compares.
        """
        was_sent = "(chunk IS NOT NULL OR action = 'await')"
        at_work = "reason IS 'import_at_work'"
        sent_anew = (
            "action = 'add' AND chunk IS NOT NULL AND EXISTS (SELECT 1 FROM outcomes AS before"
            "  WHERE before.key = rows.key AND before.hash <> rows.hash"
            "  AND before.state IN ('sent', 'unsure'))"
        )
        sent_at = (
            "coalesce((SELECT sent FROM chunks WHERE chunks.run = rows.run"
            " AND chunks.chunk = rows.chunk), ?)"
        )
        for_the_row = "reason NOT IN ('import_not_taken', 'import_rejected', 'import_canceled')"
        states = {
            "seen": ("1", (Verdict.ADDED, Verdict.UPDATED, Verdict.UNCHANGED)),
            "sent": (
                f"{was_sent} AND NOT ({at_work})",
                (Verdict.NOT_VISIBLE_YET, Verdict.AWAITING_CONFIRMATION),
            ),
            "importing": (f"{was_sent} AND {at_work}", (Verdict.NOT_VISIBLE_YET,)),
            "rejected": (for_the_row, (Verdict.REJECTED,)),
        }
        with self.transaction():
            for state, (condition, verdicts) in states.items():
                marks = ", ".join("?" * len(verdicts))
                self._db.execute(
                    "INSERT INTO outcomes (key, hash, state, reason, at, seen)"
                    f" SELECT key, hash, CASE WHEN ? IN ('seen', 'sent') AND {sent_anew}"
                    f"  THEN 'unsure' ELSE ? END, reason, {sent_at}, ? FROM rows"
                    f" WHERE run = ? AND contact IS NOT NULL AND {condition}"
                    f" AND verdict IN ({marks})"
                    " ON CONFLICT (key) DO UPDATE SET at = CASE"
                    "   WHEN outcomes.hash = excluded.hash AND outcomes.state = excluded.state"
                    "   THEN outcomes.at ELSE excluded.at END,"
                    "  seen = excluded.seen, hash = excluded.hash,"
                    "  state = excluded.state, reason = excluded.reason",
                    (state, state, now, now, run, *verdicts),
                )
            self._db.execute(
                "UPDATE outcomes SET seen = ? WHERE key IN"
                " (SELECT key FROM rows WHERE run = ? AND contact IS NOT NULL)",
                (now, run),
            )

    def outdated(self, before: float) -> tuple[int, int, int]:
        """What nobody needs any more.

        Args:
            before: Seconds since the epoch; what is older counts.

        Returns:
            Rows of ended runs, people whom no source has had since, and interrupted runs that wait.
        """
        (rows,) = self._db.execute(
            f"SELECT count(*) FROM rows WHERE run IN ({_ENDED})", (before,)
        ).fetchone()
        (people,) = self._db.execute(
            f"SELECT count(*) FROM outcomes WHERE {_GONE}", (before,)
        ).fetchone()
        (unfinished,) = self._db.execute(
            "SELECT count(*) FROM runs WHERE ended IS NULL AND started < ?", (before,)
        ).fetchone()
        return int(rows), int(people), int(unfinished)

    def forget(self, before: float) -> None:
        """Delete what nobody needs any more; runs stay, without their rows.

        Args:
            before: Seconds since the epoch; what is older goes.
        """
        self._db.execute("PRAGMA secure_delete = ON")
        with self.transaction():
            for table in ("rows", "listed", "removals"):
                self._db.execute(f"DELETE FROM {table} WHERE run IN ({_ENDED})", (before,))
            self._db.execute(f"DELETE FROM outcomes WHERE {_GONE}", (before,))

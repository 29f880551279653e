"""Mode `mirror`: whoever is gone from the source leaves the list, unless the source looks broken.

Only people whose address is in no row of the source are gone: those of excluded rows stay.
"""

from __future__ import annotations

import itertools
import sqlite3

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.limits.side_by_side import side_by_side
from prefect_getresponse.reporting.progress import Progress
from prefect_getresponse.tasks.contacts import delete_contact

SCHEMA = """
CREATE TABLE IF NOT EXISTS removals (
    run INTEGER NOT NULL, contact_id TEXT NOT NULL, key TEXT NOT NULL,
    done INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (run, contact_id)
) WITHOUT ROWID;
"""


class TooManyRemovals(GetResponseError):
    """Mirroring would empty too much of the list; nothing was sent."""

    default_advice = (
        "Look at the source. If it is right, allow more (--max-removal-ratio, max_removal_ratio)."
    )


class Removals:
    """People whom a run is to remove from the list.

    Args:
        db: Connection to the ledger.
        run: Number of the run.
    """

    def __init__(self, db: sqlite3.Connection, run: int) -> None:
        self._db = db
        self._run = run

    def plan(self) -> None:
        """Find the people of the list whose address no row of the source has."""
        self._db.execute(
            "INSERT OR IGNORE INTO removals (run, contact_id, key)"
            " SELECT run, contact_id, key FROM listed"
            " WHERE run = ? AND standing = 'subscribed' AND NOT EXISTS"
            " (SELECT 1 FROM rows WHERE rows.run = listed.run AND rows.key = listed.key)",
            (self._run,),
        )

    def clear(self) -> None:
        """Forget the plan."""
        self._db.execute("DELETE FROM removals WHERE run = ?", (self._run,))

    def waiting(self) -> list[str]:
        """Contact ids of those who are still to be removed."""
        return [
            contact_id
            for (contact_id,) in self._db.execute(
                "SELECT contact_id FROM removals WHERE run = ? AND NOT done", (self._run,)
            )
        ]

    def done(self, contact_id: str) -> None:
        """Somebody was removed: nothing is remembered of them."""
        self._db.execute(
            "UPDATE removals SET done = 1 WHERE run = ? AND contact_id = ?",
            (self._run, contact_id),
        )
        self._db.execute(
            "DELETE FROM outcomes WHERE key IN"
            " (SELECT key FROM removals WHERE run = ? AND contact_id = ?)",
            (self._run, contact_id),
        )

    def count(self) -> tuple[int, int]:
        """How many are planned, done ones included, and how many are done."""
        planned, done = self._db.execute(
            "SELECT count(*), coalesce(sum(done), 0) FROM removals WHERE run = ?", (self._run,)
        ).fetchone()
        return int(planned), int(done)

    def people(self) -> tuple[int, int | None]:
        """People in the source, and in that of the last mirrored run; None if there was none."""
        (now,) = self._db.execute(
            "SELECT count(DISTINCT key) FROM rows WHERE run = ? AND key <> ''", (self._run,)
        ).fetchone()
        before = self._db.execute(
            "SELECT json_extract(facts, '$.people') FROM runs WHERE phase = 'finished'"
            " AND job = (SELECT job FROM runs WHERE run = ?)"
            " AND json_extract(facts, '$.people') IS NOT NULL ORDER BY run DESC LIMIT 1",
            (self._run,),
        ).fetchone()
        return int(now), None if before is None else int(before[0])


def check_removals(
    removed: int, on_list: int, people: int, people_before: int | None, max_ratio: float
) -> None:
    """Refuse to empty a list because a source broke off.

    Args:
        removed: People who would be removed.
        on_list: People on the list.
        people: People in the source.
        people_before: People in it at the last run, if there was one.
        max_ratio: Share of the list that may be removed, and by which the source may shrink.

    Raises:
        TooManyRemovals: It is more than that.
    """
    if removed > max_ratio * on_list:
        raise TooManyRemovals(
            f"mirror would remove {removed:,} of {on_list:,} people from the list,"
            f" more than {max_ratio:.1%}"
        )
    if removed and people_before is not None and people < (1 - max_ratio) * people_before:
        raise TooManyRemovals(
            f"the source has shrunk from {people_before:,} to {people:,} people,"
            f" by more than {max_ratio:.1%}"
        )


async def remove_gone(removals: Removals, client: AsyncClient, progress: Progress) -> None:
    """Remove the people of the plan, ten calls side by side; a repeat does no harm.

    Args:
        removals: The plan.
        client: The account's client.
        progress: Shows how many are removed.

    Raises:
        GetResponseError: Somebody could not be removed; the next run goes on.
    """
    waiting = removals.waiting()
    if not waiting:
        return
    progress.start("removing", len(waiting), "people")
    removed = itertools.count(1)

    async def remove(contact_id: str) -> None:
        await client.send(delete_contact.operation.request({"contact_id": contact_id}))
        removals.done(contact_id)
        progress.advance(next(removed))

    await side_by_side(waiting, remove)

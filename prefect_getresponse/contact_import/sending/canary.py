"""Stop early when an import goes wrong as a whole: nobody arrives, or most rows are refused."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.contact_import.active_run import ActiveRun
from prefect_getresponse.contact_import.sending.read_back import ReadBack

FIRST_LOOKS = (30, 60)
"""Seconds until the first looks; an import that is sent by then costs no look at all."""
QUEUE_SECONDS = 300.0
"""GetResponse adds people within a few minutes; a shorter settle time does not count here."""
FEWEST_REJECTS = 20


class NobodyArrives(GetResponseError):
    """GetResponse takes people, and none of them appears on the list."""

    default_advice = (
        "Look at the list and the first rows in GetResponse; the same import run again resumes."
    )


class TooManyRejects(GetResponseError):
    """GetResponse refuses far more rows than the limit allows, and more were to be sent."""

    default_advice = (
        "See the rejects file and correct the source, or allow more (--max-reject-ratio,"
        " max_reject_ratio); the same import run again resumes."
    )


class RejectLimit:
    """Counts answers, and stops a run that will clearly fail because of its rejects.

    Args:
        ratio: Share of rejected rows above which a run fails.
    """

    def __init__(self, ratio: float) -> None:
        self._ratio = ratio
        self._rows = 0
        self._rejected = 0

    def count(self, rows: int, *, rejected: bool) -> None:
        """Count rows that have an answer."""
        self._rows += rows
        self._rejected += rows if rejected else 0

    def check(self) -> None:
        """Make sure that it is worth going on.

        Raises:
            TooManyRejects: Twice the limit of what was answered is refused, and not just a few.
        """
        if self._rejected >= FEWEST_REJECTS and self._rejected > 2 * self._ratio * self._rows:
            raise TooManyRejects(f"{self._rejected:,} of {self._rows:,} rows sent were refused")


async def with_canary(
    sending: Coroutine[Any, Any, None], run: ActiveRun, read_back: ReadBack
) -> None:
    """Send while the list is watched for the first person to appear; then the watch is over.

    Args:
        sending: Sends everything; ends in good order when it is cancelled.
        run: The run.
        read_back: Looks at the list.

    Raises:
        NobodyArrives: Nobody has appeared in the settle time, though people were taken.
    """

    async def watch() -> None:
        deadline = run.now() + max(run.job.options.settle_seconds, QUEUE_SECONDS)
        async for _ in run.looks(deadline, FIRST_LOOKS):
            if not run.awaited.is_any():
                continue  # only people of the list are changed: there is nobody to wait for
            await read_back.look()
            if run.awaited.anybody_arrived():
                return
        if run.awaited.is_any():
            raise NobodyArrives("none of the people sent so far has appeared on the list")

    work = asyncio.create_task(sending)
    canary = asyncio.create_task(watch())
    try:
        await asyncio.wait({work, canary}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            await canary
        await work
    finally:
        canary.cancel()
        work.cancel()
        await asyncio.gather(work, canary, return_exceptions=True)

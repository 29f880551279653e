"""When to look again at work that GetResponse does in its own time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from itertools import chain, count

from prefect_getresponse.client.send import AsyncClient


async def looks(
    client: AsyncClient, clock: Callable[[], float], deadline: float
) -> AsyncIterator[bool]:
    """Wait for each moment to look: after 1, 2, 5, 10, 30 seconds, then every minute.

    Args:
        client: Waits.
        clock: Seconds since the epoch.
        deadline: Moment of the last look, in seconds since the epoch; one look there is always.

    Returns:
        For each look whether it is the last.
    """
    begun = clock()
    for moment in chain((1, 2, 5, 10, 30), count(90, 60)):
        pause = min(begun + moment, deadline) - clock()
        if pause > 0:
            await client.sleep(pause)
        last = clock() >= deadline
        yield last
        if last:
            return

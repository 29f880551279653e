"""When to look again at work that GetResponse does in its own time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from itertools import chain, count

from prefect_getresponse.client.send import AsyncClient

CHEAP = (1, 2, *range(5, 300, 5))
"""Seconds until the first looks, where a look is a single call."""
COSTLY = (1, 2, 5, 10, 30)
"""Seconds until the first looks, where a look reads a list."""


async def looks(
    client: AsyncClient,
    clock: Callable[[], float],
    deadline: float,
    first: Sequence[int] = COSTLY,
) -> AsyncIterator[bool]:
    """Wait for each moment to look: after some first ones every minute.

    Args:
        client: Waits.
        clock: Seconds since the epoch.
        deadline: Moment of the last look, in seconds since the epoch; one look there is always.
        first: The first moments, in seconds from now.

    Returns:
        For each look whether it is the last.
    """
    begun = clock()
    for moment in chain(first, count(first[-1] + 60, 60)):
        pause = min(begun + moment, deadline) - clock()
        if pause > 0:
            await client.sleep(pause)
        last = clock() >= deadline
        yield last
        if last:
            return

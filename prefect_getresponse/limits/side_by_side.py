"""Work on several things at a time, and end in good order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from prefect_getresponse.limits.throttle import SLOTS

T = TypeVar("T")


async def side_by_side(
    items: Iterable[T], work: Callable[[T], Awaitable[None]], width: int = SLOTS
) -> None:
    """Work on all items, some at a time.

    After a failure no item is begun; those in work end first. When cancelled, they are cancelled.

    Args:
        items: What to work on.
        work: The work on one item.
        width: How many at a time; as many calls as GetResponse takes if not given.
    """
    waiting = iter(items)
    stopped = False

    async def worker() -> None:
        for item in waiting:
            if stopped:
                return
            await work(item)

    workers = [asyncio.create_task(worker()) for _ in range(width)]
    try:
        await asyncio.gather(*workers)
    except BaseException as error:
        stopped = True
        if not isinstance(error, Exception):  # a signal: whoever waits for a limit waits too long
            for each in workers:
                each.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        raise

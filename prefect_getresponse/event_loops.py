"""Coroutines from code that is not async, also where an event loop is running already."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

T = TypeVar("T")


def run_on_loop(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine on an event loop of its own and wait for it.

    When the waiting thread is interrupted, as by a signal, the coroutine is cancelled. The loop has
    a thread of its own because a signal's exception, such as Prefect's `TerminationSignal`, would
    else rise in whatever callback of the loop is at work, and asyncio swallows it there.

    Args:
        work: Makes the coroutine, on the loop.
    """
    begun: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = Future()

    async def cancellable() -> T:
        task = asyncio.current_task()
        assert task is not None
        begun.set_result((asyncio.get_running_loop(), task))
        return await work()

    with ThreadPoolExecutor(max_workers=1) as thread:
        result = thread.submit(copy_context().run, asyncio.run, cancellable())
        try:
            return result.result()
        except BaseException:
            if not result.done():
                loop, task = begun.result()
                loop.call_soon_threadsafe(task.cancel)
            raise

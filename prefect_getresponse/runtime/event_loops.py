"""Event loops and threads: what is async from code that is not, and the other way round.

`run_on_loop` runs coroutines, even where an event loop is running already; `apart` is for what
would keep a loop from its other work.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine
from concurrent.futures import Future
from contextlib import AbstractContextManager, asynccontextmanager, suppress
from contextvars import copy_context
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")

_LOOK = 0.5
"""Seconds between checks whether a signal came."""


def run_on_loop(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine on an event loop of its own and wait for it.

    When the waiting thread is interrupted, as by a signal, the coroutine is cancelled. The loop has
    a thread of its own because a signal's exception, such as Prefect's `TerminationSignal`, would
    otherwise be raised in whatever callback the loop is running, and asyncio swallows it there.

    Args:
        work: Makes the coroutine, on the loop.
    """
    begun: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = Future()
    abandoned = threading.Event()
    results: list[T] = []
    errors: list[BaseException] = []
    ended = threading.Lock()
    ended.acquire()

    async def cancellable() -> T:
        task = asyncio.current_task()
        assert task is not None
        begun.set_result((asyncio.get_running_loop(), task))
        if abandoned.is_set():  # before `begun` could tell whom to cancel
            raise asyncio.CancelledError
        return await work()

    def live() -> None:
        try:
            results.append(asyncio.run(cancellable()))
        except BaseException as error:
            errors.append(error)
        finally:
            ended.release()

    try:
        # A bare lock, because a signal cannot leave it half acquired, as it can the lock of a
        # future; and an executor does not wait for a thread whose start was interrupted.
        threading.Thread(target=copy_context().run, args=(live,), daemon=True).start()
        # A signal just before the wait does not wake it: its handler runs after one look.
        while not ended.acquire(timeout=_LOOK):
            pass
    except BaseException:
        abandoned.set()
        if begun.done():
            loop, task = begun.result()
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(task.cancel)
            if not results and not errors:
                ended.acquire()
        raise
    if errors:
        raise errors.pop()
    return results.pop()


async def apart(work: Callable[[], T]) -> T:
    """Do something on a thread while the event loop goes on, as if the loop had done it.

    Whoever is cancelled meanwhile is so only at its next wait: what the work uses, such as a
    connection to a database, is nobody else's until it has ended, and no work is half done.

    Args:
        work: What is to be done.
    """
    inside = partial(copy_context().run, work)
    done = asyncio.get_running_loop().run_in_executor(None, inside)
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        assert task is not None
        while not done.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([done])
        task.uncancel()  # it is the same one that comes again
        task.cancel()
        return done.result()


@asynccontextmanager
async def left_apart(context: AbstractContextManager[T]) -> AsyncGenerator[T]:
    """Enter a context, and leave it on a thread while the event loop goes on.

    Args:
        context: The context; it has no say in whether an error goes on.
    """
    value = context.__enter__()
    try:
        yield value
    except BaseException as error:
        await apart(partial(context.__exit__, type(error), error, error.__traceback__))
        raise
    await apart(partial(context.__exit__, None, None, None))


@asynccontextmanager
async def meanwhile(work: Coroutine[Any, Any, T]) -> AsyncGenerator[asyncio.Task[T]]:
    """Do something while the block goes on; however that ends, it has ended by then.

    If it fails, that is what is told, whatever came of it in the block.

    Args:
        work: What is to be done; the block awaits its task, or it is cancelled.
    """
    task = asyncio.create_task(work)
    try:
        yield task
    except BaseException:
        if task.done() and not task.cancelled() and (error := task.exception()):
            raise error from None
        raise
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

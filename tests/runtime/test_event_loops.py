"""Coroutines that somebody waits for, and what a signal does to them."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import types
from collections.abc import Iterator

import pytest

from prefect_getresponse.runtime.event_loops import apart, run_on_loop


class Ended(BaseException):
    """What a handler of signals raises, as Prefect's does."""


@pytest.fixture
def raising() -> Iterator[signal.Signals]:
    """A signal whose handler raises."""

    def end(_number: int, _frame: types.FrameType | None) -> None:
        raise Ended

    before = signal.signal(signal.SIGUSR1, end)
    yield signal.SIGUSR1
    signal.signal(signal.SIGUSR1, before)


def test_a_signal_ends_the_coroutine_even_in_a_callback_of_the_loop(
    raising: signal.Signals,
) -> None:
    ended: list[str] = []

    async def work() -> None:
        # asyncio only logs what a callback raises.
        asyncio.get_running_loop().call_soon(os.kill, os.getpid(), raising)
        try:
            async with asyncio.timeout(20):
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    with pytest.raises(Ended):
        run_on_loop(work)
    assert ended == ["cancelled"]


def test_a_result_and_an_error_come_out_of_any_thread() -> None:
    async def work() -> int:
        await asyncio.sleep(0)
        return 7

    async def broken() -> int:
        raise ValueError("broken")

    async def caller() -> int:
        return run_on_loop(work)

    assert run_on_loop(work) == 7
    assert asyncio.run(caller()) == 7
    with pytest.raises(ValueError, match="broken"):
        run_on_loop(broken)


def test_work_apart_lets_the_loop_go_on() -> None:
    async def work() -> list[str]:
        told, may_end = list[str](), threading.Event()

        async def goes_on() -> None:
            told.append("the loop")
            may_end.set()

        going = asyncio.create_task(goes_on())
        told.append(await apart(lambda: str(may_end.wait(20))))
        await going
        return told

    assert asyncio.run(work()) == ["the loop", "True"]


def test_whoever_is_cancelled_is_so_after_the_work_apart() -> None:
    begun, may_end, told = threading.Event(), threading.Event(), list[str]()

    def work() -> str:
        begun.set()
        may_end.wait(20)
        told.append("ended")
        return "done"

    async def waits() -> None:
        told.append(await apart(work))
        try:
            await asyncio.sleep(20)
        except asyncio.CancelledError:
            told.append("cancelled")
            raise

    async def cancels() -> int:
        task = asyncio.create_task(waits())
        await asyncio.to_thread(begun.wait, 20)
        task.cancel()
        await asyncio.sleep(0)
        may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        return task.cancelling()

    assert asyncio.run(cancels()) == 1
    assert told == ["ended", "done", "cancelled"]


def test_what_fails_apart_fails() -> None:
    def work() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        asyncio.run(apart(work))

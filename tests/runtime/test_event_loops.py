"""Coroutines that somebody waits for, and what a signal does to them."""

from __future__ import annotations

import asyncio
import os
import signal
import types
from collections.abc import Iterator

import pytest

from prefect_getresponse.runtime.event_loops import run_on_loop


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

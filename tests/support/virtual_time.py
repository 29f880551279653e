"""Virtual time: an event loop whose waits take no time, and the clock that they move."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, TypeVar

T = TypeVar("T")

START = 1_790_000_000.0
"""Unix seconds at which virtual time begins: a day in September 2026."""
LEAST = 1e-6
"""Seconds that a wait takes at least."""


class VirtualTime:
    """A clock that jumps to the next timer as soon as nothing else is left to do.

    Args:
        memory: Holds the time, of several processes if they share it.

    Attributes:
        in_flight: Calls on real sockets that have no answer yet: time stands still meanwhile.
    """

    def __init__(self, memory: memoryview[float] | None = None) -> None:
        self._memory = memoryview(bytearray(8)).cast("d") if memory is None else memory
        self.in_flight = 0

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning of time.

        Small numbers, as those of event loops are: unix seconds as floats are too coarse for the
        loop's resolution.
        """
        return self._memory[0]

    def __call__(self) -> float:
        """Unix seconds."""
        return START + self.elapsed

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._memory[0] += seconds

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on a new event loop of this time."""
        with asyncio.Runner(loop_factory=lambda: _VirtualLoop(self)) as runner:
            return runner.run(work)


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self, time: VirtualTime) -> None:
        super().__init__(_JumpingSelector(time))
        self._virtual_time = time

    def time(self) -> float:
        return self._virtual_time.elapsed

    def call_at(  # type: ignore[override]
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """A timer that time gets to: a loop takes what is all but due for due, and time stays."""
        now = self.time()
        when = now + LEAST if now < when < now + LEAST else when
        return super().call_at(when, callback, *args, context=context)

    def run_in_executor(  # type: ignore[override]
        self, executor: object, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """Work of another thread takes no time either."""
        done: asyncio.Future[T] = self.create_future()
        done.set_result(func(*args))
        return done


class _JumpingSelector(selectors.DefaultSelector):
    """Moves the clock instead of waiting for the next timer."""

    def __init__(self, time: VirtualTime) -> None:
        super().__init__()
        self._time = time

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(None if timeout != 0 and self._time.in_flight else 0)
        if not ready and timeout is None:
            raise RuntimeError("everything waits, and nothing will ever happen")
        if not ready and timeout:
            self._time.advance(timeout)
        return ready

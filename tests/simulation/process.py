"""A process that may die at any moment: what was durable by then stays, nothing else is done."""

from __future__ import annotations

import asyncio
import math
import sqlite3
from collections.abc import Callable, Coroutine, Generator, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

_running: ContextVar[Process | None] = ContextVar("running", default=None)
_LASTING = {
    "PRAGMA journal_mode = WAL": "PRAGMA journal_mode = MEMORY",
    "PRAGMA synchronous = FULL": "PRAGMA synchronous = OFF",
}
"""What a ledger asks of the disk, and what is enough in memory."""
DURING = "during "
"""How steps begin at which a call is executed."""
_SENDING = ("POST /contacts", "POST /contacts/batch", "POST /imports")
_CHANGES = ("INSERT", "UPDATE", "DELETE", "CREATE", "DROP")


class Killed(BaseException):
    """The process is gone."""


class Process:
    """One life of a worker, with its clock.

    Args:
        name: Who lives.
        elapsed: Seconds of true time.
        started: What its clock shows when true time begins, in seconds since the epoch.
        rate: How fast its clock is; 1 is right.
        set_at: Seconds of its life after which somebody sets its clock.
        set_by: Seconds by which it is set.
        steps: Steps until it dies; None if it is not to die by them.  A step is the moment before
            or after a commit or a writing call.
        asleep: From which second of its life on its machine sleeps, and for how many seconds.
        calls: Calls that send people until it dies, when the last one is executed and its answer is
            on the way; None if it is not to die by them.
        on_death: Called when it dies, with the step.
    """

    def __init__(
        self,
        name: str,
        *,
        elapsed: Callable[[], float],
        started: float,
        rate: float = 1.0,
        set_at: float = 0.0,
        set_by: float = 0.0,
        asleep: tuple[float, float] = (0.0, 0.0),
        steps: int | None = None,
        calls: int | None = None,
        on_death: Callable[[str], None] = lambda _step: None,
    ) -> None:
        self.name = name
        self.is_dead = False
        self.tasks: dict[asyncio.Task[Any], None] = {}  # in order, as sets of tasks are not
        self.connections: dict[tuple[str, int, str], sqlite3.Connection] = {}  # to ledgers, kept
        self._elapsed = elapsed
        self._started = started
        self._rate = rate
        self._set_at = elapsed() + set_at
        self._set_by = set_by
        self._sleeps = elapsed() + asleep[0]
        self._wakes = self._sleeps + asleep[1]
        self._steps = steps
        self._calls = calls
        self._on_death = on_death

    # Time ----------------------------------------------------------------------------------

    def now(self) -> float:
        """Seconds since the epoch by its own clock, which may be set."""
        is_set = self._elapsed() >= self._set_at
        return self._started + self.monotonic() + (self._set_by if is_set else 0.0)

    def monotonic(self) -> float:
        """Seconds by its own clock."""
        return self._elapsed() * self._rate

    async def sleep(self, seconds: float) -> None:
        """Wait by its own clock."""
        await asyncio.sleep(self.true_seconds(seconds))
        await self.awake()

    async def awake(self, since: float = math.inf) -> bool:
        """Wait until its machine does not sleep; whether it has slept since a moment."""
        if left := self.left_asleep():
            await asyncio.sleep(left)
        return since < self._sleeps < self._wakes <= self._elapsed()

    def left_asleep(self) -> float:
        """For how many seconds its machine still sleeps; 0 if it is awake."""
        now = self._elapsed()
        return self._wakes - now if self._sleeps <= now < self._wakes else 0.0

    def true_seconds(self, seconds: float) -> float:
        """What seconds of its own clock truly last."""
        return seconds / self._rate

    # Life and death ------------------------------------------------------------------------

    def live(self) -> None:
        """Go on living.

        Raises:
            Killed: It is dead.
        """
        if self.is_dead:
            raise Killed

    def step(self, what: str) -> None:
        """Come to a step at which it may die.

        Raises:
            Killed: It dies here, or is dead.
        """
        self.live()
        if self._calls is not None and what.removeprefix(DURING) in _SENDING:
            self._calls -= 1
        if self._steps is not None:
            self._steps -= 1
        if 0 in (self._steps, self._calls):
            self.die(what)
            raise Killed

    def die(self, what: str) -> None:
        """Die now: nothing that it does from here on has an effect."""
        if not self.is_dead:
            self.is_dead = True
            self._on_death(what)
            current = asyncio.current_task()
            for task in list(self.tasks):
                if task is not current:
                    task.cancel()

    async def run(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T | None:
        """Live until the work is done, or until death: None then."""
        context = copy_context()
        context.run(_running.set, self)
        task = asyncio.get_running_loop().create_task(work(), context=context)
        await asyncio.wait([task])
        while self.tasks:  # what a dead process leaves behind
            for left in list(self.tasks):
                left.cancel()
            await asyncio.wait(list(self.tasks))
        while self.connections:
            self.connections.popitem()[1].close()
        if self.is_dead:
            if not task.cancelled():
                task.exception()  # whatever a process says after its death
            return None
        return task.result()


def count_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """Let each process know the tasks that it begins."""

    def factory(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> Any:
        task: asyncio.Task[Any] = asyncio.Task(coroutine, loop=loop, **options)
        context = options.get("context")
        process = context.get(_running) if context else _running.get()
        if process is not None:
            process.tasks[task] = None
            task.add_done_callback(lambda done: process.tasks.pop(done, None))
        return task

    loop.set_task_factory(factory)


class _MortalConnection:
    """A connection to a ledger: each commit is two steps of the process that made it.

    Connections that were closed are kept for the next one that the process opens: what takes the
    time of a simulation is to compile the same statements and triggers again and again.
    """

    def __init__(self, process: Process, path: Path, connect: Callable[[], Any]) -> None:
        self._process = process
        self._kept = process.connections
        self._key = (str(path), path.stat().st_ino if path.exists() else 0)
        self._script, plain = "", (*self._key, "")
        self._db: sqlite3.Connection = self._kept.pop(plain) if plain in self._kept else connect()

    @property
    def in_transaction(self) -> bool:
        return self._db.in_transaction

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        self._process.live()
        if sql in _LASTING:  # a process dies here, never the machine
            sql = _LASTING[sql]
        if not self._commits(sql):
            return self._db.execute(sql, parameters)
        self._process.step("before a commit")
        cursor = self._db.execute(sql, parameters)
        self._process.step("after a commit")
        return cursor

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        self._process.live()
        # Outside of a transaction each row is a commit of its own.
        rows = self._stepping(parameters) if self._commits(sql) else parameters
        return self._db.executemany(sql, rows)

    def executescript(self, script: str, /) -> None:
        """Put up the fence of a holder, unless one is kept behind which that was done."""
        fenced = self._kept.pop((*self._key, script), None)
        if fenced is None:
            self._db.executescript(script)
        else:
            self.close()
            self._db = fenced
        self._script = script

    def backup(self, target: Any) -> None:
        self._db.backup(target._db if isinstance(target, _MortalConnection) else target)

    def close(self) -> None:
        """Keep the connection, unless it is of no more use."""
        is_kept = self._key[1] and not (self._process.is_dead or self._db.in_transaction)
        key = (*self._key, self._script)
        if not is_kept or self._kept.setdefault(key, self._db) is not self._db:
            self._db.close()

    def _stepping(self, rows: Iterable[Any]) -> Iterator[Any]:
        for row in rows:
            self._process.step("before a commit")
            yield row
        self._process.step("after a commit")

    def _commits(self, sql: str) -> bool:
        return sql == "COMMIT" or (not self._db.in_transaction and sql.startswith(_CHANGES))


@contextmanager
def mortal_ledgers() -> Generator[None]:
    """Let processes die at the commits of their ledgers while the block runs."""
    connect: Callable[..., Any] = sqlite3.connect

    def connected(path: Any, *arguments: Any, **options: Any) -> Any:
        process = _running.get()
        opened = partial(connect, path, *arguments, **options)
        if process is None or Path(path).suffix != ".sqlite":
            return opened()
        process.live()
        return _MortalConnection(process, Path(path), partial(opened, cached_statements=512))

    sqlite3.connect = connected  # type: ignore[assignment]
    try:
        yield
    finally:
        sqlite3.connect = connect

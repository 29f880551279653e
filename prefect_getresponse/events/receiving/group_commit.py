"""Writes the entries of many requests in one transaction, and tells each when it is durable."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from prefect_getresponse.events.inbox.database import InboxError
from prefect_getresponse.events.inbox.entries import Entry
from prefect_getresponse.events.inbox.inbox import Inbox

GATHER_SECONDS = 0.01
"""How long the first of a commit waits for others to join it: with the commit about 20 ms."""
MOST_WAITING = 20_000
"""Entries that may wait; more, and GetResponse is told to come again."""
PATIENCE_SECONDS = 4.0
"""GetResponse waits for an answer for 5 seconds."""


class NotKept(Exception):
    """Entries could not be made durable in time."""


@dataclass(slots=True, eq=False)
class _Request:
    entries: Sequence[Entry]
    kept: asyncio.Future[None]
    since: float


class GroupCommit:
    """Writes to an inbox, on a thread of its own.

    Args:
        inbox: Where to.
        on_kept: Hears of entries that are durable now.
    """

    def __init__(self, inbox: Inbox, on_kept: Callable[[Sequence[Entry]], None]) -> None:
        self._inbox = inbox
        self._on_kept = on_kept
        self._thread = _new_thread()
        self._waiting: list[_Request] = []
        self._count = 0
        self._writing: asyncio.Task[None] | None = None

    async def keep(self, entries: Sequence[Entry]) -> None:
        """Return when entries are durable.

        Raises:
            NotKept: They are not, or not yet.
        """
        if self._count + len(entries) > MOST_WAITING:
            raise NotKept("too much is waiting to be written")
        loop = asyncio.get_running_loop()
        request = _Request(entries, loop.create_future(), loop.time())
        self._waiting.append(request)
        self._count += len(entries)
        if self._writing is None:
            self._writing = loop.create_task(self._write())
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await request.kept
        except TimeoutError:
            raise NotKept("the inbox does not answer in time") from None
        except InboxError as error:
            raise NotKept(str(error)) from None

    async def check(self) -> None:
        """Find out whether the inbox can be written to.

        Raises:
            NotKept: It cannot.
        """
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await loop.run_in_executor(self._thread, self._inbox.check_writable)
        except TimeoutError:
            raise NotKept("the inbox does not answer in time") from None
        except InboxError as error:
            raise NotKept(str(error)) from None

    async def end(self) -> None:
        """Wait for what is being written, so that the inbox can be closed."""
        thread, self._thread = self._thread, _new_thread()
        await asyncio.to_thread(thread.shutdown)

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                # Who came while others were written has waited already.
                waited = loop.time() - self._waiting[0].since
                await asyncio.sleep(max(0.0, GATHER_SECONDS - waited))
                requests, self._waiting = self._waiting, []
                self._count -= sum(len(each.entries) for each in requests)
                await self._write_all(requests)
        finally:
            self._writing = None

    async def _write_all(self, requests: Sequence[_Request]) -> None:
        error = await self._try([entry for each in requests for entry in each.entries])
        if error is None or len(requests) == 1:
            self._answer(requests, error)
        elif await self._try([]) is None:  # the inbox works: one of them is at fault
            for request in requests:
                self._answer([request], await self._try(request.entries))
        else:
            self._answer(requests, error)

    async def _try(self, entries: Sequence[Entry]) -> InboxError | None:
        loop = asyncio.get_running_loop()
        work = (lambda: self._inbox.add(entries)) if entries else self._inbox.check_writable
        try:
            await loop.run_in_executor(self._thread, work)
        except InboxError as error:
            return error
        return None

    def _answer(self, requests: Sequence[_Request], error: InboxError | None) -> None:
        for request in requests:
            if request.kept.done():  # whoever asked does not wait any more
                continue
            if error is None:
                request.kept.set_result(None)
            else:
                request.kept.set_exception(error)
        if error is None:
            self._on_kept([entry for each in requests for entry in each.entries])


def _new_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "getresponse-inbox")

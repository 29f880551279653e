"""Tells Prefect that something came: a doorbell, not a queue.

Prefect's events may be lost or doubled. What counts is in the inbox, and a schedule empties it even
if nobody rings. Events hold ids, never addresses, names or links.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, cast
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import orjson

from prefect_getresponse.events.identities import id_of
from prefect_getresponse.events.inbox.entries import Entry

if TYPE_CHECKING:
    from prefect.events import Event

logger = logging.getLogger("prefect_getresponse")

Emit = Literal["filled", "each", "none"]
FILLED = "getresponse.inbox.filled"
QUIET_SECONDS = 5.0
"""Between two rings; the last of several within that time is never left out."""
TIMELY_SECONDS = 3600.0
LONGEST_SECONDS = 60.0
"""Between two tries while Prefect cannot be reached; each waits twice as long as the one before."""
_MOST_WAITING = 10_000
_COMPLAIN_SECONDS = 300.0
_WITH_IDS = (
    "contact",
    "campaign",
    "sourceCampaign",
    "message",
    "clickTrack",
    "sms",
    "import",
    "customReport",
    "account",
)


@dataclass(frozen=True)
class Notice:
    """An event as Prefect gets it.

    Attributes:
        name: Its name.
        labels: What automations can compare.
        payload: What it carries.
        id: Equal for equal events.
    """

    name: str
    labels: Mapping[str, str]
    payload: Mapping[str, Any]
    id: UUID = field(default_factory=uuid4)


Send = Callable[[Sequence[Notice]], None]


class _Untold:
    """What Prefect does not know yet: how many entries, and those it is told of one by one."""

    def __init__(self) -> None:
        self.count = 0
        self.entries: deque[Entry] = deque(maxlen=_MOST_WAITING)

    def add(self, entries: Sequence[Entry], emit: Emit) -> None:
        self.count += len(entries)
        if emit == "each":
            self.entries.extend(entries)


class Doorbell:
    """Rings on a thread of its own, so that whatever Prefect does delays no answer.

    Args:
        account_name: Name of the account in events.
        emit: `filled` rings when something came, `each` also tells of every entry.
        send: Hands events on; raises if it cannot, and is called again later.
        sleep: Waits between two rings.
    """

    def __init__(
        self,
        account_name: str,
        emit: Emit,
        send: Send,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._account_name = account_name
        self._emit: Emit = emit
        self._send = send
        self._sleep = sleep
        self._kept: queue.Queue[Sequence[Entry]] = queue.Queue(_MOST_WAITING)
        self._complained_at = -_COMPLAIN_SECONDS
        self._thread: threading.Thread | None = None

    def kept(self, entries: Sequence[Entry]) -> None:
        """Note entries that are durable now; never waits."""
        if self._emit == "none":
            return
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._work, name="getresponse-doorbell", daemon=True
            )
            self._thread.start()
        try:
            self._kept.put_nowait(entries)
        except queue.Full:  # a ring is due anyway; only events of single entries are missing
            self._complain("Prefect takes events too slowly: some are left out")

    def _work(self) -> None:
        untold = _Untold()
        wait = QUIET_SECONDS
        while True:
            self._collect(untold)
            is_told = self._tell(untold)
            if is_told:
                untold = _Untold()
            wait = QUIET_SECONDS if is_told else min(2 * wait, LONGEST_SECONDS)
            self._sleep(wait)

    def _collect(self, untold: _Untold) -> None:
        """Take what has come; wait for it unless a ring is owed."""
        if not untold.count:
            untold.add(self._kept.get(), self._emit)
        with suppress(queue.Empty):
            while True:
                untold.add(self._kept.get_nowait(), self._emit)

    def _tell(self, untold: _Untold) -> bool:
        notices = [self._filled(untold.count), *map(self.of_entry, untold.entries)]
        try:
            self._send(notices)
        except Exception as error:
            self._complain(
                f"Prefect was not told of new notices ({type(error).__name__}); they are in the"
                " inbox, where the schedule of drain_events finds them, and Prefect is told later"
            )
            return False
        return True

    def _filled(self, count: int) -> Notice:
        return Notice(FILLED, self._labels(), {"received": count})

    def of_entry(self, entry: Entry) -> Notice:
        """An entry as an event: its ids, and nothing else of it."""
        age = entry.received_at - (entry.occurred_at or 0.0)
        timely = entry.occurred_at is not None and 0 <= age <= TIMELY_SECONDS
        labels = {
            **self._labels(),
            "getresponse.timely": "true" if timely else "false",
            "getresponse.contact": entry.contact_id or "unknown",
        }
        payload = {"key": entry.key, "ids": dict(_ids(entry)), "occurred_at": entry.occurred_at}
        # The same entry of another process is the same event for Prefect.
        return Notice(
            f"getresponse.{entry.kind}.{entry.type}",
            labels,
            payload,
            uuid5(NAMESPACE_URL, entry.key),
        )

    def _labels(self) -> dict[str, str]:
        return {"prefect.resource.id": f"getresponse.account.{self._account_name}"}

    def _complain(self, sentence: str) -> None:
        now = time.monotonic()
        if now - self._complained_at >= _COMPLAIN_SECONDS:
            self._complained_at = now
            logger.warning("%s", sentence)


def send_to_prefect(notices: Sequence[Notice]) -> None:
    """Send events to the Prefect server, and wait until it has them."""
    import asyncio

    asyncio.run(_send(notices))


async def _send(notices: Sequence[Notice]) -> None:
    from prefect.events.clients import get_events_client

    async with get_events_client(reconnection_attempts=0, checkpoint_every=1) as client:
        for notice in notices:
            await client.emit(_event(notice))


def _event(notice: Notice) -> Event:
    from prefect.events import Event, Resource

    return Event(
        id=notice.id,
        event=notice.name,
        resource=Resource(dict(notice.labels)),
        payload=dict(notice.payload),
    )


def _ids(entry: Entry) -> Iterator[tuple[str, str]]:
    found: Any = orjson.loads(entry.payload)
    if not isinstance(found, dict):
        return
    payload = cast(dict[str, Any], found)
    if entry.kind == "callback":
        for name, value in payload.items():
            if name.endswith("_ID") and id_of(value):
                yield name.removesuffix("_ID").lower(), value
        return
    contact = payload.get("contact")
    nested = cast(dict[str, Any], contact) if isinstance(contact, dict) else {}
    for name in _WITH_IDS:
        value = payload.get(name, nested.get(name))
        if isinstance(value, dict):
            members = cast(dict[str, Any], value)
            key = "campaign" if name == "sourceCampaign" else name
            identifier = id_of(members.get(f"{key}Id", members.get("resourceId")))
            if identifier:
                yield name, identifier

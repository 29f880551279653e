"""What is to be told, when, and what became of it: webhooks are retried, callbacks are not.

Nothing is random unless asked, and what is random is the same in every run.
Source: GetResponse API v3, Webhooks; Callback manual 1.2.2.
"""

from __future__ import annotations

import heapq
import itertools
import json
import random
import uuid
from dataclasses import dataclass
from typing import Any, Literal, cast
from urllib.parse import quote, urlencode

import httpx

from prefect_getresponse.sandbox.contract.dates import iso
from prefect_getresponse.sandbox.notices.notices import Notice
from prefect_getresponse.sandbox.notices.settings import NoticeSettings

RETRY_SECONDS = (60.0, 300.0, 1800.0)
"""Before the second, third and fourth attempt, at speed 1; GetResponse does not say how long."""
WEBHOOK_TIMEOUT = 5.0
CALLBACK_TIMEOUT = 4.0
_TOO_MANY_REQUESTS = 429
_SHUFFLED_OVER = 10.0
_SEED = 20_260_504


@dataclass(frozen=True, slots=True)
class Parcel:
    """One request.

    Attributes:
        id: Equal in all attempts.
        notices: What it tells.
        url: Where to.
        attempt: How many times it has left, this time included.
        is_lost: Whether it never arrives.
    """

    id: str
    notices: tuple[Notice, ...]
    url: str
    attempt: int = 1
    is_lost: bool = False


class Outbox:
    """Notices on their way to one address.

    Args:
        kind: What they are.
        speed: How many times faster than life GetResponse retries.
    """

    def __init__(self, kind: Literal["webhooks", "callbacks"], speed: float) -> None:
        self._kind = kind
        self._speed = speed
        self._order = itertools.count()
        self._ids = itertools.count(1)
        self._waiting: list[tuple[float, int, Parcel]] = []
        self._fresh: list[Notice] = []
        self._in_flight = 0
        self.deliveries: list[dict[str, Any]] = []
        """Every attempt, one row a notice; `status` is null for what was lost on purpose."""
        self.set(NoticeSettings())

    @property
    def is_on(self) -> bool:
        """Whether there is somewhere to send to."""
        return bool(self.settings.url)

    @property
    def timeout(self) -> float:
        """Seconds for which an answer is waited for."""
        return WEBHOOK_TIMEOUT if self._kind == "webhooks" else CALLBACK_TIMEOUT

    @property
    def pending(self) -> int:
        """Requests that wait or are on their way, and notices that are not in one yet."""
        return len(self._waiting) + len(self._fresh) + self._in_flight

    def set(self, settings: NoticeSettings) -> None:
        """Send by other settings from now on; what waits for a retry goes where it went before."""
        self.settings = settings
        self._chance = random.Random(_SEED)  # noqa: S311 - the same every time, on purpose
        if not settings.url:
            self._waiting, self._fresh = [], []

    def add(self, notice: Notice | None) -> None:
        """Note something to tell, if there is somebody who wants to know."""
        wanted = self.settings.types
        if notice is not None and self.is_on and (not wanted or notice.type in wanted):
            self._fresh.append(notice)

    def due(self, now: float, most: int = 1000) -> list[Parcel]:
        """Take out the requests that leave now; lost ones are only written down.

        Args:
            now: Unix seconds.
            most: How many at once.
        """
        self._pack(now)
        leaving: list[Parcel] = []
        while self._waiting and self._waiting[0][0] <= now and len(leaving) < most:
            _, _, parcel = heapq.heappop(self._waiting)
            if parcel.is_lost:
                self._write_down(parcel, now, None)
            else:
                leaving.append(parcel)
        self._in_flight += len(leaving)
        return leaving

    def request(self, parcel: Parcel) -> httpx.Request:
        """Write a request: a POST of JSON for webhooks, a GET with parameters for callbacks."""
        if self._kind == "callbacks":
            query = urlencode(parcel.notices[0].content, quote_via=quote)
            joint = "&" if "?" in parcel.url else "?"
            return httpx.Request("GET", f"{parcel.url}{joint}{query}")
        contents = [dict(notice.content) for notice in parcel.notices]
        one_by_one = len(contents) == 1 and self.settings.batch == 1
        headers = {
            "Content-Type": "application/json",
            "X-Webhook-Type": parcel.notices[0].type,
            "X-Webhook-ID": parcel.id,
            "X-Request-ID": self._name(),
        }
        body = json.dumps(contents[0] if one_by_one else contents).encode()
        return httpx.Request("POST", parcel.url, headers=headers, content=body)

    def answered(self, parcel: Parcel, answer: httpx.Response | None, now: float) -> None:
        """Note what became of a request, and plan the next attempt if one is due.

        Args:
            parcel: The request.
            answer: The answer; None if there was none in time.
            now: Unix seconds.
        """
        self._in_flight -= 1
        self._write_down(parcel, now, answer.status_code if answer is not None else 0)
        if self._kind == "callbacks" or not _comes_again(answer):
            return
        if parcel.attempt <= len(RETRY_SECONDS):
            due = now + RETRY_SECONDS[parcel.attempt - 1] / self._speed
            again = Parcel(parcel.id, parcel.notices, parcel.url, parcel.attempt + 1)
            self._put(again, due)

    def _pack(self, now: float) -> None:
        """Turn fresh notices into requests."""
        settings, fresh = self.settings, self._fresh
        self._fresh = []
        size = 1 if self._kind == "callbacks" else settings.batch
        due = now + settings.delay / self._speed
        for start in range(0, len(fresh), size):
            notices = tuple(fresh[start : start + size])
            is_lost = self._chance.random() < settings.loss
            parcel = Parcel(self._name(), notices, settings.url, is_lost=is_lost)
            self._put(parcel, due + self._jitter())
            if not is_lost and self._chance.random() < settings.duplicates:
                self._put(parcel, due + self._jitter())

    def _jitter(self) -> float:
        spread = _SHUFFLED_OVER / self._speed if self.settings.shuffle else 0.0
        return spread * self._chance.random()

    def _put(self, parcel: Parcel, due: float) -> None:
        heapq.heappush(self._waiting, (due, next(self._order), parcel))

    def _name(self) -> str:
        name = f"sandbox {self._kind} {next(self._ids)}"
        return str(uuid.uuid5(uuid.NAMESPACE_OID, name))

    def _write_down(self, parcel: Parcel, now: float, status: int | None) -> None:
        self.deliveries += (
            {
                "id": parcel.id,
                "index": index,
                "type": notice.type,
                "contact_id": notice.contact_id,
                "at": now,
                "attempt": parcel.attempt,
                "status": status,
                "occurred_at": iso(notice.moment).replace("+0000", "+00:00"),
            }
            for index, notice in enumerate(parcel.notices)
        )


def _comes_again(answer: httpx.Response | None) -> bool:
    """Whether GetResponse tries again: only a 2xx with the right body tells it that all is well."""
    if answer is None or answer.status_code == _TOO_MANY_REQUESTS:
        return True
    if answer.status_code in (200, 201, 202, 204):
        return not _says_ok(answer)
    return answer.is_server_error or answer.is_success


def _says_ok(answer: httpx.Response) -> bool:
    try:
        said: Any = answer.json()
    except ValueError:
        return False
    return isinstance(said, dict) and cast("dict[str, object]", said).get("status") == "OK"

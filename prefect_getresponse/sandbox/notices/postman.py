"""Sends what is due over the network, next to the calls that a sandbox on a port answers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Protocol

import httpx

from prefect_getresponse.sandbox.notices.outbox import Outbox, Parcel

Post = Callable[[httpx.Request], httpx.Response]
"""Sends a request; raises `httpx.TransportError` if there is no answer."""

_TICK = 0.05
_SIDE_BY_SIDE = 50
_MOST_AT_ONCE = 500


class Office(Protocol):
    """Where requests to send are fetched, and what became of them is told; safe from threads."""

    def leaving(self, most: int) -> list[tuple[Outbox, Parcel]]:
        """Requests that leave now."""
        ...

    def returned(self, outbox: Outbox, parcel: Parcel, answer: httpx.Response | None) -> None:
        """Note what became of a request."""
        ...


def send_due(office: Office, post: Post) -> int:
    """Send all that is due, one request after another; returns how many."""
    sent = 0
    while leaving := office.leaving(_MOST_AT_ONCE):
        for outbox, parcel in leaving:
            answer = None
            with contextlib.suppress(httpx.TransportError):
                answer = post(outbox.request(parcel))
            office.returned(outbox, parcel, answer)
        sent += len(leaving)
    return sent


async def keep_sending(office: Office) -> None:
    """Send what is due, as it becomes due, until cancelled."""
    places = asyncio.Semaphore(_SIDE_BY_SIDE)
    limits = httpx.Limits(max_connections=_SIDE_BY_SIDE, max_keepalive_connections=_SIDE_BY_SIDE)
    async with _Client(limits) as http, asyncio.TaskGroup() as group:
        while True:
            leaving = office.leaving(_SIDE_BY_SIDE)
            for outbox, parcel in leaving:
                await places.acquire()
                task = group.create_task(_send(office, http, outbox, parcel))
                task.add_done_callback(lambda _task: places.release())
            await asyncio.sleep(0 if leaving else _TICK)


class _Client:
    """An HTTP client that is made when it is needed: reading certificates takes a while."""

    def __init__(self, limits: httpx.Limits) -> None:
        self._limits = limits
        self._http: httpx.AsyncClient | None = None

    async def __aenter__(self) -> _Client:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._http is not None:
            await self._http.aclose()

    def get(self) -> httpx.AsyncClient:
        """The client."""
        if self._http is None:
            self._http = httpx.AsyncClient(limits=self._limits, trust_env=False)
        return self._http


async def _send(office: Office, http: _Client, outbox: Outbox, parcel: Parcel) -> None:
    answer: httpx.Response | None = None
    request = outbox.request(parcel)
    # A wait that is cancelled from outside would cost httpx's pool the connection.
    request.extensions["timeout"] = httpx.Timeout(outbox.timeout).as_dict()
    with contextlib.suppress(httpx.HTTPError, httpx.InvalidURL):
        answer = await http.get().send(request)
    office.returned(outbox, parcel, answer)

"""The sync and the async client behind one face, for tests that hold for both."""

import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Literal, Self

from pydantic import SecretStr

from prefect_getresponse.client.auth import ApiKeyAuth, Authorization
from prefect_getresponse.client.connection import DIRECT, Connection
from prefect_getresponse.client.request import ApiAnswer, ApiRequest, RetryClass
from prefect_getresponse.client.send import AsyncClient, Client, Statistics
from prefect_getresponse.limits.throttle import Throttle

KEY = "canary-0123456789abcdef"

Flavour = Literal["sync", "async"]


class Sender:
    """One client in virtual time: its waits pass at once and are noted down.

    Attributes:
        now: Seconds on the client's clock.
        waits: Seconds it waited, in order.
    """

    def __init__(
        self,
        flavour: Flavour,
        base_url: str,
        key: str = KEY,
        auth: Authorization | None = None,
        connection: Connection = DIRECT,
    ) -> None:
        self.flavour: Flavour = flavour
        self.now = 1000.0
        self.waits: list[float] = []
        self.throttle = Throttle(clock=lambda: self.now, chance=random.Random(1))
        self._is_closed = False
        self._runner = asyncio.Runner()
        auth = auth or ApiKeyAuth(SecretStr(key), base_url, {})
        options: dict[str, Any] = {"throttle": self.throttle, "chance": random.Random(1)}
        options |= {"connection": connection, "clock": lambda: self.now}
        self._sync = Client(base_url, auth, sleep=self._sleep, **options)
        self._async = AsyncClient(base_url, auth, sleep=self._asleep, **options)

    def send(self, request: ApiRequest) -> ApiAnswer:
        if self.flavour == "sync":
            return self._sync.send(request)
        return self._runner.run(self._async.send(request))

    def rest(self, seconds: float = 0.1) -> None:
        """Let that much real time pass, in which what is done in the background goes on."""
        if self.flavour == "sync":
            time.sleep(seconds)
        else:
            self._runner.run(asyncio.sleep(seconds))

    def send_beside(
        self, request: ApiRequest, is_held: threading.Event, release: threading.Event
    ) -> ApiAnswer:
        """Send a call while the same call is held by the server.

        Args:
            request: The call.
            is_held: Set by the server when it holds the first one.
            release: Makes the server let go of it.
        """

        async def both() -> ApiAnswer:
            first = asyncio.create_task(self._async.send(request))
            await asyncio.to_thread(is_held.wait)
            try:
                return await self._async.send(request)
            finally:
                release.set()
                await first

        if self.flavour == "async":
            return self._runner.run(both())
        with ThreadPoolExecutor() as pool:
            pool.submit(self._sync.send, request)
            is_held.wait()
            try:
                return self._sync.send(request)
            finally:
                release.set()

    @property
    def statistics(self) -> Statistics:
        return self._sync.statistics if self.flavour == "sync" else self._async.statistics

    @property
    def calls(self) -> Counter[str]:
        return self.statistics.calls

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, if that was not done yet."""
        if self._is_closed:
            return
        self._is_closed = True
        self._sync.close()
        self._runner.run(self._async.aclose())
        self._runner.close()

    def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    async def _asleep(self, seconds: float) -> None:
        self._sleep(seconds)
        await asyncio.sleep(0)


MakeSender = Callable[[str], Sender]


def call(retry_class: RetryClass = RetryClass.READ, path: str = "/contacts") -> ApiRequest:
    """A call of a class, with the method and body that such a call has."""
    if retry_class is RetryClass.READ:
        return ApiRequest("GET", path, path, retry_class)
    if retry_class is RetryClass.DELETE:
        return ApiRequest("DELETE", "/contacts/{contactId}", "/contacts/c1", retry_class)
    return ApiRequest("POST", path, path, retry_class, body={"email": "jane.doe@example.com"})

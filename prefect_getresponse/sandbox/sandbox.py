"""The sandbox as others see it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import httpx

from prefect_getresponse.sandbox.notices.postman import Post, send_due
from prefect_getresponse.sandbox.wire.app import Application, Clock
from prefect_getresponse.sandbox.wire.authentication import Access
from prefect_getresponse.sandbox.wire.control import control
from prefect_getresponse.sandbox.wire.limits import FRAME_SECONDS
from prefect_getresponse.sandbox.wire.server import Server, serve_forever
from prefect_getresponse.sandbox.wire.transport import (
    AsyncSandboxTransport,
    AsyncSleep,
    SandboxTransport,
    Sleep,
    to_call,
    to_response,
)


class Sandbox:
    """A stateful local GetResponse.

    Args:
        api_key: The key that callers send as `X-Auth-Token: api-key <key>`.
        speed: How many times faster than life GetResponse's own work is done (the queue of
            accepted contacts, imports, sending, the life of access tokens) and people react to
            messages. Limits of calls stay in wall time.
        seed_contacts: Confirmed contacts on the default list from the start.
        client_id: Client id of the OAuth 2.0 application that may ask for tokens.
        client_secret: Its client secret.
        redirect_url: Where its authorize page sends people with a code.
        domain: Domain of a MAX account, which callers send as `X-Domain`; empty for retail.
        frame_seconds: Length of the frame of calls, which holds calls in proportion to it: 3,000 in
            60 seconds. GetResponse's own has 600; a shorter one is for measuring.
        strict: Whether to take the contract only. Otherwise what GetResponse is known to take
            beyond it is taken too, such as what its own older clients send.
        queue_status: HTTP status for an address that is sent again while it is still in the queue:
            409, or 400. Which of them GetResponse answers is not known.
        clock: Returns unix seconds; pass your own to run in virtual time.

    Raises:
        ValueError: If an argument makes no sense.

    Example:
        ```python
        import httpx
        from prefect_getresponse.sandbox import Sandbox

        sandbox = Sandbox()
        client = httpx.Client(
            transport=sandbox.transport(),
            base_url="https://api.getresponse.com/v3",
            headers={"X-Auth-Token": "api-key sandbox-key"},
        )
        print(client.get("/campaigns").json())
        ```
    """

    def __init__(
        self,
        *,
        api_key: str = "sandbox-key",
        speed: float = 1.0,
        seed_contacts: int = 0,
        client_id: str = "sandbox-client",
        client_secret: str = "sandbox-secret",  # noqa: S107 - a secret of the sandbox only
        redirect_url: str = "http://127.0.0.1:8750/",
        domain: str = "",
        frame_seconds: float = FRAME_SECONDS,
        strict: bool = False,
        queue_status: int = 409,
        clock: Clock = time.time,
    ) -> None:
        if not (api_key and client_id and client_secret):
            raise ValueError("api_key, client_id or client_secret is empty")
        if speed <= 0:
            raise ValueError(f"speed must be above 0, not {speed}")
        if seed_contacts < 0:
            raise ValueError(f"seed_contacts cannot be negative: {seed_contacts}")
        if frame_seconds < 1:
            raise ValueError(f"frame_seconds must be at least 1, not {frame_seconds}")
        if queue_status not in (400, 409):
            raise ValueError(f"queue_status must be 400 or 409, not {queue_status}")
        access = Access(api_key, client_id, client_secret, redirect_url, domain)
        self._app = Application(
            access=access,
            speed=speed,
            seed_contacts=seed_contacts,
            frame_seconds=frame_seconds,
            strict=strict,
            queue_status=queue_status,
            control=control,
            clock=clock,
        )

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Execute a request, at once: a fault's delay is left out here.

        Args:
            request: Any request; only its path says what it means, not its host.

        Raises:
            httpx.ReadError: If a fault resets the connection.
            httpx.RemoteProtocolError: If a fault cuts the answer short.
        """
        with self._app.visit(to_call(request, request.read())) as visit:
            return to_response(visit.exchange(), request)

    def transport(self, sleep: Sleep = time.sleep) -> httpx.BaseTransport:
        """Return a transport for `httpx.Client`.

        Args:
            sleep: Waits out the delays of faults, in seconds.
        """
        return SandboxTransport(self._app, sleep)

    def async_transport(self, sleep: AsyncSleep = asyncio.sleep) -> httpx.AsyncBaseTransport:
        """Return a transport for `httpx.AsyncClient`.

        Args:
            sleep: Waits out the delays of faults, in seconds.
        """
        return AsyncSandboxTransport(self._app, sleep)

    def send_notices(self, post: Post) -> int:
        """Send the webhooks and callbacks that are due by a function of yours.

        A sandbox on a port sends them by itself; without one, this is how they leave.

        Args:
            post: Sends a request and returns the answer; raises `httpx.TransportError` if there
                is none.

        Returns:
            How many requests left.
        """
        return send_due(self._app, post)

    def serve(self, host: str = "127.0.0.1", port: int = 0) -> Server:
        """Return a server to be used in a `with` statement; it runs in a thread of its own.

        Args:
            host: Address to listen on.
            port: Port to listen on, 0 for a free one.
        """
        return Server(self._app, host, port)

    def serve_forever(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        on_ready: Callable[[str], None] = lambda _url: None,
    ) -> None:
        """Serve in the foreground until SIGINT (KeyboardInterrupt) or SIGTERM.

        Args:
            host: Address to listen on.
            port: Port to listen on, 0 for a free one.
            on_ready: Called with the base URL, `http://127.0.0.1:8088/v3`, once calls are served.

        Raises:
            OSError: If the address cannot be listened on.
        """
        serve_forever(self._app, host, port, on_ready)

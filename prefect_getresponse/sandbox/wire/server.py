"""The sandbox on a socket: asyncio streams and h11, so that faults are real on the wire."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import struct
import threading
from collections.abc import AsyncGenerator, Callable
from http import HTTPStatus
from types import TracebackType

import h11

from prefect_getresponse.sandbox.contract.messages import Answer, Call, Exchange, json_answer
from prefect_getresponse.sandbox.notices.postman import keep_sending
from prefect_getresponse.sandbox.wire.app import Application, Visit
from prefect_getresponse.sandbox.wire.transport import length_header

logger = logging.getLogger(__name__)

_CHUNK = 65_536
_LARGEST_HEAD = 65_536
_LARGEST_BODY = 64 * 1024 * 1024
# SO_LINGER with no time left: closing sends RST instead of FIN.
_ABORT = struct.pack("ii", 1, 0)


class _Connection:
    """One connection of a client, with as many calls as it likes to make."""

    def __init__(
        self, app: Application, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._app = app
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_LARGEST_HEAD)
        peer: tuple[str, int] | None = writer.get_extra_info("peername")
        self._peer = f"{peer[0]}:{peer[1]}" if peer else ""
        self._wants_body = True

    async def serve(self) -> None:
        """Answer calls until one side closes."""
        with contextlib.suppress(ConnectionError):
            try:
                await self._serve_calls()
            except h11.RemoteProtocolError as error:
                if self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
                    refusal = {"error": str(error)}
                    await self._send(json_answer(error.error_status_hint, refusal))
            finally:
                self._writer.close()

    async def _serve_calls(self) -> None:
        while (call := await self._receive()) is not None:
            await self._answer(call)
            if self._http.our_state is not h11.DONE:
                return
            self._http.start_next_cycle()

    async def _answer(self, call: Call) -> None:
        with self._app.visit(call) as visit:
            # Calls that are there together are in flight together.
            await asyncio.sleep(0)
            exchange = self._exchange(visit)
            if exchange.delay:
                await asyncio.sleep(exchange.delay)
            if exchange.ending == "reset":
                self._abort()
            elif exchange.ending == "truncate":
                await self._send_half(exchange.answer)
            else:
                await self._send(exchange.answer)

    @staticmethod
    def _exchange(visit: Visit) -> Exchange:
        try:
            return visit.exchange()
        except Exception:
            logger.exception("a call failed inside the sandbox")
            return Exchange(json_answer(500, {"error": "the sandbox itself failed, see its log"}))

    async def _receive(self) -> Call | None:
        """Read one whole request; None if the client is gone."""
        request: h11.Request | None = None
        body = bytearray()
        while True:
            event = await self._next_event()
            if isinstance(event, h11.Request):
                request = event
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > _LARGEST_BODY:
                    raise h11.RemoteProtocolError("body too large", error_status_hint=413)
            elif isinstance(event, h11.EndOfMessage) and request is not None:
                break
            else:
                return None
        headers = [
            (name.decode("ascii"), value.decode("latin-1")) for name, value in request.headers
        ]
        target = request.target.decode("latin-1")
        method = request.method.decode("ascii")
        self._wants_body = method != "HEAD"
        return Call.received(method, target, headers, bytes(body), self._peer)

    async def _next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            if self._http.they_are_waiting_for_100_continue:
                go_on = h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue")
                self._write(go_on)
            self._http.receive_data(await self._reader.read(_CHUNK))
        return event

    async def _send(self, answer: Answer) -> None:
        self._write(_head(answer))
        if answer.body and self._wants_body:
            self._write(h11.Data(data=answer.body))
        self._write(h11.EndOfMessage())
        await self._writer.drain()

    async def _send_half(self, answer: Answer) -> None:
        """Promise the whole answer and send half of it, of an empty one half the headers."""
        head = self._http.send(_head(answer)) or b""
        if answer.body:
            self._writer.write(head + answer.body[: len(answer.body) // 2])
        else:
            self._writer.write(head[: len(head) // 2])
        self._http.send_failed()
        await self._writer.drain()

    def _write(self, event: h11.Event) -> None:
        self._writer.write(self._http.send(event) or b"")

    def _abort(self) -> None:
        """Close with a reset instead of a proper end."""
        connection: socket.socket = self._writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
        self._writer.transport.abort()
        self._http.send_failed()


def _head(answer: Answer) -> h11.Response:
    headers = {**answer.headers, **length_header(answer)}
    reason = b""
    with contextlib.suppress(ValueError):
        reason = HTTPStatus(answer.status).phrase.encode("ascii")
    return h11.Response(status_code=answer.status, headers=list(headers.items()), reason=reason)


@contextlib.asynccontextmanager
async def _listening(app: Application, host: str, port: int) -> AsyncGenerator[str]:
    """Listen while the block runs; yields the base URL."""
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            connections.add(task)
            task.add_done_callback(connections.discard)
        with contextlib.suppress(asyncio.CancelledError):
            await _Connection(app, reader, writer).serve()

    server = await asyncio.start_server(connected, host, port)
    sending = asyncio.create_task(keep_sending(app))
    bound_port = server.sockets[0].getsockname()[1]
    shown_host = f"[{host}]" if ":" in host else host
    try:
        yield f"http://{shown_host}:{bound_port}/v3"
    finally:
        server.close()
        connections.add(sending)
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


class Server:
    """The sandbox on a port, in a background thread with an event loop of its own.

    Attributes:
        url: Base URL of the API, `http://127.0.0.1:PORT/v3`, while the `with` block runs.
    """

    def __init__(self, app: Application, host: str, port: int) -> None:
        self._app = app
        self._host = host
        self._port = port
        self.url = ""

    def __enter__(self) -> Server:
        """Start listening; calls are served when this returns.

        Raises:
            OSError: If the address cannot be listened on.
        """
        started = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(
            target=self._run, args=(started,), name="getresponse-sandbox", daemon=True
        )
        self._thread.start()
        started.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop listening, drop open connections, end the thread."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self.url = ""

    def _run(self, started: threading.Event) -> None:
        try:
            asyncio.run(self._serve(started))
        except BaseException as error:
            self._failure = error
        finally:
            started.set()

    async def _serve(self, started: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        async with _listening(self._app, self._host, self._port) as url:
            self.url = url
            started.set()
            await self._stop.wait()


def serve_forever(app: Application, host: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve in the foreground until SIGINT or SIGTERM.

    Args:
        app: The sandbox's application.
        host: Address to listen on.
        port: Port to listen on, 0 for a free one.
        on_ready: Called with the base URL once calls are served.

    Raises:
        OSError: If the address cannot be listened on.
    """
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve_until_signal(app, host, port, on_ready))


async def _serve_until_signal(
    app: Application, host: str, port: int, on_ready: Callable[[str], None]
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Only the main thread of a Unix process can do this; elsewhere KeyboardInterrupt serves.
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, stop.set)
    async with _listening(app, host, port) as url:
        on_ready(url)
        await stop.wait()

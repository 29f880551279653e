"""Serves the receiver: one process, many connections, and no log that would hold the secret."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from starlette.types import ASGIApp

from prefect_getresponse.events.receiving.connections import allow_many_files, guarded_protocol
from prefect_getresponse.runtime.garbage import keep_for_good

_IDLE_SECONDS = 75
"""Longer than proxies keep connections to what is behind them, so that they close first."""
_GOODBYE_SECONDS = 5
_BACKLOG = 2048


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_ready: Callable[[str], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Begin to listen, and say where."""
        keep_for_good()  # a full collection would hold up all answers
        await super().startup(sockets=sockets)  # type: ignore[arg-type]
        for server in getattr(self, "servers", []):
            for listening in server.sockets:
                host, port = listening.getsockname()[:2]
                self._on_ready(f"http://{f'[{host}]' if ':' in host else host}:{port}")
                return


def serve(
    application: ASGIApp,
    host: str,
    port: int,
    on_ready: Callable[[str], None] = lambda _url: None,
) -> bool:
    """Serve until SIGINT or SIGTERM; what has begun is answered first.

    Args:
        application: The receiver.
        host: Address to listen on.
        port: Port to listen on, 0 for a free one.
        on_ready: Called with the address once requests are taken.

    Returns:
        Whether it could listen.
    """
    allow_many_files()
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        http=guarded_protocol(),
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        backlog=_BACKLOG,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_GOODBYE_SECONDS,
        server_header=False,
        proxy_headers=False,  # nothing asks who called: the secret says enough
    )
    server = _Server(config, on_ready)
    with suppress(KeyboardInterrupt, SystemExit):
        server.run()
    return server.started

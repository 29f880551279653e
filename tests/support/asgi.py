"""Calls an ASGI application without sockets, from code that is not async."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.types import ASGIApp


async def started_and_stopped(application: Starlette) -> None:
    """Let a server start and stop an application: a receiver then closes its inbox."""
    async with application.router.lifespan_context(application):
        pass


class AsgiClient:
    """An HTTP client of one application, on an event loop that lasts.

    Args:
        application: Whom to call.
    """

    def __init__(self, application: ASGIApp) -> None:
        self._runner = asyncio.Runner()
        transport = httpx.ASGITransport(application)
        self._http = httpx.AsyncClient(transport=transport, base_url="https://hooks")

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self._runner.run(self._http.get(path, **options))

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self._runner.run(self._http.post(path, **options))

    def send(self, request: httpx.Request) -> httpx.Response:
        """Send a request as it is."""
        return self._runner.run(self._http.send(request))

    def close(self) -> None:
        self._runner.run(self._http.aclose())
        self._runner.close()

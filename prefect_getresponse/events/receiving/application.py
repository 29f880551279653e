"""The ASGI application that GetResponse calls.

Webhooks are not signed: all that proves one is a secret in the query of its URL. GetResponse sends
a webhook again after no answer, 429, 5xx, or a 2xx without `{"status": "OK"}`; any other answer is
the last that is heard of it.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qsl

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from prefect_getresponse.events.inbox.entries import Entry
from prefect_getresponse.events.inbox.inbox import Inbox
from prefect_getresponse.events.receiving.group_commit import GroupCommit, NotKept
from prefect_getresponse.events.receiving.reading import (
    MAX_BODY,
    TooLarge,
    callback_entry,
    is_probe,
    parameters,
    unpacked,
    webhook_entries,
)

logger = logging.getLogger("prefect_getresponse")

BODY_SECONDS = 10.0
"""Most seconds a body may take: GetResponse has given up after 5."""
_COMPLAIN_SECONDS = 30.0
_JSON = "application/json"
_OK = b'{"status":"OK"}'
Kept = Callable[[Sequence[Entry]], None]


def application(
    inbox: Inbox,
    secrets: Sequence[SecretStr],
    on_kept: Kept,
    clock: Callable[[], float] = time.time,
) -> Starlette:
    """Make the application: `/webhooks`, `/callbacks` and `/health`.

    Args:
        inbox: Where notices are kept.
        secrets: What the query parameter `secret` may be.
        on_kept: Hears of entries that are durable now.
        clock: Seconds since the epoch.
    """
    receiving = _Receiver(GroupCommit(inbox, on_kept), secrets, clock)
    # With a slash at the end too: Starlette would redirect, and GetResponse does not follow.
    return Starlette(
        routes=[
            route
            for slash in ("", "/")
            for route in (
                Route(f"/webhooks{slash}", receiving.webhook, methods=["POST"]),
                Route(f"/callbacks{slash}", receiving.callback, methods=["GET", "POST"]),
                Route(f"/health{slash}", receiving.health, methods=["GET"]),
            )
        ]
    )


class _Refused(Exception):
    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        self.reason = reason


class _Receiver:
    def __init__(
        self, commit: GroupCommit, secrets: Sequence[SecretStr], clock: Callable[[], float]
    ) -> None:
        self._commit = commit
        self._secrets = [secret.get_secret_value().encode() for secret in secrets]
        self._clock = clock
        self._complained_at = -_COMPLAIN_SECONDS

    async def webhook(self, request: Request) -> Response:
        """Take one event, or a list of them."""
        try:
            self._check_secret(request)
            body = await _body(request)
            if is_probe(body):
                await self._commit.check()
                return _ok()
            webhook_id = request.headers.get("X-Webhook-ID", "")
            return await self._keep(webhook_entries(body, webhook_id, self._clock()))
        except _Refused as refusal:
            return _refusal(refusal)
        except NotKept as error:
            return self._not_kept(error)

    async def callback(self, request: Request) -> Response:
        """Take what happened as parameters; callbacks have neither ids nor times."""
        try:
            self._check_secret(request)
            given = dict(parse_qsl(request.url.query, keep_blank_values=True))
            given |= dict(parameters(await _body(request)))
            given.pop("secret", None)
            return await self._keep([callback_entry(iter(given.items()), self._clock())])
        except _Refused as refusal:
            return _refusal(refusal)
        except NotKept as error:
            return self._not_kept(error)

    async def health(self, _request: Request) -> Response:
        """Say whether notices could be kept now."""
        try:
            await self._commit.check()
        except NotKept as error:
            return self._not_kept(error)
        return _ok()

    def _check_secret(self, request: Request) -> None:
        given = request.query_params.get("secret", "").encode()
        # All are compared, so that the time does not tell which one is nearer.
        equal = [hmac.compare_digest(given, secret) for secret in self._secrets]
        if not any(equal):
            raise _Refused(401, "the secret is wrong")

    async def _keep(self, entries: Sequence[Entry]) -> Response:
        if entries:
            await self._commit.keep(entries)
        return _ok()

    def _not_kept(self, error: NotKept) -> Response:
        """Answer so that it comes again; one line in the log says so, not one for each."""
        now = time.monotonic()
        if now - self._complained_at >= _COMPLAIN_SECONDS:
            self._complained_at = now
            logger.error("notices are not taken: %s; GetResponse retries webhooks", error)
        return _refusal(_Refused(503, "try again"))


async def _body(request: Request) -> bytes:
    """The body, unpacked; no more than is allowed is read of it."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in request.stream():
                body += piece
                if len(body) > MAX_BODY:
                    raise TooLarge
        return unpacked(bytes(body), request.headers.get("Content-Encoding", ""))
    except TooLarge:
        raise _Refused(413, "the body is too large") from None
    except (TimeoutError, ClientDisconnect):
        raise _Refused(503, "the body came too slowly") from None


def _ok() -> Response:
    return Response(_OK, media_type=_JSON)


def _refusal(refusal: _Refused) -> Response:
    headers: dict[str, Any] = {"Retry-After": "10"} if refusal.status == 503 else {}
    body = f'{{"status":"error","reason":"{refusal.reason}"}}'
    return Response(body, refusal.status, headers, _JSON)

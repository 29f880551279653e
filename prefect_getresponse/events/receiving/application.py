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
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qsl

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

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
Kept = Callable[[Sequence[Entry]], None]


def application(
    inbox: Inbox,
    secrets: Sequence[SecretStr],
    on_kept: Kept,
    clock: Callable[[], float] = time.time,
    at_end: Callable[[], None] = lambda: None,
) -> Starlette:
    """Make the application: `/webhooks`, `/callbacks` and `/health`.

    Args:
        inbox: Where notices are kept.
        secrets: What the query parameter `secret` may be.
        on_kept: Hears of entries that are durable now.
        clock: Seconds since the epoch.
        at_end: Is called when a server stops the application.
    """

    @asynccontextmanager
    async def lifespan(_application: Starlette) -> AsyncGenerator[None]:
        yield
        await commit.end()
        at_end()

    commit = GroupCommit(inbox, on_kept)
    receiving = _Receiver(commit, secrets, clock)
    # With a slash at the end too: Starlette would redirect, and GetResponse does not follow.
    return Starlette(
        routes=[
            Route(f"/{name}{slash}", _Endpoint(handle), name=name, methods=methods)
            for slash in ("", "/")
            for name, handle, methods in (
                ("webhooks", receiving.webhook, ["POST"]),
                ("callbacks", receiving.callback, ["GET", "POST"]),
                ("health", receiving.health, ["GET"]),
            )
        ],
        lifespan=lifespan,
    )


class _Refused(Exception):
    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes
    retry_after: str = ""
    is_last: bool = False
    """Whether the connection is closed: servers would wait for a body that was not read."""


_DONE = _Answer(200, b'{"status":"OK"}')
_Handle = Callable[[Scope, Receive], Awaitable[_Answer]]


class _Endpoint:
    """Answers without Starlette's requests and responses, which cost as much as the rest."""

    def __init__(self, handle: _Handle) -> None:
        self._handle = handle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._handle(scope, receive)
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(answer.body)).encode()),
        ]
        if answer.retry_after:
            headers.append((b"retry-after", answer.retry_after.encode()))
        if answer.is_last:
            headers.append((b"connection", b"close"))
        start = {"type": "http.response.start", "status": answer.status, "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": answer.body})


class _Receiver:
    def __init__(
        self, commit: GroupCommit, secrets: Sequence[SecretStr], clock: Callable[[], float]
    ) -> None:
        self._commit = commit
        self._secrets = [secret.get_secret_value().encode() for secret in secrets]
        self._clock = clock
        self._complained_at = -_COMPLAIN_SECONDS

    async def webhook(self, scope: Scope, receive: Receive) -> _Answer:
        """Take one event, or a list of them."""
        try:
            self._check_secret(_query(scope))
            body = await _body(scope, receive)
            if is_probe(body):
                await self._commit.check()
                return _DONE
            webhook_id = _header(scope, b"x-webhook-id")
            return await self._keep(webhook_entries(body, webhook_id, self._clock()))
        except _Refused as refusal:
            return _refusal(refusal)
        except NotKept as error:
            return self._not_kept(error)

    async def callback(self, scope: Scope, receive: Receive) -> _Answer:
        """Take what happened as parameters; callbacks have neither ids nor times."""
        try:
            given = _query(scope)
            self._check_secret(given)
            given |= dict(parameters(await _body(scope, receive)))
            given.pop("secret", None)
            return await self._keep([callback_entry(iter(given.items()), self._clock())])
        except _Refused as refusal:
            return _refusal(refusal)
        except NotKept as error:
            return self._not_kept(error)

    async def health(self, _scope: Scope, _receive: Receive) -> _Answer:
        """Say whether notices could be kept now."""
        try:
            await self._commit.check()
        except NotKept as error:
            return self._not_kept(error)
        return _DONE

    def _check_secret(self, query: Mapping[str, str]) -> None:
        given = query.get("secret", "").encode()
        # All are compared, so that the time does not tell which one is nearer.
        equal = [hmac.compare_digest(given, secret) for secret in self._secrets]
        if not any(equal):
            raise _Refused(401, "the secret is wrong")

    async def _keep(self, entries: Sequence[Entry]) -> _Answer:
        if entries:
            await self._commit.keep(entries)
        return _DONE

    def _not_kept(self, error: NotKept) -> _Answer:
        """Answer so that it comes again; one line in the log says so, not one for each."""
        now = time.monotonic()
        if now - self._complained_at >= _COMPLAIN_SECONDS:
            self._complained_at = now
            logger.error("notices are not taken: %s; GetResponse retries webhooks", error)
        return _refusal(_Refused(503, "try again"), is_read=True)


def _query(scope: Scope) -> dict[str, str]:
    query: bytes = scope["query_string"]
    return dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))


def _header(scope: Scope, name: bytes) -> str:
    given: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return next((value.decode("latin-1") for each, value in given if each == name), "")


async def _body(scope: Scope, receive: Receive) -> bytes:
    """The body, unpacked; no more than is allowed is read of it."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _Refused(503, "the body came too slowly")
                body += message.get("body", b"")
                if len(body) > MAX_BODY:
                    raise TooLarge
                if not message.get("more_body", False):
                    break
        return unpacked(bytes(body), _header(scope, b"content-encoding"))
    except TooLarge:
        raise _Refused(413, "the body is too large") from None
    except TimeoutError:
        raise _Refused(503, "the body came too slowly") from None


def _refusal(refusal: _Refused, *, is_read: bool = False) -> _Answer:
    body = f'{{"status":"error","reason":"{refusal.reason}"}}'
    retry_after = "10" if refusal.status == 503 else ""
    return _Answer(refusal.status, body.encode(), retry_after, is_last=not is_read)

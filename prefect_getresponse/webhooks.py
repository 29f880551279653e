"""Receive GetResponse's webhooks and callbacks as Prefect events, which automations can act on.

Webhooks are not signed: all that proves one is a secret in the query of its URL, which is
registered in GetResponse's panel.  So what it says is only a hint.  The event holds ids and no
addresses, and the flow that it starts reads through the API what is true.

    uvicorn --factory prefect_getresponse.webhooks:app --no-access-log

Access logs hold the secret, so do without them, or without queries in them.
Source: GetResponse API v3, Webhooks, Payloads; Callback manual 1.2.2.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import parse_qsl
from uuid import NAMESPACE_URL, uuid5

from prefect.events import Event, Resource
from prefect.events.clients import get_events_client
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from prefect_getresponse.client.errors import InvalidConfiguration
from prefect_getresponse.settings import GetResponseSettings

logger = logging.getLogger("prefect_getresponse")

MAX_BODY = 1 << 20
MOST_EVENTS = 100
REMEMBERED_SECONDS = 24 * 3600.0
TIMELY_SECONDS = 3600.0
_SHORTEST_SECRET = 43  # 32 random bytes in base64
_DELIVERY_SECONDS = 4.0  # GetResponse waits for 5
_MOST_REMEMBERED = 1_000_000
_TYPE = re.compile(r"[a-z0-9_]{1,64}")
_ID = re.compile(r"[A-Za-z0-9]{1,32}")
_WITH_IDS = ("contact", "campaign", "sourceCampaign", "message", "clickTrack", "sms", "account")
# GetResponse sends a webhook again that is not answered with exactly this.
_OK = {"status": "OK"}

Deliver = Callable[[Sequence[Event]], Awaitable[None]]


def app() -> Starlette:
    """The receiver as the settings describe it, for uvicorn's `--factory`.

    Raises:
        InvalidConfiguration: There is no usable `WEBHOOK_SECRET`.
    """
    settings = GetResponseSettings()
    given = (settings.webhook_secret, settings.webhook_secret_before)
    secrets = [secret for secret in given if secret.get_secret_value()]
    return receiver(secrets, account_name=settings.account_name)


def receiver(
    secrets: Sequence[SecretStr],
    *,
    account_name: str = "default",
    deliver: Deliver | None = None,
    clock: Callable[[], float] = time.time,
) -> Starlette:
    """Make an ASGI application that takes `/webhooks` and `/callbacks`.

    Args:
        secrets: What the query parameter `secret` may be: one, or two while a new one is put into
            the panel.  At least 43 characters each, as `secrets.token_urlsafe(32)` makes them.
        account_name: Name of the account in events.
        deliver: Hands events on; to Prefect if not given.  GetResponse is told to try again if it
            fails.
        clock: Seconds since the epoch.

    Raises:
        InvalidConfiguration: There is no secret, or it is too short.
    """
    if not secrets or min(len(each.get_secret_value()) for each in secrets) < _SHORTEST_SECRET:
        raise InvalidConfiguration(
            "webhooks need a secret of at least 32 random bytes",
            advice="Set WEBHOOK_SECRET to what `python -c 'import secrets; "
            "print(secrets.token_urlsafe(32))'` prints, and put ?secret=... into the URL.",
        )
    receiving = _Receiver(secrets, account_name, deliver or send_to_prefect, clock)
    # With a slash at the end too: Starlette would redirect, and GetResponse does not follow.
    return Starlette(
        routes=[
            route
            for slash in ("", "/")
            for route in (
                Route(f"/webhooks{slash}", receiving.webhook, methods=["POST"]),
                Route(f"/callbacks{slash}", receiving.callback, methods=["GET", "POST"]),
            )
        ]
    )


async def send_to_prefect(events: Sequence[Event]) -> None:
    """Send events to the Prefect server, and wait until it has them."""
    async with get_events_client(reconnection_attempts=0, checkpoint_every=1) as client:
        for event in events:
            await client.emit(event)


class _Receiver:
    def __init__(
        self,
        secrets: Sequence[SecretStr],
        account_name: str,
        deliver: Deliver,
        clock: Callable[[], float],
    ) -> None:
        self._secrets = secrets
        self._account_name = account_name
        self._deliver = deliver
        self._clock = clock
        self._seen: OrderedDict[str, float] = OrderedDict()

    async def webhook(self, request: Request) -> Response:
        """Take one event, or a list of them."""
        if not self._is_known(request):
            return _refusal(401, "the secret is wrong")
        body = await _body(request)
        if body is None:
            return _refusal(413, "the body is too large")
        events = _events(body)
        if events is None:
            return _refusal(400, "this is no webhook")
        webhook_id = request.headers.get("X-Webhook-ID", "")
        keys = [f"{webhook_id}/{at}" if webhook_id else "" for at in range(len(events))]
        fresh = [each for each in zip(keys, events, strict=True) if not self._was_seen(each[0])]
        return await self._hand_on(
            [key for key, _ in fresh], [self._event(*each) for each in fresh]
        )

    async def callback(self, request: Request) -> Response:
        """Take what happened as parameters; callbacks have neither ids nor times."""
        if not self._is_known(request):
            return _refusal(401, "the secret is wrong")
        body = await _body(request)
        if body is None:
            return _refusal(413, "the body is too large")
        given = dict(request.query_params) | dict(parse_qsl(body.decode("utf-8", "replace")))
        action = given.get("action", "")
        if not _TYPE.fullmatch(action):
            return _refusal(400, "this is no callback")
        ids = {
            name.removesuffix("_ID").lower(): value
            for name, value in given.items()
            if name.endswith("_ID") and _ID.fullmatch(value)
        }
        event = self._made(f"callback.{action}", ids.get("contact", ""), {"ids": ids})
        return await self._hand_on((), [event])

    def _is_known(self, request: Request) -> bool:
        given = request.query_params.get("secret", "").encode()
        # All are compared, so that the time does not tell which one is nearer.
        equal = [
            hmac.compare_digest(given, secret.get_secret_value().encode())
            for secret in self._secrets
        ]
        return any(equal)

    def _was_seen(self, key: str) -> bool:
        now = self._clock()
        while self._seen and (
            now - next(iter(self._seen.values())) > REMEMBERED_SECONDS
            or len(self._seen) > _MOST_REMEMBERED
        ):
            self._seen.popitem(last=False)
        return key in self._seen

    async def _hand_on(self, keys: Iterable[str], events: Sequence[Event]) -> Response:
        try:
            if events:
                await asyncio.wait_for(self._deliver(events), _DELIVERY_SECONDS)
        except Exception as error:
            logger.warning("webhook not handed on (%s): it is to come again", type(error).__name__)
            return _refusal(503, "try again")  # a 4xx would be the last that is heard of it
        self._seen.update((key, self._clock()) for key in keys if key)
        return JSONResponse(_OK)

    def _event(self, key: str, payload: Mapping[str, Any]) -> Event:
        ids = dict(_ids(payload))
        occurred = _moment(payload)
        age = None if occurred is None else self._clock() - occurred.timestamp()
        hint = {"ids": ids, "occurred_at": occurred.isoformat() if occurred else None}
        timely = age is not None and 0 <= age <= TIMELY_SECONDS
        made = self._made(f"webhook.{payload['type']}", ids.get("contact", ""), hint, timely)
        # The same event of another process of ours is the same event for Prefect.
        return made.model_copy(update={"id": uuid5(NAMESPACE_URL, key)}) if key else made

    def _made(
        self, name: str, contact_id: str, payload: dict[str, Any], timely: bool = True
    ) -> Event:
        resource = {
            "prefect.resource.id": f"getresponse.account.{self._account_name}",
            "getresponse.timely": "true" if timely else "false",
            "getresponse.contact": contact_id or "unknown",
        }
        return Event(event=f"getresponse.{name}", resource=Resource(resource), payload=payload)


async def _body(request: Request) -> bytes | None:
    """The body, None if it is too large: no more than that is read of it."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY:
            return None
    return bytes(body)


def _events(body: bytes) -> list[Mapping[str, Any]] | None:
    """Events of a body; None if it is something else.  Unknown types are taken, too."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    events = cast("list[object]", found) if isinstance(found, list) else [found]
    if not 0 < len(events) <= MOST_EVENTS or not all(map(_is_event, events)):
        return None
    return [cast("Mapping[str, Any]", event) for event in events]


def _is_event(event: object) -> bool:
    if not isinstance(event, dict):
        return False
    kind = cast("dict[str, object]", event).get("type")
    return isinstance(kind, str) and _TYPE.fullmatch(kind) is not None


def _ids(payload: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Ids of what an event is about; nothing else of it is handed on."""
    contact = payload.get("contact")
    nested = cast("dict[str, Any]", contact if isinstance(contact, dict) else {})
    for name in _WITH_IDS:
        found = payload.get(name, nested.get(name))
        if not isinstance(found, dict):
            continue
        members = cast("Mapping[str, object]", found)
        key = "campaign" if name == "sourceCampaign" else name
        value = members.get(f"{key}Id", members.get("resourceId"))
        if isinstance(value, str) and _ID.fullmatch(value):
            yield name, value


def _moment(payload: Mapping[str, Any]) -> datetime | None:
    event = payload.get("event")
    said = (
        cast("Mapping[str, object]", event).get("occurredAt") if isinstance(event, dict) else None
    )
    try:
        moment = datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


def _refusal(status: int, reason: str) -> Response:
    return JSONResponse({"status": "error", "reason": reason}, status_code=status)

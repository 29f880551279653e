"""Turns requests into entries. What cannot be read is kept as it came: it costs the others nothing.

Source: GetResponse API v3, Webhooks, Payloads; Callback manual 1.2.2.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast
from urllib.parse import parse_qsl

import orjson

from prefect_getresponse.events.identities import TYPE, id_of, identity_of, member, moment_of
from prefect_getresponse.events.inbox.entries import Entry

PROBE = "prefect_getresponse_probe"
"""Type of what `doctor` sends: answered as a webhook is, and not kept."""
MAX_BODY = 8 << 20
"""Bytes of a body, unpacked: a hundred events have some hundred thousand."""
_LONGEST_ID = 100
_LONGEST_VALUE = 4096


class TooLarge(Exception):
    """A body is larger than any of GetResponse's."""


def unpacked(body: bytes, coding: str) -> bytes:
    """Undo the content coding of a body; one that is unknown or broken is left as it is.

    Raises:
        TooLarge: More comes out than is allowed.
    """
    if coding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        return body
    opener = zlib.decompressobj(wbits=47)  # finds out which of the two it is
    try:
        found = opener.decompress(body, MAX_BODY + 1)
        found += opener.flush() if len(found) <= MAX_BODY and opener.eof else b""
    except zlib.error:
        return body
    if len(found) > MAX_BODY:
        raise TooLarge
    return found if opener.eof else body


def is_probe(body: bytes) -> bool:
    """Whether a body is what `doctor` sends."""
    if len(body) > _LONGEST_ID or PROBE.encode() not in body:
        return False
    try:
        return bool(orjson.loads(body) == {"type": PROBE})
    except orjson.JSONDecodeError:
        return False


def webhook_entries(body: bytes, webhook_id: str, received_at: float) -> list[Entry]:
    """Entries of a webhook's body: one for each element, readable or not.

    Args:
        body: The body, unpacked.
        webhook_id: `X-Webhook-ID`; without one nothing is taken for a retry.
        received_at: When it came, unix seconds.
    """
    name = _safe_id(webhook_id) or f"unnamed/{uuid.uuid4()}"
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return [_unreadable(name, 0, {"raw": _as_text(body)}, "no JSON", received_at)]
    elements = cast(Sequence[Any], found) if isinstance(found, list) else [found]
    return [
        _webhook_entry(name, index, element, received_at) for index, element in enumerate(elements)
    ]


def callback_entry(query: Iterator[tuple[str, str]], received_at: float) -> Entry:
    """The entry of a callback: every arrival is one, because callbacks have no ids.

    Args:
        query: Names and values of its parameters, without the secret.
        received_at: When it came, unix seconds.
    """
    given = {name: value[:_LONGEST_VALUE] for name, value in query}
    payload = orjson.dumps(given, option=orjson.OPT_SORT_KEYS)
    digest = hashlib.blake2b(payload, digest_size=8).hexdigest()
    action = given.get("action", "")
    is_readable = TYPE.fullmatch(action) is not None
    return Entry(
        key=f"callback/{digest}/{uuid.uuid4()}",
        kind="callback",
        type=action if is_readable else "unreadable",
        payload=payload.decode(),
        received_at=received_at,
        occurred_at=received_at,
        account_id=id_of(given.get("ACCOUNT_ID")),
        contact_id=id_of(given.get("CONTACT_ID")),
        found_by="callback",
        state="waiting" if is_readable else "unreadable",
        error="" if is_readable else "no action of a callback",
    )


def parameters(body: bytes) -> list[tuple[str, str]]:
    """Parameters of a form's body."""
    try:
        return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    except ValueError:
        return []


def _webhook_entry(name: str, index: int, element: Any, received_at: float) -> Entry:
    if not isinstance(element, dict):
        return _unreadable(name, index, element, "no JSON object", received_at)
    payload = cast("Mapping[str, Any]", element)
    type_ = payload.get("type")
    if not isinstance(type_, str) or not TYPE.fullmatch(type_):
        return _unreadable(name, index, payload, "no type", received_at)
    return Entry(
        key=f"{name}/{index}",
        kind="webhook",
        type=type_,
        payload=_json(payload),
        received_at=received_at,
        occurred_at=moment_of(member(payload, "event", "occurredAt")),
        account_id=id_of(member(payload, "account", "accountId")),
        contact_id=id_of(member(payload, "contact", "contactId")),
        identity=identity_of(payload),
    )


def _unreadable(name: str, index: int, content: Any, why: str, received_at: float) -> Entry:
    # With a key of its own: should the same come again and be readable, it is not taken for known.
    return Entry(
        key=f"{name}/{index}/unreadable",
        kind="webhook",
        type="unreadable",
        payload=_json(content),
        received_at=received_at,
        state="unreadable",
        error=why,
    )


def _json(content: Any) -> str:
    return orjson.dumps(content).decode()


def _as_text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return "base64:" + base64.b64encode(body).decode()


def _safe_id(given: str) -> str:
    """An id as GetResponse sends it; the hash of one that is too long or strange for a key."""
    if len(given) <= _LONGEST_ID and given.isascii() and given.isprintable():
        return given.strip()
    return hashlib.blake2b(given.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()

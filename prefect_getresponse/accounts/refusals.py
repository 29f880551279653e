"""Credentials that cannot work: each contradiction in a sentence that says what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Protocol, cast
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

from prefect_getresponse.accounts.authorizations import Authorized
from prefect_getresponse.accounts.platforms import ENDPOINTS, Platform
from prefect_getresponse.client.oauth import usable_token

_LABEL = r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)"
_HOST_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})+")
_TIME_ZONE = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*")
_VISIBLE = re.compile(r"[!-\[\]-~]+")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Typed(Authorized, Protocol):
    """A credentials block, as it was typed."""

    platform: Platform
    time_zone: str
    base_url: str
    allow_custom_host: bool
    proxy: SecretStr


def tidied(values: Any) -> Any:
    """Texts without the spaces and line breaks that pasting and the Enter key leave around them."""
    if not isinstance(values, dict):
        return values
    fields = cast("dict[str, Any]", values)
    return {name: _stripped(value) for name, value in fields.items()}


def _stripped(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return SecretStr(value.get_secret_value().strip())
    return value.strip() if isinstance(value, str) else value


def contradictions(block: Typed) -> Iterator[str]:
    """Say what in a block does not go together, a sentence each."""
    yield from _of_login(block)
    yield from _of_platform(block)
    if block.time_zone and not _TIME_ZONE.fullmatch(block.time_zone):
        yield "The time zone is a name such as Europe/Warsaw or UTC."
    yield from _of_endpoint(block.base_url, block.allow_custom_host)
    yield from _of_proxy(block.proxy.get_secret_value(), block.endpoint)


def _of_login(block: Typed) -> Iterator[str]:
    key, secret, refresh_token = (
        each.get_secret_value()
        for each in (block.api_key, block.client_secret, block.refresh_token)
    )
    oauth = bool(block.client_id or secret)
    if key and oauth:
        yield "Give either an API key or an OAuth client, not both: empty the one or the other."
    if not key and not oauth and not refresh_token:
        yield "Give an API key, or an OAuth client id and secret."
    if oauth and not key and not (block.client_id and secret):
        yield "OAuth needs both a client id and a client secret: fill in the other one."
    if refresh_token and not oauth:
        yield "A refresh token needs its OAuth client id and secret: fill them in, or remove it."
    pasted = {
        "API key": key,
        "OAuth client id": block.client_id,
        "OAuth client secret": secret,
        "parent login": block.parent_login,
    }
    for name, text in pasted.items():
        if not all(" " < char <= "~" for char in text):
            yield f"The {name} holds spaces or characters that no key has: paste it again."
    if refresh_token != usable_token(refresh_token):
        yield "The OAuth refresh token holds characters that no token has: paste it again."
    if ":" in block.client_id:
        yield "The OAuth client id holds a colon, which no id has."


def _of_platform(block: Typed) -> Iterator[str]:
    is_max = block.platform != "GetResponse"
    if is_max and not block.domain:
        yield f"{block.platform} needs the account's domain."
    if not is_max and (block.domain or block.parent_login):
        yield "Domain and parent login belong to MAX: choose a MAX platform or leave them empty."
    if block.domain and (not _HOST_NAME.fullmatch(block.domain) or block.domain.startswith("www.")):
        yield "The domain is a bare host name such as example.com, without https:// and www."


def _of_endpoint(base_url: str, allowed: bool) -> Iterator[str]:
    if not base_url or base_url.rstrip("/") in ENDPOINTS.values():
        return
    parts = _plain_url(base_url)
    if not allowed:
        yield "A custom endpoint needs 'Allow custom endpoint' (allow_custom_host)."
    if parts is None:
        yield "The custom endpoint is a plain URL such as http://127.0.0.1:8080/v3."
    elif parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        yield "Plain http is allowed to this machine only: use https."


def _of_proxy(proxy: str, endpoint: str) -> Iterator[str]:
    if not proxy:
        return
    without_login = re.sub(r"(?<=://)[^@/?# ]*@", "", proxy)
    parts = _plain_url(without_login)
    if parts is None or parts.path not in ("", "/"):
        yield "The proxy is a URL such as http://user:password@proxy.example:3128."
    if urlsplit(endpoint).scheme == "http":
        yield "A custom endpoint on plain http is reached directly: leave the proxy empty."


def _plain_url(text: str) -> SplitResult | None:
    """Parts of an http(s) URL without user, query and fragment; None for anything else.

    Names in other scripts look like names they are not: they are written as `xn--...`.
    """
    if not _VISIBLE.fullmatch(text):
        return None
    try:
        parts = urlsplit(text)
        surplus = (parts.username, parts.password, parts.query, parts.fragment)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return parts if usable and not any(surplus) else None

"""What control calls may ask of an outbox: where to, about what, and what shall go wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, cast
from urllib.parse import urlsplit

MOST_IN_A_BATCH = 100


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """Where notices go and what shall go wrong on the way.

    Attributes:
        url: Where to; empty for nowhere.
        types: Which ones; all if empty.
        loss: Share of requests that never arrive.
        duplicates: Share of requests that arrive twice.
        shuffle: Whether they arrive in another order.
        delay: Seconds before they leave, at speed 1.
        batch: Most notices in a request; callbacks always go one by one.
    """

    url: str = ""
    types: frozenset[str] = frozenset()
    loss: float = 0.0
    duplicates: float = 0.0
    shuffle: bool = False
    delay: float = 0.0
    batch: int = 1


def read_settings(body: Mapping[str, Any], known: Sequence[str], list_name: str) -> NoticeSettings:
    """Read the body of a control call.

    Args:
        body: The body.
        known: Types that there are.
        list_name: Name of the member that lists types.

    Raises:
        ValueError: It cannot be used; the message says why.
    """
    names = ["url", list_name, "loss", "duplicates", "shuffle", "delay", "batch"]
    if strange := sorted(body.keys() - set(names)):
        raise ValueError(f"unknown {', '.join(strange)}; there are {', '.join(names)}")
    return NoticeSettings(
        url=_url(body.get("url")),
        types=_types(body.get(list_name, []), known, list_name),
        loss=_number(body, "loss", 1.0),
        duplicates=_number(body, "duplicates", 1.0),
        shuffle=_flag(body, "shuffle"),
        delay=_number(body, "delay", 604_800.0),
        batch=_batch(body.get("batch", 1)),
    )


def _url(given: Any) -> str:
    if not isinstance(given, str):
        raise ValueError("url must be a text; an empty one ends the sending")
    parts = urlsplit(given)
    if not given or (parts.scheme == "https" and parts.hostname):
        return given
    if parts.scheme == "http" and _is_loopback(parts.hostname or ""):
        return given
    raise ValueError("url must be https://..., or http:// to this machine")


def is_on_this_machine(url: str) -> bool:
    """Whether an address is one of this machine, which may be called without being asked twice."""
    return _is_loopback(urlsplit(url).hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _types(given: Any, known: Sequence[str], name: str) -> frozenset[str]:
    listed = cast("Sequence[Any]", given) if isinstance(given, list) else [None]
    if strange := [each for each in listed if each not in known]:
        raise ValueError(f"{name}: there is no {strange[0]!r}; there are {', '.join(known)}")
    return frozenset(listed)


def _number(body: Mapping[str, Any], name: str, most: float) -> float:
    given = body.get(name, 0.0)
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    if not is_number or not 0 <= given <= most:
        raise ValueError(f"{name} must be a number from 0 to {most:g}")
    return float(given)


def _flag(body: Mapping[str, Any], name: str) -> bool:
    given = body.get(name, False)
    if not isinstance(given, bool):
        raise ValueError(f"{name} must be true or false")
    return given


def _batch(given: Any) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not 1 <= given <= MOST_IN_A_BATCH:
        raise ValueError(f"batch must be a whole number from 1 to {MOST_IN_A_BATCH}")
    return given

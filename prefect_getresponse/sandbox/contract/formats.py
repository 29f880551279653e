"""Formats of texts: what counts as an e-mail address, a date, an IP address, ..."""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from prefect_getresponse.sandbox.contract.countries import COUNTRY_NAMES
from prefect_getresponse.sandbox.contract.dates import is_moment

# Dot atoms on the left, labels on the right. Letters of any alphabet and repeated dots pass (real
# exports hold them): whether GetResponse takes them is unknown.
_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_EMAIL = re.compile(rf"{_ATOM}(?:\.+{_ATOM})*@(?:{_LABEL}\.)+[^\W_](?:[\w-]{{0,61}}[^\W_])")
_DOMAIN_MASK = re.compile(rf"@(?:{_LABEL}\.)*{_LABEL}")
_PHONE = re.compile(r"\+?[\d ().-]{5,32}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def is_email(text: str) -> bool:
    """Whether `text` is a mail address of ordinary form; the domain is not looked up."""
    local, _, _ = text.rpartition("@")
    return len(text) <= 254 and len(local) <= 64 and _EMAIL.fullmatch(text) is not None


def is_mask(text: str) -> bool:
    """Whether `text` can stand on a blocklist: an address, or `@` and a domain."""
    return is_email(text) or _DOMAIN_MASK.fullmatch(text) is not None


def is_ip(text: str) -> bool:
    """Whether `text` is an IPv4 or IPv6 address."""
    with suppress(ValueError):
        ipaddress.ip_address(text)
        return True
    return False


def is_ipv4(text: str) -> bool:
    """Whether `text` is an IPv4 address."""
    return is_ip(text) and ":" not in text


def is_number(text: str) -> bool:
    """Whether `text` is a finite decimal number."""
    return re.fullmatch(r"-?\d+(?:\.\d+)?", text) is not None


def is_date(text: str) -> bool:
    """Whether `text` is `YYYY-MM-DD`, a day that exists."""
    return _DATE.fullmatch(text) is not None and is_moment(text)


def is_base64(text: str) -> bool:
    """Whether `text` is base64 without line breaks."""
    with suppress(ValueError):
        base64.b64decode(text, validate=True)
        return True
    return False


def is_url(text: str) -> bool:
    """Whether `text` is an http or https address."""
    with suppress(ValueError):
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.netloc)
    return False


def is_phone(text: str) -> bool:
    """Whether `text` may be a telephone number."""
    return _PHONE.fullmatch(text) is not None


CHECKS: Mapping[str, Callable[[str], bool]] = {
    "email": is_email,
    "mask": is_mask,
    "ip": is_ip,
    "ipv4": is_ipv4,
    "integer": lambda text: re.fullmatch(r"\d{1,9}", text) is not None,
    "date": is_date,
    "Y-m-d": is_date,
    "date-time": is_moment,
    "base64": is_base64,
    "byte": is_base64,
    "uri": is_url,
    "url": is_url,
    "country": COUNTRY_NAMES.__contains__,
}
"""Formats of the contract that are checked; others pass."""

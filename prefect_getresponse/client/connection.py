"""How GetResponse's host is reached: by which certificates it is known, and through which proxy.

Certificates are always checked: a file can only name other authorities to trust.
"""

from __future__ import annotations

import logging
import os
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

import httpx
from pydantic import SecretStr

from prefect_getresponse.client.errors import InvalidConfiguration
from prefect_getresponse.limits.throttle import SLOTS

logger = logging.getLogger("prefect_getresponse")

TIMEOUT = httpx.Timeout(connect=10.0, read=60.0, write=60.0, pool=30.0)
# Numbers of OpenSSL (x509_vfy.h), which the standard library gives no names.
_NOT_YET, _EXPIRED, _REVOKED = 9, 10, 23
_WRONG_HOST = (62, 64)
_UNKNOWN_AUTHORITY = (2, 18, 19, 20, 21)


@dataclass(frozen=True)
class Connection:
    """What the connections of a client are made with.

    Attributes:
        ca_file: PEM file of the certificate authorities to trust; the usual ones if empty.
        proxy: URL of a proxy, which may hold a password; none if empty.
        timeout: How long each part of a call may take; `wire` says how long all of it may.
        most: Most connections at the same time, of each kind.
    """

    ca_file: str = ""
    proxy: SecretStr = field(default_factory=lambda: SecretStr(""))
    timeout: httpx.Timeout = field(default_factory=lambda: TIMEOUT, hash=False)
    most: int = SLOTS

    @property
    def limits(self) -> httpx.Limits:
        """How connections are kept: for a short idle life, that none is just being closed."""
        return httpx.Limits(
            max_connections=self.most, max_keepalive_connections=self.most, keepalive_expiry=5.0
        )

    @property
    def limits_once(self) -> httpx.Limits:
        """For calls that must not be repeated: not even that is rare enough, none is used again."""
        return httpx.Limits(max_connections=self.most, max_keepalive_connections=0)

    @property
    def authorities(self) -> Authorities:
        """The authorities to trust, one object a file and process."""
        return _authorities(self.ca_file)

    @property
    def layers(self) -> int:
        """Layers of TLS up to the one that only the host can read; none without a proxy."""
        proxy = self.http_proxy()
        return 0 if proxy is None else 2 if proxy.url.scheme == "https" else 1

    def http_proxy(self) -> httpx.Proxy | None:
        """The proxy, if there is one."""
        url = self.proxy.get_secret_value()
        return httpx.Proxy(url) if url else None

    def options(self, limits: httpx.Limits) -> dict[str, Any]:
        """Return the options of httpx's transports.  The environment is never asked.

        Raises:
            InvalidConfiguration: The file of authorities cannot be used.
        """
        return {"verify": self.authorities.context(), "limits": limits, "trust_env": False}


DIRECT = Connection()


class Authorities:
    """The certificate authorities of a file as it is now: it may be replaced while a run works.

    Args:
        ca_file: PEM file of the authorities to trust; the usual ones if empty.
    """

    def __init__(self, ca_file: str) -> None:
        self._file = ca_file
        self._lock = threading.Lock()
        self._version: object = None
        self._context: ssl.SSLContext | None = None

    def context(self) -> ssl.SSLContext:
        """Return what certificates are checked with.

        Raises:
            InvalidConfiguration: The file cannot be used, and could not before either.
        """
        if not self._file:
            return _usual()
        with self._lock:
            version = _version(self._file)
            if self._context is None or version != self._version:
                self._context = self._read(self._context)
                self._version = version
            return self._context

    def _read(self, before: ssl.SSLContext | None) -> ssl.SSLContext:
        try:
            return trusted(self._file)
        except InvalidConfiguration as error:
            if before is None:
                raise
            logger.warning("%s; what it held before is used", error.args[0])
            return before


@cache
def _authorities(ca_file: str) -> Authorities:
    return Authorities(ca_file)


def _version(path: str) -> object:
    """What tells one state of a file from another; None if it cannot be reached."""
    try:
        found = os.stat(path)  # noqa: PTH116 - a stamp, not a path to work with
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def trusted(ca_file: str) -> ssl.SSLContext:
    """Return what certificates are checked with.

    Args:
        ca_file: PEM file of the authorities to trust; the usual ones if empty.

    Raises:
        InvalidConfiguration: The file cannot be used.
    """
    if not ca_file:
        return _usual()
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # of the file, and of what is in it
        reason = "it holds no certificates" if isinstance(error, ssl.SSLError) else error.strerror
        raise InvalidConfiguration(
            f"the CA file {ca_file} cannot be used: {reason}",
            advice="Give the path of a PEM file that this machine can read.",
        ) from None


@cache
def _usual() -> ssl.SSLContext:
    """The usual authorities: they are many, and are read once a process."""
    return httpx.create_ssl_context(trust_env=False)


def refused_certificate(error: BaseException) -> tuple[str, str] | None:
    """What is wrong with the certificate that an error is about, and what to do; None if not."""
    found = next(
        (each for each in _causes(error) if isinstance(each, ssl.SSLCertVerificationError)), None
    )
    if found is None:
        return None
    code = found.verify_code
    if code in (_EXPIRED, _NOT_YET):
        what = "has expired" if code == _EXPIRED else "is not valid yet"
        now = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
        return (
            f"the certificate of the endpoint {what}",
            f"This machine's clock says {now}: correct it, or let the host renew its certificate.",
        )
    if code in _WRONG_HOST:
        return (
            "the certificate of the endpoint is for another host name",
            "Check the endpoint; a proxy or portal may be answering in its place.",
        )
    if code in _UNKNOWN_AUTHORITY:
        return (
            "the certificate of the endpoint is signed by an authority that is not trusted",
            "Behind a company proxy, give the PEM file of its authority as CA file (ca_file).",
        )
    what = "has been revoked" if code == _REVOKED else f"is not valid ({found.verify_message})"
    return f"the certificate of the endpoint {what}", "Check the endpoint, and ask who runs it."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__

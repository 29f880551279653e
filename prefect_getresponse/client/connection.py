"""How GetResponse's host is reached: by which certificates it is known, and through which proxy.

Certificates are always checked: a file can only name other authorities to trust.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx
from pydantic import SecretStr

from prefect_getresponse.client.errors import InvalidConfiguration


@dataclass(frozen=True)
class Connection:
    """What the connections of a client are made with.

    Attributes:
        ca_file: PEM file of the certificate authorities to trust; the usual ones if empty.
        proxy: URL of a proxy, which may hold a password; none if empty.
    """

    ca_file: str = ""
    proxy: SecretStr = field(default_factory=lambda: SecretStr(""))

    def options(self, limits: httpx.Limits) -> dict[str, Any]:
        """Return the options of httpx's transports.  The environment is never asked.

        Raises:
            InvalidConfiguration: The file of authorities cannot be used.
        """
        context = trusted(self.ca_file)
        url = self.proxy.get_secret_value()
        proxy = httpx.Proxy(url, ssl_context=_of_proxy(url, context)) if url else None
        return {"verify": context, "proxy": proxy, "limits": limits, "trust_env": False}


DIRECT = Connection()


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


def _of_proxy(url: str, context: ssl.SSLContext) -> ssl.SSLContext | None:
    return context if httpx.URL(url).scheme == "https" else None

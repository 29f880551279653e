"""Whom a worker may be sent to by others: hosts of the public network, and no others.

What stands in a redirect or in the text of a mail must not make a worker ask the servers of its own
network.  The address that was found to be public is the one that is asked, because a name may lead
elsewhere when it is looked up once more.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

MOVED = frozenset({301, 302, 303, 307, 308})
"""Answers that lead elsewhere."""
_PORTS = {"http": 80, "https": 443}


class PrivateHost(Exception):
    """A name leads into a private network.

    Attributes:
        host: The name.
    """

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self.host = host


def bound(url: str) -> dict[str, Any]:
    """Return the arguments of an httpx request that asks a public address of a URL's host.

    Args:
        url: What others have named.

    Raises:
        PrivateHost: One of the host's addresses is not public.
        OSError: The host is not known.
        ValueError: It is no address of the web.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("it is no address of the web")
    port = parts.port or _PORTS[parts.scheme]
    found = _public_address(parts.hostname, port)
    host = f"[{found}]" if ":" in found else found
    return {
        "url": parts._replace(netloc=f"{host}:{port}").geturl(),
        "headers": {"Host": parts.netloc.rpartition("@")[2]},
        "extensions": {"sni_hostname": parts.hostname},
    }


def _public_address(host: str, port: int) -> str:
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for address in found:
        known = ipaddress.ip_address(address)
        mapped = getattr(known, "ipv4_mapped", None) or known
        if not mapped.is_global or mapped.is_multicast:
            raise PrivateHost(host)
    return found[0]

"""Ports for programs that have to be told one."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path
from random import SystemRandom

_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_FIRST = 10_000


def free_port() -> int:
    """A port of this machine that nobody listens on, nor is given without asking for it.

    What the system gives to whoever asks for port 0, and to each connection that goes out, can
    be taken by another test before the program comes to listen. So the port lies below those.
    """
    end = int(_RANGE.read_text().split()[0]) if _RANGE.exists() else 32_768
    numbers = range(_FIRST, end) if end > _FIRST else range(1_024, end)
    while True:
        port = SystemRandom().choice(numbers)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port

"""Hosts that are known to a test, without a network."""

from __future__ import annotations

import socket

import pytest


def known_hosts(monkeypatch: pytest.MonkeyPatch, known: dict[str, str]) -> dict[str, str]:
    """Let names have these addresses, and no others."""

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(0, 0, 0, "", (known[host], port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known

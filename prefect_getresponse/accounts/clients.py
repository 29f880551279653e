"""Clients of this process: one for each account and connection, and one budget an account."""

from __future__ import annotations

import asyncio
import atexit
import threading
import weakref
from importlib.metadata import version
from typing import Protocol, TypedDict

from pydantic import SecretStr

from prefect_getresponse.accounts.authorizations import Authorized, login_of, tokens_of
from prefect_getresponse.client.auth import ApiKeyAuth, Authorization, OAuthAuth
from prefect_getresponse.client.connection import Connection
from prefect_getresponse.client.send import AsyncClient, Client
from prefect_getresponse.limits.service import shared_throttle
from prefect_getresponse.limits.throttle import Throttle
from prefect_getresponse.runtime.forks import after_fork


class Caller(Authorized, Protocol):
    """A credentials block, as far as calls by it go."""

    account_name: str
    time_zone: str
    ca_file: str
    proxy: SecretStr


def shared_client(block: Caller) -> Client:
    """The client of an account, shared by the whole process."""
    key, auth = _key(block), _auth(block)
    with _lock:
        if key not in _clients:
            _clients[key] = Client(block.endpoint, auth, **_options(block, key))
            atexit.register(_clients[key].close)
        return _clients[key]


def shared_async_client(block: Caller) -> AsyncClient:
    """The client of an account for the running event loop; it closes with the loop."""
    loop = asyncio.get_running_loop()
    key, auth = _key(block), _auth(block)
    with _lock:
        clients = _async_clients.setdefault(loop, {})
        if key not in clients:
            clients[key] = AsyncClient(block.endpoint, auth, **_options(block, key))
        return clients[key]


_lock = threading.RLock()
_Key = tuple[tuple[str, ...], Connection]
_clients: dict[_Key, Client] = {}
_async_clients: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[_Key, AsyncClient]] = (
    weakref.WeakKeyDictionary()
)
_throttles: dict[tuple[str, str], Throttle] = {}


@after_fork
def _begin_anew() -> None:
    """Have no clients: over a shared connection a process would read the other's answers."""
    global _lock
    _lock = threading.RLock()
    _clients.clear()
    _async_clients.clear()


class _Options(TypedDict):
    throttle: Throttle
    headers: dict[str, str]
    connection: Connection


def _options(block: Caller, key: _Key) -> _Options:
    """What a client is made with besides its endpoint and key, sync or async."""
    _, connection = key
    return {"throttle": _throttle(block), "headers": _headers(block), "connection": connection}


def _throttle(block: Caller) -> Throttle:
    """One budget an account: its endpoint and name, whatever key reaches it."""
    account = (block.endpoint, block.account_name)
    with _lock:
        if account not in _throttles:
            _throttles[account] = shared_throttle(block.account_name, block.endpoint)
        return _throttles[account]


def _key(block: Caller) -> _Key:
    identity = (
        block.endpoint,
        block.account_name,
        block.domain,
        block.parent_login,
        block.time_zone,
        login_of(block),
    )
    return identity, Connection(block.ca_file, block.proxy)


def _auth(block: Caller) -> Authorization:
    extra = {"X-Domain": block.domain} if block.domain else {}
    if block.parent_login:
        extra["X-Parent-Login"] = block.parent_login
    if block.api_key.get_secret_value():
        return ApiKeyAuth(block.api_key, block.endpoint, extra)
    return OAuthAuth(block.client_id, block.client_secret, tokens_of(block), block.endpoint, extra)


def _headers(block: Caller) -> dict[str, str]:
    headers = {"User-Agent": f"prefect-getresponse/{version('prefect-getresponse')}"}
    if block.time_zone:
        headers["X-Time-Zone"] = block.time_zone
    return headers

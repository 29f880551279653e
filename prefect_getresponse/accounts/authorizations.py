"""OAuth 2.0 authorizations of this process: the tokens that all blocks of one share.

A new refresh token goes back into the block document that the old one came from.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from typing import Any, Protocol, cast

from pydantic import SecretStr

from prefect_getresponse.client.errors import GetResponseError, TokenRefused
from prefect_getresponse.client.oauth import (
    IssuedToken,
    Tokens,
    read_token,
    token_request,
    told_safely,
)
from prefect_getresponse.client.send import Client
from prefect_getresponse.runtime.forks import after_fork

logger = logging.getLogger("prefect_getresponse")


class Authorized(Protocol):
    """A credentials block, as far as its authorization goes."""

    api_key: SecretStr
    client_id: str
    client_secret: SecretStr
    refresh_token: SecretStr
    domain: str
    parent_login: str

    @property
    def endpoint(self) -> str:
        """Base URL of the API."""
        ...

    @property
    def document_name(self) -> str:
        """Name of the block document; empty if it was not loaded from one."""
        ...


def login_of(block: Authorized) -> str:
    """Name of a block's key or authorization that does not show it.

    An authorization keeps its name when its refresh token is replaced, so that blocks loaded before
    and after share clients and tokens.
    """
    own = _digest(block, block.refresh_token)
    with _lock:
        return _names.get(own, own)


def tokens_of(block: Authorized) -> Tokens:
    """Tokens of a block's authorization, one object a process."""
    key = (block.endpoint, block.domain, block.parent_login, login_of(block))
    with _lock:
        if key not in _tokens:
            vault = BlockVault(block)
            _tokens[key] = (Tokens(block.refresh_token, vault, time.monotonic), vault)
        tokens, vault = _tokens[key]
        vault.keep_in(block)
        return tokens


def exchanged(code: str, client: Client) -> IssuedToken:
    """What an authorization code gives.

    Args:
        code: The code.
        client: The account's client.

    Raises:
        TokenRefused: The code or the client is not accepted, or no refresh token came.
        GetResponseError: Anything else that went wrong.
    """
    try:
        answer = client.send(token_request("authorization_code", SecretStr(code)))
    except GetResponseError as error:
        raise told_safely(error, "authorization_code") from None
    issued = read_token(answer)
    if not issued.refresh_token:
        raise TokenRefused("no refresh token came with the access token")
    return issued


class BlockVault:
    """Keeps the refresh token of one authorization in a block document.

    Nothing here raises: the call that needed a token has got one, whatever becomes of its keeping.

    Args:
        block: A block of the authorization.
    """

    def __init__(self, block: Authorized) -> None:
        self._block = block
        self._kind: Any = type(block)
        self._name = ""

    def keep_in(self, block: Authorized) -> None:
        """Use the document of a block, if it was loaded from one or saved to one."""
        self._name = block.document_name or self._name

    @property
    def is_kept(self) -> bool:
        """Whether there is a document, which somebody else may change."""
        return bool(self._name)

    def load(self) -> SecretStr | None:
        """The refresh token that the document holds now; None without a document."""
        if not self._name:
            return None
        try:
            # `_sync`: a sync call may stand in an async flow, where Prefect would go async.
            return _refresh_token(self._kind.load(self._name, _sync=True))
        except Exception as error:
            self._unread(error)
            return None

    async def aload(self) -> SecretStr | None:
        """The same, async."""
        if not self._name:
            return None
        try:
            return _refresh_token(await self._kind.aload(self._name))
        except Exception as error:
            self._unread(error)
            return None

    def save(self, spent: SecretStr, new: SecretStr) -> None:
        """Put `new` into the document, if `spent` is still there: a newer login stays."""
        if not self._has_home(new):
            return
        try:
            block = self._kind.load(self._name, _sync=True)
            if _replace(block, spent, new):
                block.save(self._name, overwrite=True, _sync=True)
        except Exception as error:
            self._unsaved(error)

    async def asave(self, spent: SecretStr, new: SecretStr) -> None:
        """The same, async."""
        if not self._has_home(new):
            return
        try:
            block = await self._kind.aload(self._name)
            if _replace(block, spent, new):
                await block.asave(self._name, overwrite=True)
        except Exception as error:
            self._unsaved(error)

    def _has_home(self, new: SecretStr) -> bool:
        """Give the new token the authorization's name; whether there is a document for it."""
        with _lock:
            _names[_digest(self._block, new)] = login_of(self._block)
        if not self._name:
            logger.warning(
                "GetResponse issued a new refresh token, but these credentials are not saved in a "
                "block, so it will be lost when this process ends. Save them in a block."
            )
        return bool(self._name)

    def _unread(self, error: Exception) -> None:
        logger.warning("block %r could not be read (%s)", self._name, type(error).__name__)

    def _unsaved(self, error: Exception) -> None:
        # The text of the error stays out: it may hold the block's values.
        logger.warning(
            "the new refresh token could not be saved to block %r (%s): if the next process is "
            "refused, authorize again with `prefect-getresponse oauth login`",
            self._name,
            type(error).__name__,
        )


_lock = threading.RLock()
_names: dict[str, str] = {}
_tokens: dict[tuple[str, ...], tuple[Tokens, BlockVault]] = {}


@after_fork
def _begin_anew() -> None:
    global _lock
    _lock = threading.RLock()
    for tokens, _ in _tokens.values():
        tokens.begin_anew()


def _digest(block: Authorized, refresh_token: SecretStr) -> str:
    secrets = (block.api_key, block.client_secret, refresh_token)
    text = "\0".join([block.client_id, *(secret.get_secret_value() for secret in secrets)])
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _refresh_token(block: Any) -> SecretStr:
    return cast("SecretStr", block.refresh_token)


def _replace(block: Any, spent: SecretStr, new: SecretStr) -> bool:
    """Put the new token into a block that still holds the spent one; whether it did."""
    if _refresh_token(block) != spent:
        return False
    block.refresh_token = new
    return True

"""OAuth 2.0 access tokens: asked for when needed, renewed a little early, once for all who wait.

Nothing here does I/O.  `Tokens` knows whether a token is fresh; `Renewal` is one renewal, whose
steps a sender takes, sync or async, while all others wait for its end.

Source: GetResponse API v3, Using OAuth 2.0.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Awaitable, Callable, Generator
from concurrent.futures import Future
from copy import copy
from dataclasses import dataclass
from types import TracebackType
from typing import Any, ClassVar, Literal, Protocol, Self, cast
from urllib.parse import urlencode

from pydantic import SecretStr

from prefect_getresponse.client.errors import (
    AccessDenied,
    AuthenticationFailed,
    GetResponseError,
    TokenRefused,
    ValidationFailed,
)
from prefect_getresponse.client.request import ApiAnswer, ApiRequest, RetryClass

TOKEN_PATH = "/token"  # noqa: S105 - a path, not a secret
EARLIEST = 60.0
"""A token is renewed this many seconds before it expires, a tenth of its life if that is less."""
PATIENCE = (0.0, 1.0, 3.0)
"""Waits in seconds for another process that spent our refresh token to save its new one."""
MOST_ROUNDS = 50
"""Times that another process may be quicker: each time one of them has got its token."""

Grant = Literal["client_credentials", "refresh_token", "authorization_code"]

_SECRET_OF: dict[Grant, str] = {"refresh_token": "refresh_token", "authorization_code": "code"}
_ADVICE = {
    "invalid_client": "Check the client id and client secret in the credentials block.",
    "unauthorized_client": "The application may not do this: check it in GetResponse.",
    "unsupported_grant_type": "The application may not do this: check it in GetResponse.",
    "invalid_grant": (
        "The refresh token or code is used up, revoked or too old: authorize again with "
        "`prefect-getresponse oauth login`."
    ),
}
"""What to do about the errors of RFC 6749, section 5.2."""


@dataclass(frozen=True, slots=True)
class TokenRequest(ApiRequest):
    """A call of the token endpoint; its secret is opened only to be sent.

    A repeat does no harm, so it counts as a read: at worst the endpoint refuses a code or refresh
    token that is used up, and then the answer that got lost cannot be had anyway.

    Attributes:
        grant: What the token is asked for with.
        secret: The refresh token or the authorization code.
    """

    media_type: ClassVar[str] = "application/x-www-form-urlencoded"

    grant: Grant = "client_credentials"
    secret: SecretStr = SecretStr("")  # noqa: RUF009 - immutable

    def content(self) -> bytes:
        """Body as a form."""
        form: dict[str, str] = {"grant_type": self.grant}
        if self.grant in _SECRET_OF:
            form[_SECRET_OF[self.grant]] = self.secret.get_secret_value()
        return urlencode(form).encode()


@dataclass(frozen=True, slots=True)
class AccountRequest(ApiRequest):
    """A call that asks whose account a token opens, before the token is used.

    Attributes:
        bearer: The token.
    """

    bearer: SecretStr = SecretStr("")  # noqa: RUF009 - immutable


def account_request(bearer: SecretStr) -> AccountRequest:
    """Request for the account that a token opens."""
    path = "/accounts"
    return AccountRequest("GET", path, path, RetryClass.READ, bearer=bearer)


def token_request(grant: Grant, secret: SecretStr) -> TokenRequest:
    """Request for an access token.

    Args:
        grant: What it is asked for with.
        secret: The refresh token or the authorization code; empty for client credentials.
    """
    return TokenRequest("POST", TOKEN_PATH, TOKEN_PATH, RetryClass.READ, grant=grant, secret=secret)


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """What the token endpoint gave.

    Attributes:
        access_token: The access token.
        seconds: Its life; infinite if the answer does not say it.
        refresh_token: The refresh token that came with it, empty if none did.
    """

    access_token: SecretStr
    seconds: float
    refresh_token: SecretStr


def read_token(answer: ApiAnswer) -> IssuedToken:
    """Read the answer of the token endpoint.

    Raises:
        TokenRefused: It holds no access token.
    """
    data: object = answer.data
    members = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
    access_token, refresh_token = (
        usable_token(members.get(name)) for name in ("access_token", "refresh_token")
    )
    if not access_token:
        raise TokenRefused(
            "the token endpoint's answer holds no access token",
            method="POST",
            path=TOKEN_PATH,
            status=answer.status,
        )
    try:
        seconds = float(members["expires_in"])
    except (KeyError, TypeError, ValueError, OverflowError):
        seconds = math.inf
    return IssuedToken(SecretStr(access_token), max(1.0, seconds), SecretStr(refresh_token))


def usable_token(token: object) -> str:
    """A token that a header, a form and a block can hold (RFC 6749: VSCHAR); empty if it is none.

    Blanks may stand inside only: around it a block would lose them.
    """
    if not isinstance(token, str) or token != token.strip():
        return ""
    return token if token.isascii() and token.isprintable() else ""


class AccountChanged(TokenRefused):
    """The block was authorized anew for another account while this program works."""

    default_advice = "Run again if that is right; one run never works on two accounts."


def _account_id(data: object) -> str:
    members = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
    return str(members.get("accountId") or "")


def told_safely(error: GetResponseError, grant: Grant) -> GetResponseError:
    """The failure of a token request in our own words: the endpoint's may repeat a secret.

    Args:
        error: The failure.
        grant: What the token was asked for with.
    """
    if error.status is None:
        return error
    name = str(error.args[0])
    known = name in _ADVICE
    vague = type(error) in (AuthenticationFailed, ValidationFailed)
    told = error.turned_into(
        TokenRefused if vague else type(error),
        f"no access token for the {grant.replace('_', ' ')}" + (f" ({name})" if known else ""),
        advice=_ADVICE.get(name, "") if vague else error.advice,
    )
    told.context = None
    return told


class TokenVault(Protocol):
    """Where a refresh token is kept for the next process, in a sync and an async flavour."""

    @property
    def is_kept(self) -> bool:
        """Whether it is kept at all, so that somebody else may replace it."""
        ...

    def load(self) -> SecretStr | None:
        """The refresh token as it is kept now; None if it is kept nowhere."""
        ...

    async def aload(self) -> SecretStr | None:
        """The same, async."""
        ...

    def save(self, spent: SecretStr, new: SecretStr) -> None:
        """Keep `new` instead of `spent`; never raises."""
        ...

    async def asave(self, spent: SecretStr, new: SecretStr) -> None:
        """The same, async."""
        ...


@dataclass(frozen=True, slots=True)
class VaultCall:
    """A step that concerns the vault, in both flavours."""

    run: Callable[[], Any]
    arun: Callable[[], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Pause:
    """A step that lets time pass."""

    seconds: float


Step = TokenRequest | AccountRequest | VaultCall | Pause
Steps = Generator[Step, Any, None]


class Tokens:
    """The access token of one authorization, for all its clients in this process.  Thread-safe.

    Args:
        refresh_token: Refresh token of the authorization; empty for client credentials.
        vault: Where a new refresh token is kept.
        clock: Seconds that only grow.

    Attributes:
        access_token: The token as it is; senders see to it that it is fresh.
        refresh_token: The refresh token as it is now.
        vault: Where a new refresh token is kept.
        account: Id of the account that it opens; empty while that is not known.
    """

    def __init__(
        self, refresh_token: SecretStr, vault: TokenVault, clock: Callable[[], float]
    ) -> None:
        self.refresh_token = refresh_token
        self.vault = vault
        self._clock = clock
        self._lock = threading.Lock()
        self.access_token = SecretStr("")
        self.account = ""
        self._renew_at = -math.inf
        self._renewal: Renewal | None = None

    def renewal(self) -> Renewal | None:
        """The renewal to wait for, or None while the token is fresh."""
        with self._lock:
            if self._clock() < self._renew_at:
                return None
            if self._renewal is None or self._renewal.done.done():
                self._renewal = Renewal(self)
            return self._renewal

    def accept(self, issued: IssuedToken) -> None:
        """Use a token that was issued just now."""
        with self._lock:
            self.access_token = issued.access_token
            self._renew_at = self._clock() + issued.seconds - min(EARLIEST, issued.seconds / 10)
            if issued.refresh_token:
                self.refresh_token = issued.refresh_token

    def refuse(self, access_token: str) -> None:
        """Renew the token before the next call, unless that has happened since it was sent.

        Calls that are past that point are still signed with it, and refused in their turn.
        """
        with self._lock:
            if self.access_token.get_secret_value() == access_token:
                self._renew_at = -math.inf

    def begin_anew(self) -> None:
        """Know of no renewal, in a child process: the one on its way is its parent's."""
        self._lock = threading.Lock()  # another thread may have held it
        self._renewal = None


class Renewal:
    """One renewal: whoever claims it takes its steps, all others wait for `done`.

    Attributes:
        done: Ends with the error that all who wait raise, or with None: then they look again.
    """

    def __init__(self, tokens: Tokens) -> None:
        self.done: Future[Exception | None] = Future()
        # A future that runs cannot be cancelled by one of those who wait for it.
        self.done.set_running_or_notify_cancel()
        self._tokens = tokens
        self._lock = threading.Lock()
        self._thread: int | None = None

    def claim(self, *, blocking: bool) -> bool:
        """Whether the caller is to take the steps.

        Args:
            blocking: Whether the caller would wait by blocking its thread.  If that thread runs
                the renewal as a task of its event loop, waiting would stop both for ever: the
                caller carries out the steps itself.
        """
        here = threading.get_ident()
        with self._lock:
            if self._thread is None:
                self._thread = here
                return True
            return blocking and self._thread == here

    def steps(self) -> Steps:
        """What to do, one step after another: a request or a call of the vault."""
        tokens = self._tokens
        spent = tokens.refresh_token
        rounds_left = MOST_ROUNDS
        while True:
            rounds_left -= 1
            try:
                issued = yield from self._ask(spent)
                break
            except TokenRefused:
                newer = (yield from self._look_for_newer(spent)) if rounds_left else None
                if newer is None:
                    raise
                spent = newer
        # First of all: the block holds a token that is spent.
        yield from self._keep(spent, issued.refresh_token)
        if not tokens.account or spent != tokens.refresh_token:
            yield from self._check_account(issued)
        tokens.accept(issued)
        if spent and not issued.refresh_token:
            tokens.refresh_token = spent

    def _keep(self, spent: SecretStr, new: SecretStr) -> Generator[Step, Any, None]:
        """Put a refresh token that replaces another one where that one is kept."""
        if spent and new and new != spent:
            vault = self._tokens.vault
            yield VaultCall(lambda: vault.save(spent, new), lambda: vault.asave(spent, new))

    def _check_account(self, issued: IssuedToken) -> Generator[Step, Any, None]:
        """Make sure that a token of a block opens the account that the program works on."""
        tokens = self._tokens
        if not tokens.refresh_token or not tokens.vault.is_kept:
            return
        try:
            answer = yield account_request(issued.access_token)
        except (AccessDenied, ValidationFailed):
            return  # a user who may not see it; nothing can be told
        account = _account_id(answer.data)
        if tokens.account and account != tokens.account:
            raise AccountChanged(
                "the credentials block now opens another GetResponse account than at the start"
            )
        tokens.account = account

    def _look_for_newer(self, spent: SecretStr) -> Generator[Step, Any, SecretStr | None]:
        """The refresh token that another process has got for the same one, None if none has."""
        vault = self._tokens.vault
        for seconds in PATIENCE if spent else ():
            yield Pause(seconds)
            stored = yield VaultCall(vault.load, vault.aload)
            if not stored:
                return None
            if stored != spent:
                return cast("SecretStr", stored)
        return None

    def _ask(self, refresh_token: SecretStr) -> Generator[Step, Any, IssuedToken]:
        grant: Grant = "refresh_token" if refresh_token else "client_credentials"
        try:
            answer = yield token_request(grant, refresh_token)
        except GetResponseError as error:
            raise told_safely(error, grant) from None
        return read_token(answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        """Let those go on who wait; an interrupted renewal is left to one of them."""
        failure = error if isinstance(error, Exception) else None
        with self._lock:
            if not self.done.done():
                self.done.set_result(failure)
        return failure is not None


def raise_failure(failure: Exception | None) -> None:
    """Raise a renewal's failure, for each who waited an error of its own."""
    if failure is not None:
        raise copy(failure)

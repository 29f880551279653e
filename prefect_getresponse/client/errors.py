"""What can go wrong, one class per meaning.

    KnownError                 all that this package explains: what, where, and what to do
    ├── ImportInputError       a source or what is said about it, see `sources/errors.py`
    └── GetResponseError       a call, the account or this machine:

    GetResponseError
    ├── InvalidConfiguration   credentials or settings that cannot work; nothing was sent
    ├── InvalidArguments       arguments the API would refuse; nothing was sent
    ├── TransportFailed        no usable answer: connection, TLS, redirect, maintenance page
    ├── ValidationFailed       400: the API names what is wrong in `context`
    │   ├── InvalidReference       names a resource that does not exist or does not fit
    │   ├── InvalidValue           wrong format, type, length or number of items, or empty
    │   ├── InvalidContent         the body of a message cannot be used
    │   ├── InvalidHeaders         headers of the request: key, domain, content type
    │   ├── StateForbids           the resource's state does not allow it
    │   │   ├── ResourceInUse          something else uses the resource
    │   │   └── AlreadySending         the newsletter is on its way
    │   ├── ExternalCheckFailed    a check outside GetResponse failed
    │   ├── PlanLimitReached       the plan's number of contacts is used up
    │   └── RestrictedResource     the resource, or a property of it, is not for this account
    ├── AuthenticationFailed   401 or code 1014: key or token not accepted
    │   ├── TokenRefused           OAuth 2.0: no fresh access token, or it is refused as well
    │   └── DomainNotFound         there is no MAX account of this domain
    ├── AccessDenied           403: no permission
    │   └── Blocked                GetResponse has blocked the account or the address
    ├── NotFound               404, or an id that cannot be one (400 with code 1013)
    ├── Conflict               409: a unique value is taken
    ├── PayloadTooLarge        413
    ├── Throttled              429 for longer than one frame of the rate limit
    ├── ServerFailed           5xx
    │   └── UnderMaintenance       GetResponse is being maintained
    └── OutcomeUnknown         the write may or may not have happened; never repeat it blindly

`client/catalogue.py` says which code is which class, and what to do about it.  Errors never carry
headers, keys or tokens, and addresses in them are masked.
"""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from prefect_getresponse.client.privacy.masking import mask, mask_deep

Kind = TypeVar("Kind", bound="GetResponseError")


MORE_OPEN_FILES = "Raise the limit of open files (ulimit -n) to at least 256"
"""Advice, wherever the system opens no further file."""


class KnownError(Exception):
    """Base of every error that this package explains; any other one is a fault of its own.

    Attributes:
        after_send: Whether something may have been sent before; an exit code says so.
        is_block: Whether its text is a block of lines, and not one sentence.
    """

    after_send: bool = False
    is_block: ClassVar[bool] = False


class GetResponseError(KnownError):
    """Base of every error of a call, and of what else keeps the work from being done.

    Attributes:
        method: HTTP method of the call, if there was one.
        path: Path template of the call, such as `/contacts/{contactId}`.
        status: HTTP status, if an answer came.
        code: GetResponse's own error code (1, 1000-1029), if given.
        uuid: Identifier of the error for GetResponse's support, if given.
        context: Details of the API: an object, a list of texts, a list of objects or None.
        advice: What to do about it.
    """

    default_advice: ClassVar[str] = ""

    def __init__(
        self,
        message: str,
        *,
        method: str | None = None,
        path: str | None = None,
        status: int | None = None,
        code: int | None = None,
        uuid: str | None = None,
        context: Any = None,
        advice: str = "",
    ) -> None:
        super().__init__(mask(message))
        self.method = method
        self.path = path
        self.status = status
        self.code = code
        self.uuid = uuid
        self.context = mask_deep(context)
        self.advice = advice or self.default_advice

    def turned_into(self, kind: type[Kind], message: str, *, advice: str = "") -> Kind:
        """The same failure as an error of another class, with that class's advice.

        Args:
            kind: The other class.
            message: What happened, in its words.
            advice: What to do about it, if not what the class says.
        """
        return kind(
            message,
            method=self.method,
            path=self.path,
            status=self.status,
            code=self.code,
            uuid=self.uuid,
            context=self.context,
            advice=advice,
        )

    def __str__(self) -> str:
        """Say on one line what happened, where, and what to do."""
        where = f"{self.method} {self.path}: " if self.method else ""
        numbers = ", ".join(
            f"{name} {value}"
            for name, value in (("HTTP", self.status), ("code", self.code), ("uuid", self.uuid))
            if value is not None
        )
        text = f"{where}{self.args[0]}" + (f" ({numbers})" if numbers else "")
        return f"{text}. {self.advice}" if self.advice else text


class InvalidConfiguration(GetResponseError):
    """Credentials or settings that cannot work.

    No `ValueError`: pydantic and Prefect would put errors of their own in its place.
    """


class InvalidArguments(GetResponseError, ValueError):
    """Arguments the API would refuse or silently ignore; nothing was sent."""


class TransportFailed(GetResponseError):
    """No usable answer came; nothing was executed, or repeating it did not help."""

    default_advice = "Check the network and GetResponse's status page, then run again."


class ValidationFailed(GetResponseError):
    """The API refused the content of the request (HTTP 400)."""

    default_advice = "Correct what the context names; repeating the same call cannot succeed."


class InvalidReference(ValidationFailed):
    """The request names a resource that does not exist or does not fit (code 1001)."""


class InvalidValue(ValidationFailed):
    """A value has the wrong format, type, length or number of items, or is empty (1003-1007)."""


class InvalidContent(ValidationFailed):
    """The body of a message cannot be read or lacks a mandatory merge word (code 1012)."""


class InvalidHeaders(ValidationFailed):
    """Headers of the request are wrong: key, token, content type or domain (code 1021)."""


class StateForbids(ValidationFailed):
    """The state of the resource does not allow this (code 1002)."""


class ResourceInUse(StateForbids):
    """Something else uses the resource, which therefore cannot be changed (code 1009)."""


class AlreadySending(StateForbids):
    """The newsletter is on its way and cannot be changed any more (code 1011)."""


class ExternalCheckFailed(ValidationFailed):
    """A check outside GetResponse failed (code 1010)."""


class PlanLimitReached(ValidationFailed):
    """The contacts that the account's plan allows are used up (code 1027)."""


class RestrictedResource(ValidationFailed):
    """The resource may not be changed (code 1028), or its property not be used (code 1029)."""


class AuthenticationFailed(GetResponseError):
    """The API does not accept the key or token (HTTP 401, or code 1014)."""

    default_advice = (
        "Check the key in the credentials block. GetResponse expires keys that were not used for "
        "90 days: if so, generate a new one under Integrations and API."
    )


class TokenRefused(AuthenticationFailed):
    """OAuth 2.0: there is no fresh access token to be had, or the API refuses it as well."""

    default_advice = (
        "Check the OAuth client in the credentials block and that its authorization was not "
        "revoked; `prefect-getresponse oauth login` authorizes again."
    )


class DomainNotFound(AuthenticationFailed):
    """GetResponse knows no MAX account of this domain (code 1024)."""


class AccessDenied(GetResponseError):
    """Who calls is known but may not do this (HTTP 403)."""

    default_advice = "Check the rights of the key's user for this account and list."


class Blocked(AccessDenied):
    """GetResponse has blocked the account or the caller's address (codes 1016-1018)."""

    default_advice = "Stop all programs of this account and ask GetResponse's support."


class NotFound(GetResponseError):
    """There is no such resource, or it is not visible to this key (HTTP 404, or code 1013).

    An id that cannot be one is answered with 400, which says nothing about what was meant: unlike a
    404, it does not make a deletion done.
    """

    default_advice = "Check the id, and that the credentials belong to the account that owns it."


class Conflict(GetResponseError):
    """A unique value is already taken (HTTP 409, code 1008)."""

    default_advice = "Look up the existing resource and use it, or choose another value."


class PayloadTooLarge(GetResponseError):
    """The request body is too large (HTTP 413)."""

    default_advice = "Send fewer items at once."


class Throttled(GetResponseError):
    """The API kept refusing with 429, or asked to wait, for longer than one frame of its limits.

    Attributes:
        wait: Seconds the API asked to wait last.
    """

    default_advice = (
        "Another program uses up this account's calls: give it a smaller share, or wait."
    )
    wait: float = 0.0


class ServerFailed(GetResponseError):
    """GetResponse failed on its side (HTTP 5xx)."""

    default_advice = "Run again later; quote the uuid to GetResponse's support if it stays."


class UnderMaintenance(ServerFailed):
    """GetResponse is being maintained (code 1019)."""


class OutcomeUnknown(GetResponseError):
    """A write was sent and no answer proves whether it happened.

    Attributes:
        reconcilable: True when reading back by a natural key can tell; False when a person must
            look.
        operation: The call, such as `POST /newsletters`.
        attempt: Which attempt it was, the first being 1.
        sent_at: When it was sent: UTC, ISO 8601.
        fingerprint: 16 hexadecimal digits, the same for the same body of the same account.  They
            are keyed with the account's secret, so nobody can guess a body by them.
    """

    default_advice = "Look in GetResponse whether it happened before sending it again."
    reconcilable: bool = False
    operation: str = ""
    attempt: int = 0
    sent_at: str = ""
    fingerprint: str = ""

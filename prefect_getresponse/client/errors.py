"""What can go wrong with a call, one class a meaning.

    GetResponseError
    ├── InvalidConfiguration   credentials or settings that cannot work; nothing was sent
    ├── InvalidArguments       arguments the API would refuse; nothing was sent
    ├── TransportFailed        no usable answer: connection, TLS, redirect, maintenance page
    ├── ValidationFailed       400: the API names what is wrong in `context`
    ├── AuthenticationFailed   401 or code 1014: key or token not accepted
    ├── AccessDenied           403: blocked, or no permission
    ├── NotFound               404
    ├── Conflict               409: a unique value is taken
    ├── PayloadTooLarge        413
    ├── Throttled              429 for longer than one frame of the rate limit
    ├── ServerFailed           5xx
    └── OutcomeUnknown         the write may or may not have happened; never repeat it blindly

Errors never carry headers, keys or tokens, and addresses in them are masked.
"""

from __future__ import annotations

from typing import Any, ClassVar

from prefect_getresponse.masking import mask, mask_deep


class GetResponseError(Exception):
    """Base of every error of this package's client.

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


class InvalidConfiguration(GetResponseError, ValueError):
    """Credentials or settings that cannot work."""


class InvalidArguments(GetResponseError, ValueError):
    """Arguments the API would refuse or silently ignore; nothing was sent."""


class TransportFailed(GetResponseError):
    """No usable answer came; nothing was executed, or repeating it did not help."""

    default_advice = "Check the network and GetResponse's status page, then run again."


class ValidationFailed(GetResponseError):
    """The API refused the content of the request (HTTP 400)."""

    default_advice = "Correct what the context names; repeating the same call cannot succeed."


class AuthenticationFailed(GetResponseError):
    """The API does not accept the key or token (HTTP 401, or code 1014)."""

    default_advice = (
        "Check the key in the credentials block. GetResponse expires keys that were not used for "
        "90 days: if so, generate a new one under Integrations and API."
    )


class AccessDenied(GetResponseError):
    """The key is known but may not do this, or is blocked (HTTP 403)."""

    default_advice = (
        "Check the rights of the key's user; codes 1016-1018 mean a block by GetResponse."
    )


class NotFound(GetResponseError):
    """There is no such resource, or it is not visible to this key (HTTP 404)."""

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


class OutcomeUnknown(GetResponseError):
    """A write was sent and no answer proves whether it happened.

    Attributes:
        reconcilable: True when reading back by a natural key can tell; False when a person must
        look.
    """

    default_advice = "Look in GetResponse whether it happened before sending it again."
    reconcilable: bool = False

"""Errors of the API, as the sandbox answers them.

The envelope has the members httpStatus, code, codeDescription, message, moreInfo, context and
uuid (GetResponse API v3, `ErrorResponse`). Codes are those of the API's error catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

INTERNAL = 1
VALIDATION = 1000
REFERENCE = 1001
STATE = 1002
CONFLICT = 1008
IN_USE = 1009
ALREADY_SENDING = 1011
CONTENT = 1012
NOT_FOUND = 1013
AUTHENTICATION = 1014
THROTTLED = 1015
MAINTENANCE = 1019
HEADERS = 1021
FORBIDDEN = 1023
DOMAIN = 1024
RESTRICTED = 1028
NOT_IMITATED = 0

DESCRIPTIONS: Mapping[int, str] = {
    NOT_IMITATED: "The sandbox does not imitate this operation",
    INTERNAL: "Internal error",
    VALIDATION: "General error of validation, see context",
    REFERENCE: "A referenced resource is missing or invalid",
    STATE: "The state of the resource forbids this",
    1003: "A value has the wrong format",
    1004: "Too many or too few items",
    1005: "A value that must not be empty is empty",
    1006: "A value has the wrong type",
    1007: "A value is too short or too long",
    CONFLICT: "Another resource has the same value of a unique property",
    IN_USE: "The resource is in use and cannot be changed or deleted",
    1010: "An external check failed",
    ALREADY_SENDING: "The message is being sent and cannot be changed",
    CONTENT: "The body of the message cannot be used",
    NOT_FOUND: "The requested resource was not found",
    AUTHENTICATION: "Problem during authentication process, check headers!",
    THROTTLED: "Too many requests, quota reached, wait for the next window",
    1016: "Temporarily blocked",
    1017: "Permanently blocked",
    1018: "The IP address is blocked",
    MAINTENANCE: "The API is under maintenance",
    1020: "Unknown error",
    HEADERS: "Request headers are wrong",
    1022: "Unknown error",
    FORBIDDEN: "Access forbidden",
    DOMAIN: "The domain was not found",
    1025: "Unknown error",
    1026: "Unknown error",
    1027: "The contact limit of the plan is reached",
    RESTRICTED: "A restricted resource cannot be changed or deleted",
    1029: "A restricted property cannot be used",
}
"""Words for every code; 1020, 1022, 1025 and 1026 are in no published catalogue."""

CODE_OF_STATUS: Mapping[int, int] = {
    400: VALIDATION,
    401: AUTHENTICATION,
    403: FORBIDDEN,
    404: NOT_FOUND,
    409: CONFLICT,
    413: VALIDATION,
    429: THROTTLED,
    501: NOT_IMITATED,
    503: MAINTENANCE,
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One entry of a validation answer's `context`.

    Attributes:
        field_name: Path of the member or name of the parameter, `contacts[3].email`.
        validation_type: Which check failed, `required`, `type`, `length`, ...
        description: The reason in words.
        original_name: The parameter as it was sent, for filters and sorts only.
    """

    field_name: str
    validation_type: str
    description: str
    original_name: str | None = None

    def as_dict(self) -> dict[str, str]:
        """Return the entry as the API writes it."""
        entry = {
            "validationType": self.validation_type,
            "fieldName": self.field_name,
            "errorDescription": self.description,
        }
        if self.original_name is not None:
            entry["originalName"] = self.original_name
        return entry


class ApiError(Exception):
    """An answer other than 2xx.

    Attributes:
        status: HTTP status.
        code: Code of the API's error catalogue.
        context: What the envelope's `context` says: an object or a list.
        headers: Headers that go with this error only.
    """

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        context: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.context: Any = {} if context is None else context
        self.headers: Mapping[str, str] = headers or {}

    def envelope(self, uuid: str) -> dict[str, Any]:
        """Return the body of the answer.

        Args:
            uuid: Identifies this one answer.
        """
        return {
            "httpStatus": self.status,
            "code": self.code,
            "codeDescription": DESCRIPTIONS.get(self.code, "Error"),
            "message": self.message,
            "moreInfo": f"https://apidocs.getresponse.com/en/v3/errors/{self.code}",
            "context": self.context,
            "uuid": uuid,
        }


def invalid(errors: Iterable[FieldError], *, code: int | None = None) -> ApiError:
    """Build the 400 that lists every failed check.

    The code is 1001 when all that is wrong are references to things that do not exist, else 1000.

    Args:
        errors: The failed checks, at least one.
        code: Overrides that choice.
    """
    entries = list(errors)
    if code is None:
        only_references = all(entry.validation_type == "reference" for entry in entries)
        code = REFERENCE if only_references else VALIDATION
    context = [entry.as_dict() for entry in entries]
    return ApiError(400, code, "Validation error, see context section", context)


def not_found(**context: str) -> ApiError:
    """Build the 404 for a resource, `not_found(contactId="pV3r")`."""
    return ApiError(404, NOT_FOUND, "Resource not found", context)


def conflict(value: str) -> ApiError:
    """Build the 409 for a value that another resource has already."""
    return ApiError(409, CONFLICT, "Property value is already taken", {"value": value})


def forbidden_state(message: str) -> ApiError:
    """Build the 400 for a change that the present state does not allow."""
    return ApiError(400, STATE, message)

"""Errors of the API, as the sandbox answers them.

The envelope has the members httpStatus, code, codeDescription, message, moreInfo, context and
uuid (GetResponse API v3, `ErrorResponse`). Codes are those of the API's error catalogue.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

_NOISE = 1e-6
"""Seconds by which sums of times are off."""
INTERNAL = 1
VALIDATION = 1000
REFERENCE = 1001
STATE = 1002
BAD_FORMAT = 1003
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
WRONG_METHOD = 100_002
NOT_IMITATED = 0

DESCRIPTIONS: Mapping[int, str] = {
    NOT_IMITATED: "The sandbox does not imitate this operation",
    INTERNAL: (
        "We're experiencing an internal server problem. We've logged the issue. Our ops team is "
        "fixing the problem now."
    ),
    VALIDATION: ("General error of validation process, more details should be in context section"),
    REFERENCE: "A referenced resource is missing or invalid",
    STATE: "The state of the resource forbids this",
    BAD_FORMAT: "Bad format of one or more parameters.",
    1004: "Too many or too few items",
    1005: "A value that must not be empty is empty",
    1006: "A value has the wrong type",
    1007: "A value is too short or too long",
    CONFLICT: "There is another resource with the same value of unique property",
    IN_USE: "The resource is in use and cannot be changed or deleted",
    1010: "An external check failed",
    ALREADY_SENDING: "The message is being sent and cannot be changed",
    CONTENT: "The body of the message cannot be used",
    NOT_FOUND: "The requested resource was not found",
    AUTHENTICATION: "Problem during authentication process, check headers!",
    THROTTLED: "Too many request to API, quota reached, please wait till next quota window",
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
    WRONG_METHOD: "Method not allowed, please check for allowed methods in context",
}
"""Words for every code; 1020, 1022, 1025, 1026 and 100002 are in no published catalogue.

Those of 1, 1000, 1003, 1008, 1013-1015 and 100002 are GetResponse's own, the others are ours.
"""

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
        check: Which check failed, `required`, `type`, `reference`, ...; `query` or
            `searchFilter[...]` for what is wrong in the query.
        description: The reason in words.
        original_name: The parameter as it was sent, for filters and sorts only.
    """

    field_name: str
    check: str
    description: str
    original_name: str | None = None

    @property
    def is_search_filter(self) -> bool:
        """Whether a filter or sort is meant that the operation does not have."""
        return self.original_name is not None

    def as_dict(self, sent: Any) -> dict[str, Any]:
        """Return the entry as the API writes it.

        Args:
            sent: The body of the request.
        """
        if self.original_name is not None:
            return {
                "validationType": self.check,
                "fieldName": self.field_name,
                "originalName": self.original_name,
                "errorDescription": self.description,
            }
        if self.check == "query":
            named = {"validationType": "query", "fieldName": self.field_name}
            return {**named, "errorDescription": self.description}
        segments = segments_of(self.field_name)
        return {
            "validationType": "body",
            "fieldName": segments or "",
            "originalValue": _value_at(sent, segments) if segments else "",
            "errorDescription": self.description,
        }


def segments_of(path: str) -> list[str | int]:
    """Split a path into its steps, `contacts[3].email` into `["contacts", 3, "email"]`."""
    steps = re.findall(r"[^.\[\]]+", path)
    return [int(step) if step.isdigit() else step for step in steps]


def _value_at(value: Any, segments: Iterable[str | int]) -> Any:
    """Return what was sent at a place, None where nothing was."""
    for step in segments:
        try:
            value = value[step]
        except (LookupError, TypeError):
            return None
    return cast("Any", value) if isinstance(value, str | int | float | list | dict) else None


class ApiError(Exception):
    """An answer other than 2xx.

    Attributes:
        status: HTTP status.
        code: Code of the API's error catalogue.
        context: What the envelope's `context` says: an object or a list.
        headers: Headers that go with this error only.
        faults: The failed checks, which then stand in the place of `context`.
        sent: The body of the request, as far as it could be read.
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
        self.context: Any = [] if context is None else context
        self.headers: Mapping[str, str] = headers or {}
        self.faults: Sequence[FieldError] = ()
        self.sent: Any = None

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
            "moreInfo": f"https://apidocs.getresponse.com/v3/errors#{self.code}",
            "context": self._written_context(),
            "uuid": uuid,
        }

    def _written_context(self) -> Any:
        entries = [fault.as_dict(self.sent) for fault in self.faults]
        # The contract shows the one fault of a filter as an object, recordings those of bodies
        # as a list.
        if len(self.faults) == 1 and self.faults[0].is_search_filter:
            return entries[0]
        return entries or self.context


def invalid(faults: Iterable[FieldError], *, code: int | None = None) -> ApiError:
    """Build the 400 that lists every failed check.

    The code is 1001 when all that is wrong are references to things that do not exist, else 1000.

    Args:
        faults: The failed checks, at least one.
        code: Overrides that choice.
    """
    listed = list(faults)
    if code is None:
        only_references = all(fault.check == "reference" for fault in listed)
        code = REFERENCE if only_references else VALIDATION
    message = "Validation error, see context section for more information"
    error = ApiError(400, code, message)
    error.faults = listed
    return error


def not_found(**context: str) -> ApiError:
    """Build the 404 for a resource, `not_found(contactId="pV3r")`."""
    return ApiError(404, NOT_FOUND, "Resource not found", context)


def invalid_id() -> ApiError:
    """Build the 400 for an identifier in the path that cannot be one."""
    return ApiError(400, NOT_FOUND, "Resource identifier is invalid.")


def wrong_method(method: str) -> ApiError:
    """Build the 400 for a method that no operation of the path has."""
    message = "Request method not allowed"
    return ApiError(400, WRONG_METHOD, message, {"requestMethod": method.lower()})


def conflict() -> ApiError:
    """Build the 409 for a value that another resource has already."""
    return ApiError(409, CONFLICT, "Property value is already taken")


def forbidden_state(message: str) -> ApiError:
    """Build the 400 for a change that the present state does not allow."""
    return ApiError(400, STATE, message)


def throttled(limit: int, seconds: float, headers: Mapping[str, str] | None = None) -> ApiError:
    """Build the 429.

    Args:
        limit: The limit that was reached.
        seconds: Time until it is free again.
        headers: Headers that describe another window than the frame.
    """
    context = {"currentLimit": limit, "timeToReset": seconds_text(seconds)}
    message = "You have reached your requests limit for this time window, please wait..."
    return ApiError(429, THROTTLED, message, context, headers)


def whole_seconds(seconds: float) -> int:
    """Return a wait in whole seconds, at least one."""
    return max(1, math.ceil(seconds - _NOISE))


def seconds_text(seconds: float) -> str:
    """Return a wait as limit headers print it."""
    return f"{whole_seconds(seconds)} seconds"

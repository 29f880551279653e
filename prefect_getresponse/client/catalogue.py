"""GetResponse's error codes: which error each one is, and what to do about it.

The status decides first.  A code refines it, so a code that contradicts its status counts for
nothing, except those that say who calls is not accepted: they come under several statuses.  So
does 1013: an id that cannot be one, which is answered with 400, is not found either.
Codes 1020, 1022, 1025 and 1026 are in no published catalogue.

Source: GetResponse API v3, Errors.
"""

from __future__ import annotations

from prefect_getresponse.client.errors import (
    AccessDenied,
    AlreadySending,
    AuthenticationFailed,
    Blocked,
    Conflict,
    DomainNotFound,
    ExternalCheckFailed,
    GetResponseError,
    InvalidContent,
    InvalidHeaders,
    InvalidReference,
    InvalidValue,
    NotFound,
    PayloadTooLarge,
    PlanLimitReached,
    ResourceInUse,
    RestrictedResource,
    ServerFailed,
    StateForbids,
    Throttled,
    UnderMaintenance,
    ValidationFailed,
)

_BAD_REQUEST = 400

_OF_STATUS: dict[int, type[GetResponseError]] = {
    400: ValidationFailed,
    401: AuthenticationFailed,
    403: AccessDenied,
    404: NotFound,
    409: Conflict,
    413: PayloadTooLarge,
    429: Throttled,
}

_OF_CODE: dict[int, tuple[type[GetResponseError], str]] = {
    1: (ServerFailed, ""),
    1000: (ValidationFailed, ""),
    1001: (
        InvalidReference,
        "Check the ids in the request: lists, custom fields, tags, messages and senders must "
        "exist in this account and belong together.",
    ),
    1002: (
        StateForbids,
        "Look at the resource in GetResponse: blocklisted, bounced or deleted contacts stay out, "
        "and only drafts can be sent as drafts.",
    ),
    1003: (
        InvalidValue,
        "Correct the format: id, e-mail address, IP address, date, phone or word.",
    ),
    1004: (InvalidValue, "Send as many items as the context allows, in several calls if needed."),
    1005: (InvalidValue, "Give a value, or leave the argument out: empty means erase."),
    1006: (InvalidValue, "Send the type that the API expects: text, number, true or false, list."),
    1007: (InvalidValue, "Keep to the length that the context names."),
    1008: (Conflict, ""),
    1009: (
        ResourceInUse,
        "Take the resource out of the forms, segments, messages or senders that use it first.",
    ),
    1010: (
        ExternalCheckFailed,
        "Correct what the check looks at outside GetResponse, then repeat.",
    ),
    1011: (
        AlreadySending,
        "Read the newsletter's state; it is being sent, so never send it again.",
    ),
    1012: (InvalidContent, "Correct the HTML and the merge words, the mandatory ones included."),
    1013: (NotFound, ""),
    1014: (AuthenticationFailed, ""),
    1015: (Throttled, ""),
    1016: (Blocked, "The block is temporary: stop all programs of this account for 15 minutes."),
    1017: (Blocked, "The block is permanent: ask GetResponse's support."),
    1018: (Blocked, "This machine's IP address is blocked: ask GetResponse's support."),
    1019: (UnderMaintenance, "Wait until GetResponse's maintenance is over, then run again."),
    1021: (
        InvalidHeaders,
        "Check platform, domain and key in the credentials block: retail accounts have no domain, "
        "MAX accounts need theirs.",
    ),
    1023: (AccessDenied, ""),
    1024: (
        DomainNotFound,
        "Check domain and platform in the credentials block; GetResponse's account manager knows "
        "both.",
    ),
    1027: (PlanLimitReached, "Remove contacts or ask for a larger plan; repeating cannot succeed."),
    1028: (RestrictedResource, "Leave this resource as it is: GetResponse keeps it for itself."),
    1029: (RestrictedResource, "Leave out the property that the context names."),
}

ADVICE: dict[int, str] = {code: advice for code, (_, advice) in _OF_CODE.items() if advice}
"""What to do about a code, where its class does not say it."""


def meaning(status: int, code: int | None) -> type[GetResponseError]:
    """Class of the error that an answer means.

    Args:
        status: HTTP status, 400 or above.
        code: GetResponse's error code, if the answer has one.
    """
    of_status = _OF_STATUS.get(status, ServerFailed if status >= 500 else ValidationFailed)
    of_code, _ = _OF_CODE.get(code or 0, (of_status, ""))
    if of_code is NotFound and status == _BAD_REQUEST:
        return NotFound
    return of_code if issubclass(of_code, (of_status, AuthenticationFailed)) else of_status

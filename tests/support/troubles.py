"""What a wire does to a call, and what the caller sees of it."""

from __future__ import annotations

from enum import Enum

import httpx


class Trouble(Enum):
    """What happens to a call on its way."""

    REFUSED = "no connection"
    LOST_BEFORE = "the connection breaks before the call is executed"
    LOST_AFTER = "the connection breaks after the call was executed"
    TRUNCATED = "half an answer after the call was executed"
    HTML = "a maintenance page instead of the call"
    FAILED_BEFORE = "500 instead of the call"
    FAILED_AFTER = "500 after the call was executed"
    TOO_LARGE = "413 instead of the call"
    THROTTLED = "429 instead of the call"
    UNAUTHORIZED = "401 instead of the call"
    KILLED_BEFORE = "our process dies before the call arrives"
    KILLED_AFTER = "our process dies after the call was executed"


EXECUTED = {
    Trouble.LOST_AFTER,
    Trouble.TRUNCATED,
    Trouble.FAILED_AFTER,
    Trouble.KILLED_AFTER,
}
"""Troubles of calls that GetResponse has executed all the same."""


def disturbed(
    trouble: Trouble | None, request: httpx.Request, response: httpx.Response
) -> httpx.Response:
    """What a caller sees who survives.

    Args:
        trouble: What happened.
        request: The call.
        response: Its answer, if it was executed.

    Raises:
        httpx.TransportError: There is no answer.
    """
    match trouble:
        case Trouble.REFUSED:
            raise httpx.ConnectError("refused", request=request)
        case Trouble.LOST_BEFORE | Trouble.LOST_AFTER:
            raise httpx.ReadError("reset", request=request)
        case Trouble.TRUNCATED:
            raise httpx.RemoteProtocolError("cut short", request=request)
        case Trouble.HTML:
            return httpx.Response(200, html="<h1>Maintenance</h1>", request=request)
        case Trouble.FAILED_BEFORE | Trouble.FAILED_AFTER:
            return httpx.Response(500, json={"code": 1}, request=request)
        case Trouble.THROTTLED:
            return httpx.Response(
                429, headers={"Retry-After": "7"}, json={"code": 1015}, request=request
            )
        case Trouble.TOO_LARGE:
            return httpx.Response(413, html="<h1>Too large</h1>", request=request)
        case Trouble.UNAUTHORIZED:
            return httpx.Response(401, json={"code": 1014}, request=request)
        case Trouble.KILLED_BEFORE | Trouble.KILLED_AFTER | None:
            return response

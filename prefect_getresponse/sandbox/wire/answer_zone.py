"""The zone in which an answer prints its dates (GetResponse API v3, header `X-Time-Zone`)."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from prefect_getresponse.sandbox.contract.errors import HEADERS, ApiError
from prefect_getresponse.sandbox.contract.messages import JSON_TYPE, Answer, Call

HEADER = "X-Time-Zone"

_MOMENT = re.compile(rb'(?<=")\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000(?=")')


def zone_of(call: Call) -> ZoneInfo | None:
    """Return the zone a call asks for, None for UTC.

    Raises:
        ApiError: 400 with code 1021 for a name that the time zone database does not have.
    """
    name = call.headers.get(HEADER.lower(), "")
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"{HEADER} is not in the time zone database"
        raise ApiError(400, HEADERS, message, {"header": HEADER}) from None


def in_zone(answer: Answer, zone: ZoneInfo | None) -> Answer:
    """Return an answer with its moments printed in a zone."""
    if zone is None or answer.headers.get("Content-Type") != JSON_TYPE:
        return answer

    def moved(found: re.Match[bytes]) -> bytes:
        moment = datetime.fromisoformat(found[0].decode()).astimezone(zone)
        return moment.strftime("%Y-%m-%dT%H:%M:%S%z").encode()

    return Answer(answer.status, _MOMENT.sub(moved, answer.body), answer.headers)

"""What people do with a message, and when: by their address alone, so that a run can be repeated.

Of a hundred addresses about 40 open and 15 click. Addresses at four domains always do the same:
mail to `rejected.example` is not sent, at `bounced.example` it comes back, at `scanner.example` a
program opens it and follows its links at once, and whoever reads it at `complaint.example` reports
it as spam. How fast and how many people react is not the API's to say;
delays here are seconds at speed 1.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass

from prefect_getresponse.sandbox.people.contact_book import email_key

NEVER = math.inf
_SENT = 5.0
_BOUNCED = 30.0
_SOONEST = 60.0
_SPREAD = 7200
"""The last one opens this many seconds after the first one."""
_THINKING = 30.0
_OPENERS = 40
_CLICKERS = 15


@dataclass(frozen=True, slots=True)
class Reaction:
    """When what happens to a message at one address, in unix seconds; `NEVER` if it does not.

    `human` is whether people open and click, and no program.
    """

    sent: float = NEVER
    rejected: float = NEVER
    bounced: float = NEVER
    opened: float = NEVER
    clicked: float = NEVER
    complained: float = NEVER
    human: bool = True


def reaction(address: str, start: float, speed: float) -> Reaction:
    """Say what becomes of a message at an address.

    Args:
        address: An e-mail address or a telephone number.
        start: When the message was handed over, unix seconds.
        speed: How many times faster than life people act.
    """
    key = email_key(address)
    later, percent = divmod(zlib.crc32(key.encode()), 100)
    domain = key.rpartition("@")[2]

    def after(seconds: float) -> float:
        return start + seconds / speed

    sent = after(_SENT)
    opening = _SENT + _SOONEST + later % _SPREAD
    opened, soon = after(opening), after(opening + _THINKING)
    if domain == "rejected.example":
        return Reaction(rejected=sent)
    if domain == "bounced.example":
        return Reaction(sent=sent, bounced=after(_SENT + _BOUNCED))
    if domain == "scanner.example":
        return Reaction(sent=sent, opened=sent, clicked=sent, human=False)
    if domain == "complaint.example":
        return Reaction(sent=sent, opened=opened, complained=soon)
    return Reaction(
        sent=sent,
        opened=opened if percent < _OPENERS else NEVER,
        clicked=soon if percent < _CLICKERS else NEVER,
    )

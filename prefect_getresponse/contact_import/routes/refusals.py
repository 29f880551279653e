"""What GetResponse's words about one person say: codes alone do not tell.

"Contact in queue" and "Cannot add contact that is blacklisted" are recorded; the codes that come
with them are not certain.
"""

from __future__ import annotations

import re

from prefect_getresponse.client.errors import Conflict, GetResponseError, ValidationFailed

_QUEUED = re.compile(r"\bqueue", re.IGNORECASE)
_BLOCKED = re.compile(r"\b(?:black|block|deny)[ -]?list", re.IGNORECASE)


def says_queued(error: GetResponseError) -> bool:
    """Whether the person is on the way to the list already."""
    return _says(error, _QUEUED)


def says_blocked(error: GetResponseError) -> bool:
    """Whether nobody may write to the person."""
    return _says(error, _BLOCKED)


def _says(error: GetResponseError, words: re.Pattern[str]) -> bool:
    about_the_person = isinstance(error, Conflict | ValidationFailed)
    return about_the_person and words.search(str(error.args[0])) is not None

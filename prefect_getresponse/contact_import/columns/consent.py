"""What a cell of a consent, opt-out or status column says about e-mail."""

from __future__ import annotations

import json
import re
from ast import literal_eval
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any, Literal, cast

from prefect_getresponse.contact_import.columns import dates
from prefect_getresponse.words import phrases, words_of

_SEPARATORS = re.compile(r"[\s_\-]+")
_BETWEEN_PARTS = re.compile(r"[\[\]{}\"',;:|()/!.\n\u2013\u2014]| - ")
_SWITCH = re.compile(r":\s*(?:true|false)\b")
_SIGNED = re.compile(r"[-+]\d+|-")
# Says how a sign is to be drawn, and nothing else: `✔` and `✔️` are one tick.
_DRAWN = str.maketrans("", "", "\ufe0e\ufe0f\u200d")

# A cell is asked for its kind several times in a row, and columns one after another.
_REMEMBERED = 4_000

Answer = Literal["yes", "no", "silent", "unknown"]


@lru_cache(_REMEMBERED)
def simplified(cell: str) -> str:
    """Return a cell without case, accents, and the signs between words."""
    text = cell.strip()[: phrases.LONGEST].translate(_DRAWN)
    if _SIGNED.fullmatch(text):
        return text
    return _SEPARATORS.sub(" ", phrases.without_accents(text))


def _words(*meanings: str) -> frozenset[str]:
    return frozenset(
        simplified(word) for meaning in meanings for word in words_of("answers", "answers", meaning)
    )


_YES = _words("yes")
_NO = _words("no")
# What databases and tools write where they have nothing to say.
_NEVER = _words("never")
_NOTHING = _words("nothing") | _NEVER
# Words that speak of a subscription wherever they stand.
_SUBSCRIBED = _words("subscribed")
_UNSUBSCRIBED = _words("unsubscribed")
# Words that mean consent in a consent column, but could be said of anything else in others.
_ACTIVE = _words("active")
_INACTIVE = _words("inactive")

_GRANTED = _YES | _SUBSCRIBED | _ACTIVE
_DENIED = _NO | _UNSUBSCRIBED | _INACTIVE
_UNDECIDED = frozenset(map(simplified, ("unknown", "not set", "unspecified")))
_CLEARLY_IN = frozenset(
    map(simplified, ("allow", "allowed", "not opted out", "active", "in", "valid"))
)
_NOT_OPTED_OUT = (_NO | _NOTHING | _SUBSCRIBED | _CLEARLY_IN) - _UNDECIDED
_OF_STATUS = _GRANTED | _DENIED
_ANSWERS = _YES | _NO | _SUBSCRIBED | _UNSUBSCRIBED
_PLAIN_ANSWERS = {word for word in _YES | _NO if not word[-1].isdigit()} - {"on", "off"}
# A clear yes also where more is said behind it: `Yes, by e-mail`, `Tak, wyrażam zgodę`.
_YES_WORDS = {word for word in _YES if len(word) > 1 and word.isalpha()} - {"on"} | _SUBSCRIBED
_NO_WORDS = {word for word in _NO if len(word) > 1 and word.isalpha()} - {"none", "off"}
_BY_EMAIL = _words("by_email")
_ONLY = _words("only")
_EXCEPT = _words("except")
_MAIL_VALUE = re.compile(r"\be-?mails?\s*[:=]([^,;|\n]*)", re.IGNORECASE)
_MAIL_NAMED = re.compile(r"\be-?mail", re.IGNORECASE)
_UNTICKED = re.compile(r"\s*(?:\[\s*\]|\(\s*\)|[\u2610\u25a1\u25ef\u25cb])")
# What says below `email` whether somebody gets it; all of it together has to be one answer.
_STATES_IN_JSON = _words("key_of_state")
# What may stand beside a date: `Subscribed on 2024-01-01`, `seit 1.2.2024`.
_SINCE = re.compile(r"\b(?:on|at|since|am|seit|le|el|il|em|op|dnia|od|per|via|the)\b|[()\[\]:;,.-]")


def granted(cell: str) -> bool:
    """Tell whether a cell of a consent column says yes; blank and unknown words do not.

    A date says since when, which is a yes, and so is a list of channels with e-mail among them.
    """
    return agreement(cell) == "yes"


def agreement(cell: str) -> Answer:
    """Return what a cell of a consent column says.

    `silent` is a blank cell, and what programs write for one, such as the first day of their
    calendar; `unknown` is what nobody has taught us.
    """
    word = simplified(cell)
    if word in _GRANTED:
        return "yes"
    if is_silent(cell):
        return "silent"
    if word in _DENIED:
        return "no"
    if dates.is_date(cell):
        return "yes"
    if dates.is_like_a_date(cell):
        return "unknown"
    structured = _structured(cell)
    if structured is not None:
        return _agreement_in(structured)
    if _says_yes(cell):
        return "yes"
    return "no" if _says_no(cell) else "unknown"


def _structured(cell: str) -> Mapping[str, Any] | None:
    """Return the JSON object in a cell, or the dictionary of Python."""
    text = cell.strip()
    if not text.startswith("{"):
        return None
    is_python = "'" in text and "\\" not in text and len(text) <= phrases.LONGEST
    for read in (json.loads, literal_eval) if is_python else (json.loads,):
        try:
            found: object = read(text)
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            continue
        return cast(Mapping[str, Any], found) if isinstance(found, dict) else None
    return None


def _has_switch(cell: str) -> bool:
    """Tell whether a cell is JSON with a true or false in it: `{"newsletter": false}`."""
    return cell[:1] in ("{", "[") and _SWITCH.search(cell) is not None


def _agreement_in(found: Mapping[str, Any]) -> Answer:
    """Return what a JSON object says of e-mail: a yes has to be a clear one."""
    return _agreement_below(found, _BY_EMAIL)


def _agreement_below(found: Mapping[Any, Any], keys: frozenset[str]) -> Answer:
    said = [value for key, value in found.items() if simplified(str(key)) in keys]
    if len(said) != 1:
        return "unknown"
    value = said[0]
    if isinstance(value, dict):  # `{"email": {"subscribed": true}}`
        return _agreement_below(cast(Mapping[Any, Any], value), _STATES_IN_JSON)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == "":
        return "silent"
    if isinstance(value, str) and agreement(value) in ("yes", "no"):
        return agreement(value)
    return "unknown"


def _says_yes(cell: str) -> bool:
    """Tell whether several words, or a list of them, are a clear yes."""
    if len(cell) > phrases.LONGEST or phrases.denies(cell) or phrases.refuses(cell):
        return False
    if _UNTICKED.match(cell) or any(agreement(said) != "yes" for said in _MAIL_VALUE.findall(cell)):
        return False
    cell, is_dated = dates.without_dates(cell)
    parts = [part for text in _BETWEEN_PARTS.split(cell) if (part := simplified(text).strip())]
    words = phrases.stated(cell).split()
    elsewhere = phrases.is_about_another_channel(cell)
    if _DENIED & {*parts, *words} or _EXCEPT & set(words) or phrases.ends(cell):
        return False
    if _ONLY & set(words) and (elsewhere or not _MAIL_NAMED.search(cell)):
        return False
    if _BY_EMAIL & set(parts) or phrases.agrees(cell):
        return True
    if elsewhere:
        return False
    if is_dated:
        return simplified(_SINCE.sub(" ", simplified(cell))).strip() in _YES_WORDS
    return bool(parts) and parts[0] in _YES_WORDS


def _says_no(cell: str) -> bool:
    """Tell whether several words are a clear no."""
    if phrases.refuses_mail(cell) or phrases.ends(cell) or phrases.stance(cell) == "opt_out":
        return True
    if phrases.is_about_another_channel(cell):
        return True  # and not about e-mail, or it would be a yes
    first = phrases.spoken(cell).split()[:1]
    return bool(first) and first[0] in _NO_WORDS


def is_silent(cell: str) -> bool:
    """Tell whether a cell is blank, or holds what tools write instead of nothing."""
    word = simplified(cell)
    return not word.strip() or word in _NOTHING or dates.is_never(cell)


def refusal(cell: str, *, any_text: bool = False) -> Answer:
    """Return what a cell of an opt-out column says: `yes` is who has opted out.

    Args:
        cell: The cell.
        any_text: Whether the column holds reasons, so that any text is an opt-out.
    """
    word = simplified(cell)
    if word in _NOT_OPTED_OUT:
        return "no"
    if word in _UNDECIDED:
        return "yes" if any_text else "unknown"
    if is_silent(cell):
        return "silent"
    if word in _YES or word in _DENIED or dates.is_date(cell) or phrases.refuses(cell):
        return "yes"
    structured = _structured(cell)
    if structured is not None and not any_text:
        return _agreement_in(structured)
    first = phrases.spoken(cell).split()[:1]
    if any_text or phrases.ends(cell) or (first and first[0] in _YES_WORDS):
        return "yes"
    return "unknown"


def opted_out(cell: str) -> bool:
    """Tell whether a cell of an opt-out column says anything but a clear no or nothing."""
    return refusal(cell) in ("yes", "unknown")


def unsubscribed(cell: str) -> bool:
    """Tell whether a cell of any status column says that somebody does not get e-mail."""
    word = simplified(cell)
    return word in _UNSUBSCRIBED or (word not in _NOT_OPTED_OUT and phrases.refuses(cell))


def is_about_subscription(cells: Collection[str]) -> bool:
    """Tell whether cells of a column called `Status` are about subscriptions.

    They are if one of them can be nothing else (`unsubscribed`), or if all of them can be
    (`active`, `inactive`); `open` or `qualified` make it the status of a lead, and a mere yes or no
    may be about anything.
    """
    words = {simplified(cell) for cell in cells} - {""}
    if names_subscription(cells):
        return True
    return bool(words - _YES - _NO) and words <= _OF_STATUS


def names_subscription(cells: Iterable[str]) -> bool:
    """Tell whether one of some cells can be about nothing but a subscription: `unsubscribed`."""
    found = {cell.strip() for cell in cells} - {""}
    return bool(_SUBSCRIBED & set(map(simplified, found))) or any(map(unsubscribed, found))


def are_answers(cells: Iterable[str]) -> bool:
    """Tell whether most different cells of a column are answers, such as yes and no."""
    found = {cell.strip() for cell in cells} - {""}
    answers = [cell for cell in found if simplified(cell) in _DENIED or granted(cell)]
    return len(answers) * 2 >= len(found) > 0


def are_yes_and_no(cells: Iterable[str]) -> bool:
    """Tell whether all cells of a column are words for yes and no, or silent beside one of them."""
    found = [cell for cell in cells if not is_silent(cell)]
    return bool(found) and all(simplified(cell) in _ANSWERS for cell in found)


def is_answer(cell: str) -> bool:
    """Tell whether a cell is a word for yes or no, a tick, or begins with such a word."""
    word = simplified(cell)
    if word in _ANSWERS or _has_switch(cell):
        return True
    first = re.split(r"[\s,.;:!(_\u2013\u2014-]", cell.strip(), maxsplit=1)[0]
    return simplified(first) in _NO_WORDS or simplified(first) in _YES_WORDS


def has_ended(cell: str) -> bool:
    """Tell whether a cell speaks of something that is over or denied: `pending`, `never`."""
    word = simplified(cell)
    return word in _INACTIVE or word in _NEVER or phrases.ends(cell)


def is_plain_answer(cell: str) -> bool:
    """Tell whether a cell is a word for yes or no and nothing else, of more than a letter."""
    word = simplified(cell)
    return len(word) > 1 and word in _PLAIN_ANSWERS


def is_clear_yes(cell: str) -> bool:
    """Tell whether a cell of a column that nobody knows says yes: a letter seldom does."""
    word = simplified(cell)
    return agreement(cell) == "yes" and (len(word) > 1 or word in _YES)


def is_known(cell: str) -> bool:
    """Tell whether a cell is a word of the tables, which may be shown."""
    word = simplified(cell)
    return word in _OF_STATUS or word in _NOTHING

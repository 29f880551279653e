"""What other tools call their columns, in many languages: how to look up in the tables.

Names are compared as wholes after `normalised`: `E-mail 1 - Value`, `EMAIL_1_VALUE` and
`email1Value` are one name, but `Email` is not found in `Email Domain`. The names themselves are in
`words/headers.toml`.
"""

import re

from prefect_getresponse.words import phrases, words_of

_NOT_LETTERS = re.compile(r"[\W_]+")


def normalised(name: str) -> str:
    """Return a column name without case, accents, spaces and punctuation."""
    return _NOT_LETTERS.sub("", phrases.without_accents(name))


def _names_of(meaning: str) -> tuple[str, ...]:
    return words_of("headers", "headers", meaning)


def _longest_first(meaning: str) -> tuple[str, ...]:
    return tuple(sorted({normalised(word) for word in _names_of(meaning)}, key=len, reverse=True))


# Words for somebody else (owner, company, account, shipping) must never be here.
PERSON_QUALIFIERS = _longest_first("person_before")
PERSON_SUFFIXES = _longest_first("person_behind")
MEANINGS = (
    "first_name",
    "last_name",
    "name",
    "generic_name",
    "tags",
    "ip_address",
    "status",
    "consent",
    "confirmation",
    "opt_out",
)
"""What a column can mean by its name as a whole, the address apart."""

_MEANINGS = {normalised(name): meaning for meaning in MEANINGS for name in _names_of(meaning)}
# How specific a name of the address is: the lowest present wins, so that a plain `Email` wins over
# `Work Email`, and two names of one number are ambiguous. One step is added for a qualifier.
_RANKS = {"email": 0, "email_of_several": 2, "email_by_place": 3, "email_of_subscriber": 4}
EMAIL_RANKS = {
    normalised(name): rank for meaning, rank in _RANKS.items() for name in _names_of(meaning)
}
# `User Name` is a login, `Lead Status` is about a sale: these do not take a qualifier.
_UNQUALIFIABLE = frozenset({"generic_name", "ip_address", "status"})

# `Email - Primary`, `Correo de contacto`: all other words say whose address it is, or which.
_ADDRESS_WORDS = frozenset({"email", "emails", "mail", "correo", "courriel"})
_PLACES = frozenset({"work", "home", "personal", "private", "business", "professional"}) | {
    "privat",
    "pro",
}
_BESIDE_ADDRESS = _PLACES.union(
    phrases.spoken(" ".join(_names_of("person_before") + _names_of("person_behind"))).split(),
    _names_of("beside_address"),
)

# What forms and plugins add in brackets: `Email (Billing)`, `Newsletter (yes/no)`.
_BRACKETS = re.compile(r"[(\[]([^()\[\]]{1,40})[)\]]\W{0,9}$")
_REMARKS = frozenset(map(normalised, _names_of("remark"))).union(PERSON_QUALIFIERS)
# `3. E-mail`, `Q3: E-mail` of surveys, `Email__c` of Salesforce.
_NUMBER_BEFORE = re.compile(r"^Q?\d{1,3}\s?[.:)]\s+(?=\D)")
_OWN_FIELD = re.compile(r"__c$")
_NUMBERED = re.compile(r"(.*\D)\d+\W*")


def meaning(column: str) -> tuple[str, bool] | None:
    """Return what a column means by its name, and whether the name is qualified.

    The meaning is a field of a contact, or `status`, `confirmation`, `answer`, `topic` or
    `generic_name`, which depend on what else is in the source. The address is not among them.
    """
    name = normalised(column)
    if name in _MEANINGS:
        return _MEANINGS[name], False
    found = _MEANINGS.get(bare_name(column))
    if found is not None and found not in _UNQUALIFIABLE:
        return found, True
    numbered = _NUMBERED.fullmatch(column)
    if numbered and _MEANINGS.get(_unqualified(normalised(numbered[1]))) == "tags":
        return "tags", True
    spoken = phrases.stance(column)
    return (spoken, True) if spoken else None


def is_named(column: str) -> bool:
    """Tell whether a table has the name of a column as a whole, or with whose it is before it."""
    if normalised(column) in _MEANINGS:
        return True
    return bare_name(column) in _MEANINGS


def bare_name(column: str) -> str:
    """Return the `normalised` name of a column without whose it is, and without remarks."""
    return _unqualified(normalised(_without_remark(column)))


def email_rank(column: str) -> int | None:
    """Return how far from a plain `Email` the name of an e-mail column is, from 0.

    `None` is any other column. One step is added for a qualifier.
    """
    name = normalised(column)
    if name in EMAIL_RANKS:
        return EMAIL_RANKS[name]
    bare = _without_remark(column)
    rank = EMAIL_RANKS.get(_unqualified(normalised(bare)))
    return _rank_of_words(bare) if rank is None else rank + 1


def _rank_of_words(column: str) -> int | None:
    words = set(phrases.spoken(column).split())
    if (
        normalised(column) in _MEANINGS
        or not words & _ADDRESS_WORDS
        or words - _ADDRESS_WORDS - _BESIDE_ADDRESS
    ):
        return None
    return 3 if words & _PLACES else 2


def _without_remark(column: str) -> str:
    """Return a name without numbers and brackets that do not change its meaning."""
    column = _OWN_FIELD.sub("", _NUMBER_BEFORE.sub("", column))
    found = _BRACKETS.search(column)
    is_remark = found and normalised(found[1]) in _REMARKS
    return column[: found.start()] if found and is_remark else column


def _unqualified(name: str) -> str:
    for word in PERSON_QUALIFIERS:
        if name.startswith(word) and len(name) > len(word):
            return _unqualified(name[len(word) :])
    for word in PERSON_SUFFIXES:
        if name.endswith(word) and len(name) > len(word):
            return _unqualified(name[: -len(word)])
    return name

"""E-mail addresses: which are valid, and which are the same.

Only syntax counts, never DNS, and nothing is corrected. GetResponse's API v3 declares `email` as
`format: email`, which is the ASCII mailbox of RFC 5321: an international domain is sent in its
ASCII form, while a local part beyond ASCII, a quoted one and an address literal are invalid.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import chain, repeat

from prefect_getresponse.sources.trimming import trimmed

MAX_LENGTH = 254
# Dots in a row are against RFC 5321, but mobile carriers have given out such addresses, and they
# receive mail: only dots at the ends are refused.
# An apostrophe in front is what spreadsheets write before a text, and was never seen in an address.
# There are no possessive or atomic groups: Python 3.11.0 to 3.11.4 misread them (gh-106052).
_LOCAL = re.compile(r"(?![.'])[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}(?<!\.)")
_LABEL = r"[A-Za-z0-9][A-Za-z0-9-]{0,62}(?<!-)"
_TOP_LABEL = r"[A-Za-z][A-Za-z0-9-]{1,62}(?<!-)"
_PLAIN = re.compile(rf"{_LOCAL.pattern}@(?:{_LABEL}\.)+{_TOP_LABEL}")


_PLAIN_LINES = re.compile(rf"^{_PLAIN.pattern}$", re.MULTILINE)


def address(cell: str) -> str | None:
    """Return the address in a trimmed cell as the API takes it, or `None` if it is invalid."""
    if len(cell) > MAX_LENGTH:
        return None
    # Labels like `ab--cd` are reserved; whether `xn--...` is valid takes more than a pattern.
    if cell.isascii() and "--" not in cell:
        return cell if _PLAIN.fullmatch(cell) else None
    local, _, domain = cell.rpartition("@")
    ascii_domain = _ascii_domain(domain) if _LOCAL.fullmatch(local) else None
    if ascii_domain is None:
        return None
    # An ASCII domain is sent as it stands, also in capitals.
    found = f"{local}@{domain if domain.isascii() else ascii_domain}"
    return found if len(found) <= MAX_LENGTH and _PLAIN.fullmatch(found) else None


def addresses(cells: Sequence[str]) -> list[str | None]:
    """Return what `address` makes of each cell; many at once are several times as fast."""
    text = "\n".join(cells)
    if "--" in text or not text.isascii() or text.count("\n") != len(cells) - 1:
        return list(map(address, cells))
    # In order, so that each cell is the next one found or one that `address` has to look at.
    plain = chain(_PLAIN_LINES.findall(text), repeat(None))
    found = next(plain)
    valid: list[str | None] = []
    for cell in cells:
        if cell == found and len(cell) <= MAX_LENGTH:
            valid.append(cell)
            found = next(plain)
        else:
            valid.append(address(cell))
    return valid


def compare_key(valid: str) -> str:
    """Return what two spellings of one valid address have in common."""
    return valid.lower()


def listed_key(listed: str) -> str:
    """Return the comparison key of an address as GetResponse lists it.

    There the domain may stand in its own letters, and ours are in their ASCII form.
    """
    if listed.isascii():
        return compare_key(listed.strip())
    local, at, domain = trimmed(listed).rpartition("@")
    return compare_key(f"{local}{at}{_ascii_domain(domain) or domain}")


def listed_keys(listed: Sequence[str]) -> list[str]:
    """Return what `listed_key` makes of each address; many at once are several times as fast."""
    text = "\n".join(listed)
    if not text.isascii() or text.count("\n") != len(listed) - 1:
        return list(map(listed_key, listed))
    return list(map(str.strip, text.lower().split("\n")))


def has_two_spellings(valid: str) -> bool:
    """Whether the domain of an address may also stand in letters of its own."""
    return any(label.startswith("xn--") for label in valid.rpartition("@")[2].lower().split("."))


def compare_keys(valid: Iterable[str | None]) -> list[str]:
    """Return what `compare_key` makes of each address, and empty texts where there is none."""
    # An address holds no line break.
    return "\n".join(email or "" for email in valid).lower().split("\n")


def _ascii_domain(domain: str) -> str | None:
    # Imported late: few sources have such domains, and the import costs as much as 1000 rows.
    from email_validator import EmailNotValidError, validate_email

    # Letters that only look like ASCII (full width) would become others: that is a correction.
    composed = unicodedata.normalize("NFC", domain)
    if unicodedata.normalize("NFKC", domain) != composed:
        return None
    try:
        # Not "globally deliverable" lets reserved names such as example.test pass.
        found = validate_email(
            f"x@{composed}", check_deliverability=False, globally_deliverable=False
        )
    except EmailNotValidError:
        return None
    return found.ascii_domain

"""Addresses that must not be written to, whoever they belong to: blocklists and suppressions.

What is not understood here excludes or stops: it never lets anybody through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from typing import Any, cast

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.contact_import.rows.addresses import listed_key

SUPPRESSED = "suppressed"
BLOCKLISTED_IN_LIST = "blocklisted_in_list"
BLOCKLISTED_IN_ACCOUNT = "blocklisted_in_account"
_WILD = re.compile(r"[*?%]")


class OptOutsNotUnderstood(GetResponseError):
    """GetResponse answered opt-outs in a shape that is not documented; nobody is let through."""

    default_advice = "Nothing is sent by such an answer. Run it again; if it stays, report it."


@dataclass(frozen=True)
class Exclusions:
    """Addresses and domains that must not be written to, by the reason why.

    Attributes:
        masks: Masks such as `jane@example.com` or `@example.com`, each with its reason.
        patterns: Masks of any other form, as what they may mean, each with its reason.
    """

    masks: Mapping[str, str] = field(default_factory=dict[str, str])
    patterns: tuple[tuple[re.Pattern[str], str], ...] = ()

    @classmethod
    def of(cls, masks: Mapping[str, str]) -> Exclusions:
        """Sort masks by their form."""
        odd = {mask: reason for mask, reason in masks.items() if _is_odd(mask)}
        return cls(
            {mask: reason for mask, reason in masks.items() if mask not in odd},
            tuple((_pattern(mask), reason) for mask, reason in odd.items()),
        )

    @property
    def are_none(self) -> bool:
        """Whether every address may be written to."""
        return not (self.masks or self.patterns)

    def reason(self, key: str) -> str | None:
        """Why an address must not be written to; None if it may.

        Args:
            key: Comparison key of the address.
        """
        found = self.masks.get(key) or self.masks.get(key[key.rfind("@") :])
        if found or not self.patterns:
            return found
        return next((why for pattern, why in self.patterns if pattern.search(key)), None)


def read_masks(answer: Any) -> Iterable[str]:
    """The masks of a blocklist or a suppression list, as they are compared.

    Raises:
        OptOutsNotUnderstood: It is something else.
    """
    masks = cast("Mapping[str, Any]", answer).get("masks") if isinstance(answer, dict) else None
    if not isinstance(masks, list):
        raise OptOutsNotUnderstood("a blocklist or suppression list has no list of masks")
    for mask in cast("Sequence[Any]", masks):
        if not isinstance(mask, str):
            raise OptOutsNotUnderstood("a mask of a blocklist or suppression list is no text")
        if mask.strip():
            yield listed_key(mask)


def _is_odd(mask: str) -> bool:
    return "@" not in mask or mask.endswith("@") or _WILD.search(mask) is not None


def _pattern(mask: str) -> re.Pattern[str]:
    """Whom an undocumented mask may mean: wild cards as usual, else all that contain it."""
    if _WILD.search(mask):
        return re.compile(translate(mask.replace("%", "*")))
    return re.compile(re.escape(mask))

"""Check the dynamic content of one text, and keep it in a form that can be rendered.

What no page of GetResponse says is a notice or warning, never an error.  Source: GetResponse,
Dynamic Content, sections 2 to 10.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from prefect_getresponse.newsletters.content.conditions import Condition, operands, read_condition
from prefect_getresponse.newsletters.content.dates import LIMIT, read_shift, wrong_suffix
from prefect_getresponse.newsletters.content.findings import Findings
from prefect_getresponse.newsletters.content.scan import Argument, Tag, Text, scan
from prefect_getresponse.newsletters.content.tags import (
    KINDS,
    OBSOLETE_LINKS,
    SOCIAL_LINKS,
    SYSTEM_LINKS,
    VALUES,
)
from prefect_getresponse.newsletters.content.values import (
    CONTACT_TOKENS,
    GEO_TOKENS,
    NAME,
    PRETTIFIERS,
    read_value,
)

_MERGE_WORD = re.compile(
    r"\[\[\s*([A-Za-z_][\w-]*)\s*\]\]|(?<!\[)\[(firstname|lastname|name|email)\](?!\])"
)
_URL = re.compile(r"(https?)://([^/?#\s]+)", re.IGNORECASE)
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True)
class Content:
    """A text that has been read.

    Attributes:
        text: The text.
        items: Its texts and tags in order; tags with faults count as text.
        conditions: Condition by the offset of its tag.
        fields: Custom fields that it asks for, with the offset of the first time.
        predefined: Predefined fields, likewise.
        names: Names in conditions, likewise: fields, tags or tokens.
        links: Addresses that LINK and EXTERNAL lead to, with their offset; None for an address
            that depends on the person.
    """

    text: str
    items: tuple[Text | Tag, ...] = ()
    conditions: dict[int, Condition] = field(default_factory=dict[int, Condition])
    fields: dict[str, int] = field(default_factory=dict[str, int])
    predefined: dict[str, int] = field(default_factory=dict[str, int])
    names: dict[str, int] = field(default_factory=dict[str, int])
    links: list[tuple[str | None, int]] = field(default_factory=list[tuple[str | None, int]])

    def tags(self) -> Iterable[Tag]:
        """Its tags in order, those inside others left out."""
        return (item for item in self.items if isinstance(item, Tag))


def read_content(
    text: str, findings: Findings, *, confirmation: bool = False, lexpad: bool = False
) -> Content:
    """Read and check a text.

    Args:
        text: The text.
        findings: Where faults go.
        confirmation: Whether it is a confirmation message, which has tags of its own.
        lexpad: Whether the message has an external lexpad: how its data is printed is not
            documented, so unknown tags are warnings then.
    """
    content = Content(text, tuple(scan(text, findings)))
    _Checker(content, findings, confirmation=confirmation, lexpad=lexpad).check()
    for found in _MERGE_WORD.finditer(text):
        findings.warning(
            "merge-word",
            found.start(),
            f"{found[0]} is a merge word of GetResponse's editors; whether the API replaces it is "
            "not known.",
            "Write the tag: {{CONTACT `subscriber_first_name`}} or {{CUSTOM `field_name`}}.",
        )
    return content


class _Checker:
    def __init__(
        self, content: Content, findings: Findings, *, confirmation: bool, lexpad: bool
    ) -> None:
        self._content = content
        self._findings = findings
        self._confirmation = confirmation
        self._lexpad = lexpad
        self._blocks: list[tuple[Tag, bool]] = []
        self._checks = {
            "CONTACT": self._contact,
            "GEO": self._geo,
            "CUSTOM": self._custom,
            "PREDEFINED": self._predefined,
            "DATE": self._date,
            "ADDED_ON": self._added_on,
            "TIMER": self._timer,
            "CURRENCY": self._currency,
            "LINK": self._link,
            "EXTERNAL": self._external,
            "INTERNAL": self._internal,
            "IF": self._if,
            "ELSIF": self._elsif,
            "ELSE": self._else,
            "ENDIF": self._endif,
        }

    def check(self) -> None:
        for tag in self._content.tags():
            if self._is_sound(tag) and (check := self._checks.get(tag.name)):
                check(tag)
        for tag, _ in self._blocks:
            self._findings.error(
                "if-not-closed", tag.start, "The {{IF}} has no {{ENDIF}}.", "Add it where it ends."
            )

    def _is_sound(self, tag: Tag) -> bool:
        kind = KINDS.get(tag.name)
        if kind is None:
            self._unknown(tag)
            return False
        if not kind.least <= len(tag.arguments) <= kind.most:
            self._findings.error(
                "wrong-arguments",
                tag.start,
                f"{{{{{tag.name}}}}} has {len(tag.arguments)} arguments.",
                f"It is written {kind.usage}.",
            )
            return False
        for argument in tag.arguments:
            if not argument.parts and tag.name != "TIMER":
                self._findings.notice(
                    "empty-argument",
                    argument.start,
                    f"An argument of {{{{{tag.name}}}}} is empty.",
                    "Leave it out, unless you mean it.",
                )
            self._nested(tag, argument)
        return True

    def _unknown(self, tag: Tag) -> None:
        if tag.name.upper() in KINDS:
            advice = f"Tags are in capitals: {KINDS[tag.name.upper()].usage}."
            self._findings.error(
                "wrong-case", tag.start, f"{{{{{tag.name}}}}} is not in capitals.", advice
            )
        elif tag.name.upper() != tag.name:
            self._findings.error(
                "foreign-template",
                tag.start,
                f"{{{{{tag.name}}}}} belongs to another template language.",
                "GetResponse's own tags are in capitals, such as {{CONTACT `subscriber_name`}}.",
            )
        else:
            add = self._findings.warning if self._lexpad else self._findings.error
            add(
                "unknown-tag",
                tag.start,
                f"There is no tag {{{{{tag.name}}}}}.",
                f"Tags are {', '.join(sorted(KINDS))}.",
            )

    def _nested(self, tag: Tag, argument: Argument) -> None:
        is_address = tag.name in ("LINK", "EXTERNAL") and argument is tag.arguments[0]
        for inner in argument.tags:
            if not is_address:
                self._findings.warning(
                    "tag-in-argument",
                    inner.start,
                    f"A tag inside an argument of {{{{{tag.name}}}}} is not documented.",
                    "Write the text with the tag outside.",
                )
            elif inner.name not in VALUES:
                self._findings.error(
                    "tag-in-address",
                    inner.start,
                    f"{{{{{inner.name}}}}} cannot stand inside an address.",
                    f"Only {', '.join(sorted(VALUES))} can.",
                )
            elif self._is_sound(inner):
                self._plain_value(inner)

    def _plain_value(self, tag: Tag) -> None:
        value = read_value(tag.arguments[0].text)
        if len(tag.arguments) > 1 or (value and value.prettifiers):
            self._findings.error(
                "value-in-address",
                tag.start,
                "A value inside an address has a default or a prettifier.",
                "Neither is allowed there: leave them out.",
            )
        self._checks[tag.name](tag)

    # Values --------------------------------------------------------------------------------

    def _value(self, tag: Tag) -> str | None:
        argument = tag.arguments[0]
        value = read_value(argument.text)
        if value is None:
            self._findings.error(
                "wrong-brackets",
                argument.start,
                "The brackets of a prettifier do not match.",
                "It is written {{CONTACT `ucfw(subscriber_name)`}}.",
            )
            return None
        for prettifier in value.prettifiers:
            if prettifier not in PRETTIFIERS:
                self._findings.warning(
                    "unknown-prettifier",
                    argument.start,
                    f"{prettifier}() is no prettifier that is documented.",
                    f"Known are {', '.join(sorted(PRETTIFIERS))}.",
                )
        return value.token

    def _token(self, tag: Tag, known: frozenset[str]) -> None:
        token = self._value(tag)
        if token and token not in known:
            self._findings.warning(
                "unknown-token",
                tag.arguments[0].start,
                f"{{{{{tag.name}}}}} has no token {token!r}.",
                f"Its tokens are {', '.join(sorted(known))}.",
            )

    def _contact(self, tag: Tag) -> None:
        self._token(tag, CONTACT_TOKENS)

    def _geo(self, tag: Tag) -> None:
        self._token(tag, GEO_TOKENS)

    def _custom(self, tag: Tag) -> None:
        name = self._value(tag)
        if not name:
            return
        if not NAME.fullmatch(name):
            self._findings.error(
                "wrong-field",
                tag.arguments[0].start,
                f"{name!r} is no name of a custom field.",
                "Names have lower-case letters, digits and underscores.",
            )
            return
        self._content.fields.setdefault(name, tag.arguments[0].start)

    def _predefined(self, tag: Tag) -> None:
        if name := self._value(tag):
            self._content.predefined.setdefault(name, tag.arguments[0].start)

    # Dates ---------------------------------------------------------------------------------

    def _date(self, tag: Tag) -> None:
        self._format(tag.arguments[0])
        if len(tag.arguments) < 2:
            return
        shift = read_shift(tag.arguments[1].text)
        if shift is None:
            self._findings.warning(
                "wrong-shift",
                tag.arguments[1].start,
                f"{tag.arguments[1].text!r} is no shift that is documented.",
                "Write a sign, a number, a blank and YEAR, MONTH, DAY or HOUR: `+10 DAY`.",
            )
        elif abs(shift) > LIMIT:
            self._findings.warning(
                "wrong-shift",
                tag.arguments[1].start,
                "GetResponse ignores shifts of more than 16 years.",
                "Write the date itself.",
            )

    def _added_on(self, tag: Tag) -> None:
        self._format(tag.arguments[0])

    def _format(self, argument: Argument) -> None:
        if found := wrong_suffix(argument.text):
            self._findings.warning(
                "wrong-date-format",
                argument.start + found.start(),
                f"{found[0]}: names of days and months take no suffix.",
                "Leave _NONZERO and _ORDINATED to numbers.",
            )

    def _timer(self, tag: Tag) -> None:
        self._findings.warning(
            "deprecated-tag",
            tag.start,
            "GetResponse has announced the end of {{TIMER}}.",
            "Write the date with {{DATE}}, or an image that counts.",
        )
        stamp = tag.arguments[0].text
        try:
            datetime.fromisoformat("2000-01-01" if stamp == "added_on" else stamp)
        except ValueError:
            self._findings.error(
                "wrong-timestamp",
                tag.arguments[0].start,
                f"{stamp!r} is no time.",
                "Write `2027-01-31 12:00:00`, `2027-01-31` or `added_on`.",
            )

    def _currency(self, tag: Tag) -> None:
        self._findings.warning(
            "deprecated-tag",
            tag.start,
            "Whether GetResponse still serves {{CURRENCY}} is not known.",
            "Write the amount and the currency as text.",
        )
        if not _CURRENCY.fullmatch(tag.arguments[1].text):
            self._findings.error(
                "wrong-currency",
                tag.arguments[1].start,
                f"{tag.arguments[1].text!r} is no code of a currency.",
                "Write three capitals, such as `PLN`.",
            )

    # Links ---------------------------------------------------------------------------------

    def _link(self, tag: Tag) -> None:
        target = tag.arguments[0]
        word = target.text if not target.tags else ""
        if word in OBSOLETE_LINKS:
            self._findings.warning(
                "obsolete-link",
                target.start,
                f"{{{{LINK `{word}`}}}} is obsolete.",
                OBSOLETE_LINKS[word],
            )
        elif word == "confirm" and not self._confirmation:
            self._findings.error(
                "confirm-link",
                target.start,
                "{{LINK `confirm`}} works in confirmation messages only.",
                "Leave it out.",
            )
        elif word in SOCIAL_LINKS or word == "qrcode":
            self._findings.notice(
                "old-link",
                target.start,
                f"Whether GetResponse still serves {{{{LINK `{word}`}}}} is not known.",
                "Try it in a test message.",
            )
        elif word not in SYSTEM_LINKS:
            self._address(target)

    def _external(self, tag: Tag) -> None:
        self._address(tag.arguments[0])

    def _address(self, argument: Argument) -> None:
        """Check an address: nested values are known to nobody yet."""
        first = argument.parts[0] if argument.parts else ""
        if not isinstance(first, str):
            self._content.links.append((None, argument.start))
            return
        found = _URL.match(first.strip())
        if not found and not (argument.tags and re.fullmatch(r"https?://", first)):
            self._findings.error(
                "wrong-address",
                argument.start,
                "The address of a link does not begin with https:// and a host.",
                "Write the whole address, such as https://shop.example/offer.",
            )
            return
        self._content.links.append((None if argument.tags else argument.text, argument.start))
        if found and found[1].lower() == "http":
            self._findings.warning(
                "http-link", argument.start, "The link is not encrypted.", "Write https://."
            )

    def _internal(self, tag: Tag) -> None:
        if not self._confirmation:
            self._findings.notice(
                "internal-tag",
                tag.start,
                "{{INTERNAL}} was seen in confirmation messages only.",
                "What it prints here is not known.",
            )

    # Conditions ----------------------------------------------------------------------------

    def _condition(self, tag: Tag) -> None:
        argument = tag.arguments[0]
        if argument.tags:
            return
        condition = read_condition(argument.text, argument.start, self._findings)
        if condition:
            self._content.conditions[tag.start] = condition
            for name in operands(condition):
                self._content.names.setdefault(name, argument.start)

    def _if(self, tag: Tag) -> None:
        self._blocks.append((tag, False))
        self._condition(tag)

    def _elsif(self, tag: Tag) -> None:
        if self._is_inside(tag) and self._blocks[-1][1]:
            self._findings.error(
                "elsif-after-else", tag.start, "{{ELSIF}} stands behind {{ELSE}}.", "Put it before."
            )
        self._condition(tag)

    def _else(self, tag: Tag) -> None:
        if not self._is_inside(tag):
            return
        opened, has_else = self._blocks[-1]
        if has_else:
            self._findings.error(
                "second-else", tag.start, "The {{IF}} has a second {{ELSE}}.", "Leave one out."
            )
        self._blocks[-1] = (opened, True)

    def _endif(self, tag: Tag) -> None:
        if self._is_inside(tag):
            self._blocks.pop()

    def _is_inside(self, tag: Tag) -> bool:
        if not self._blocks:
            self._findings.error(
                "no-if",
                tag.start,
                f"{{{{{tag.name}}}}} stands outside of an {{{{IF}}}}.",
                "Remove it.",
            )
        return bool(self._blocks)

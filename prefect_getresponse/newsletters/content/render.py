"""Print a text for one person, as far as that can be known outside of GetResponse.

Source: GetResponse, Dynamic Content.  Links are printed untracked.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

from prefect_getresponse.newsletters.content.conditions import holds
from prefect_getresponse.newsletters.content.dates import formatted, read_shift, shifted
from prefect_getresponse.newsletters.content.scan import Tag, Text
from prefect_getresponse.newsletters.content.syntax import Content
from prefect_getresponse.newsletters.content.tags import SYSTEM_LINKS
from prefect_getresponse.newsletters.content.values import prettified, read_value


@dataclass(frozen=True)
class Person:
    """What is known of a recipient.

    Attributes:
        contact: Values of the tokens of CONTACT, such as `subscriber_name`.
        fields: Values of custom fields.
        tags: Names of tags.
        geo: Values of the tokens of GEO.
        predefined: Values of the list's predefined fields.
        added_on: When the person was added; None if that is not known.
        now: When the message is delivered, in the person's time zone.
    """

    contact: Mapping[str, str] = field(default_factory=dict[str, str])
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    tags: frozenset[str] = frozenset()
    geo: Mapping[str, str] = field(default_factory=dict[str, str])
    predefined: Mapping[str, str] = field(default_factory=dict[str, str])
    added_on: datetime | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True)
class Rendered:
    """A text for one person.

    Attributes:
        text: The text.
        unknown: What had to be left out or guessed, a sentence each.
    """

    text: str
    unknown: tuple[str, ...]


def with_names(person_name: str, email: str) -> dict[str, str]:
    """Return the tokens of CONTACT that a name and an address give."""
    words = person_name.split()
    return {
        "subscriber_name": person_name,
        "subscriber_first_name": words[0] if words else "",
        "subscriber_last_name": words[1] if len(words) == 2 else "",
        "subscriber_email": email,
    }


def render(content: Content, person: Person, chance: random.Random | None = None) -> Rendered:
    """Print a text for a person.

    Args:
        content: The text, read by `read_content`.
        person: The person.
        chance: Draws for RANDOM; by default the first text is taken.
    """
    return _Renderer(content, person, chance).render()


@dataclass
class _Block:
    """An IF: whether its surroundings are printed, a branch was found, and this one is printed."""

    outer: bool
    found: bool
    shown: bool


class _Renderer:
    def __init__(self, content: Content, person: Person, chance: random.Random | None) -> None:
        self._content = content
        self._person = person
        self._chance = chance
        self._unknown: dict[str, None] = {}
        self._blocks: list[_Block] = []

    def render(self) -> Rendered:
        printed: list[str] = []
        for item in self._content.items:
            if isinstance(item, Text):
                if self._is_shown:
                    printed.append(self._content.text[item.start : item.end])
            elif item.name in ("IF", "ELSIF", "ELSE", "ENDIF"):
                self._branch(item)
            elif self._is_shown:
                printed.append(self._print(item))
        return Rendered("".join(printed), tuple(self._unknown))

    @property
    def _is_shown(self) -> bool:
        return not self._blocks or self._blocks[-1].shown

    def _branch(self, tag: Tag) -> None:
        if tag.name == "IF":
            outer = self._is_shown
            found = self._holds(tag)
            self._blocks.append(_Block(outer, found, outer and found))
        elif not self._blocks:
            return
        elif tag.name == "ENDIF":
            self._blocks.pop()
        else:
            block = self._blocks[-1]
            now = not block.found and (tag.name == "ELSE" or self._holds(tag))
            block.shown = block.outer and now
            block.found = block.found or now

    def _holds(self, tag: Tag) -> bool:
        condition = self._content.conditions.get(tag.start)
        if condition is None:
            self._note("A condition that cannot be read counts as false.")
            return False
        return holds(condition, self._values)

    def _values(self, name: str) -> Sequence[str] | None:
        person = self._person
        if found := person.fields.get(name):
            return found
        for family in (person.contact, person.geo):
            if value := family.get(name):
                return [value]
        if name in person.tags:
            return [name]
        date = formatted(person.now, name.upper())
        return [date] if date != name.upper() else None

    def _note(self, sentence: str) -> None:
        self._unknown[sentence] = None

    def _print(self, tag: Tag) -> str:
        match tag.name, [argument.text for argument in tag.arguments]:
            case (("CONTACT" | "CUSTOM" | "GEO" | "PREDEFINED"), [token, *default]):
                return self._value(tag.name, token, default[0] if default else "")
            case "DATE", [pattern, *shift]:
                moved = read_shift(shift[0]) if shift else None
                at = shifted(self._person.now, moved) if moved else self._person.now
                return formatted(at, pattern)
            case "ADDED_ON", [pattern]:
                return self._added_on(pattern)
            case "RANDOM", [first, *others]:
                return self._chance.choice([first, *others]) if self._chance else first
            case "LINK", [*_]:
                return self._link(tag)
            case "EXTERNAL", [*_]:
                self._note("External content is fetched when the message is sent.")
                return f"[content of {self._address(tag)}]"
            case name, [*_]:
                self._note(f"What {{{{{name}}}}} prints is not known here.")
                return f"[{name}]"

    def _added_on(self, pattern: str) -> str:
        if self._person.added_on is None:
            self._note("When the person was added is not known.")
            return f"[{pattern}]"
        return formatted(self._person.added_on, pattern)

    def _value(self, family: str, text: str, default: str) -> str:
        value = read_value(text)
        if value is None:
            return default
        found = self._raw(family, value.token)
        if not found:
            return default
        printed = [prettified(each, value.prettifiers) for each in found]
        if None in printed:
            self._note(f"{'('.join(reversed(value.prettifiers))}() is not known here.")
            printed = list(found)
        return ", ".join(each or "" for each in printed)

    def _raw(self, family: str, token: str) -> Sequence[str]:
        person = self._person
        if family == "CUSTOM":
            return person.fields.get(token, ())
        values = {"CONTACT": person.contact, "GEO": person.geo}.get(family, person.predefined)
        if token not in values and family != "CONTACT":
            self._note(f"{family} {token} is not known here: it prints nothing.")
        return [values[token]] if values.get(token) else ()

    def _link(self, tag: Tag) -> str:
        word = tag.arguments[0].text
        if not tag.arguments[0].tags and word in SYSTEM_LINKS:
            self._note("Links of GetResponse's own are made when the message is sent.")
            return f"https://getresponse.invalid/{word}"
        return self._address(tag)

    def _address(self, tag: Tag) -> str:
        return "".join(
            part if isinstance(part, str) else quote(self._print(part), safe="")
            for part in tag.arguments[0].parts
        )

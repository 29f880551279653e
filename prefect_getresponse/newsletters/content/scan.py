"""Find the tags of a text: `{{NAME "argument" ...}}`, with the place of everything.

An argument stands in double quotes or back-ticks and may hold other tags, which have quotes of
their own.  Whatever the text is, scanning takes linear time: after a fault it goes on where the
fault was noticed.  Source: GetResponse, Dynamic Content, sections 2 and 10.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from prefect_getresponse.newsletters.content.findings import Findings

OPEN, CLOSE = "{{", "}}"
QUOTES = '"`'
CURLY_QUOTES = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2018\u2019\u201a"
_MOST_TAGS = 20_000
_SPACE = re.compile(r"\s*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ENTITY_QUOTE = re.compile(r"&(?:quot|#34|#x22|#96|#x60|grave);", re.IGNORECASE)
_FOREIGN = re.compile(r"\{%-?\s*\w+|\{#")
_STOPS = {quote: re.compile(rf"{quote}|\{{\{{|\}}\}}") for quote in QUOTES}


@dataclass(frozen=True, slots=True)
class Text:
    """Text between tags, from `start` to `end` of the whole text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a tag.

    Attributes:
        start: Offset of its first character, behind the quote.
        quote: Its quote.
        parts: Its texts, and the tags inside, in order.
    """

    start: int
    quote: str
    parts: tuple[str | Tag, ...]

    @property
    def text(self) -> str:
        """The argument without tags inside."""
        return "".join(part for part in self.parts if isinstance(part, str))

    @property
    def tags(self) -> list[Tag]:
        """The tags inside."""
        return [part for part in self.parts if not isinstance(part, str)]


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag from `start` to `end` of the whole text."""

    start: int
    end: int
    name: str
    arguments: tuple[Argument, ...]


class _Fault(Exception):
    """A tag that cannot be read.

    Args:
        resume: Offset at which scanning goes on.
    """

    def __init__(self, resume: int) -> None:
        self.resume = resume


class Scanner:
    """Reads one text.

    Args:
        text: The text.
        findings: Where faults go.
    """

    def __init__(self, text: str, findings: Findings) -> None:
        self._text = text
        self._findings = findings
        self._last_close = text.rfind(CLOSE)
        self._last_quote = {quote: text.rfind(quote) for quote in QUOTES}

    def items(self) -> Iterator[Text | Tag]:
        """Read texts and tags in order; what cannot be read is reported and counts as text."""
        done = at = tags = 0
        while (start := self._text.find(OPEN, at)) >= 0 and not self._findings.is_full:
            tags += 1
            if tags > _MOST_TAGS:
                said = f"The text has more than {_MOST_TAGS:,} tags."
                self._findings.error("too-many-tags", start, said, "Shorten it.")
                break
            try:
                tag = self._tag(start, depth=0)
            except _Fault as fault:
                at = max(fault.resume, start + len(OPEN))
                continue
            if start > done:
                yield Text(done, start)
            yield tag
            done = at = tag.end
        if done < len(self._text):
            yield Text(done, len(self._text))

    def _tag(self, start: int, depth: int) -> Tag:
        at = self._skip_space(start + len(OPEN))
        name = _NAME.match(self._text, at)
        if not name:
            raise self._no_name(start, at)
        at = self._skip_space(name.end())
        arguments: list[Argument] = []
        while not self._text.startswith(CLOSE, at):
            argument, at = self._argument(start, at, name[0], depth)
            arguments.append(argument)
            at = self._skip_space(at)
        return Tag(start, at + len(CLOSE), name[0], tuple(arguments))

    def _skip_space(self, at: int) -> int:
        if " " < self._text[at : at + 1] < "\x7f":
            return at
        found = _SPACE.match(self._text, at)
        assert found
        return found.end()

    def _no_name(self, start: int, at: int) -> _Fault:
        self._findings.error(
            "no-tag",
            start,
            "No tag's name stands behind {{.",
            "GetResponse takes every {{ for a tag: write it like {{CONTACT `subscriber_name`}}.",
        )
        return _Fault(at)

    def _argument(self, start: int, at: int, name: str, depth: int) -> tuple[Argument, int]:
        quote = self._text[at : at + 1]
        if quote not in QUOTES or not quote:
            raise self._no_argument(start, at, name)
        first = at + 1
        parts: list[str | Tag] = []
        at = first
        while True:
            stop = self._stop(quote, at)
            if stop is None:
                raise self._not_closed(start, first, name, len(self._text))
            if stop.start() > at:
                parts.append(self._text[at : stop.start()])
            if stop[0] == quote:
                return Argument(first, quote, tuple(parts)), stop.end()
            if stop[0] == OPEN:
                if depth:
                    raise self._too_deep(stop.start())
                inner = self._tag(stop.start(), depth + 1)
                parts.append(inner)
                at = inner.end
            else:
                at = self._past_close(quote, start, first, name, stop.end())
                parts.append(self._text[stop.start() : at])

    def _stop(self, quote: str, at: int) -> re.Match[str] | None:
        if at > self._last_quote[quote]:
            return None
        return _STOPS[quote].search(self._text, at)

    def _past_close(self, quote: str, start: int, first: int, name: str, at: int) -> int:
        """Say where an argument goes on that holds `}}`, or that it was never closed."""
        limit = self._text.find(OPEN, at)
        limit = len(self._text) if limit < 0 else limit
        end = self._text.find(quote, at, limit)
        follows = self._skip_space(end + 1) if end >= 0 else limit
        if end >= 0 and (
            self._text.startswith(CLOSE, follows) or self._text[follows : follows + 1] in QUOTES
        ):
            return end
        raise self._not_closed(start, first, name, at)

    def _not_closed(self, start: int, first: int, name: str, resume: int) -> _Fault:
        self._findings.error(
            "quote-not-closed",
            first - 1,
            f"The argument of {{{{{name}}}}} has no closing quote.",
            "End it with the quote that it begins with.",
        )
        return _Fault(max(resume, start + 2))

    def _too_deep(self, at: int) -> _Fault:
        self._findings.error(
            "nested-too-deep",
            at,
            "A tag stands in a tag that stands in another one.",
            "Only one level of tags inside an argument is allowed.",
        )
        return _Fault(at + len(OPEN))

    def _no_argument(self, start: int, at: int, name: str) -> _Fault:
        found = self._text[at : at + 1]
        if not found or self._last_close < at:
            self._findings.error(
                "tag-not-closed",
                start,
                f"The tag {{{{{name} is not closed.",
                "End it with }}.",
            )
            return _Fault(len(self._text) if not found else at)
        if found in CURLY_QUOTES:
            self._findings.error(
                "curly-quotes",
                at,
                "The argument stands in typographic quotes.",
                'Write straight ones, " or `: an editor has replaced them.',
            )
        elif _ENTITY_QUOTE.match(self._text, at):
            self._findings.warning(
                "entity-in-tag",
                at,
                "The quote of a tag's argument is written as an HTML entity; how GetResponse reads "
                "that is not known.",
                "Write back-ticks: {{" + name + " `...`}}.",
            )
        elif found == "<":
            self._findings.warning(
                "markup-in-tag",
                at,
                "HTML stands inside a tag.",
                "An editor has formatted a part of it: type the tag anew, without formatting.",
            )
        elif name.upper() != name:
            self._findings.error(
                "foreign-template",
                start,
                f"{{{{{name}...}}}} belongs to another template language.",
                "GetResponse's own tags are in capitals, such as {{CONTACT `subscriber_name`}}.",
            )
        else:
            self._findings.error(
                "argument-not-quoted",
                at,
                f"The argument of {{{{{name}}}}} has no quotes.",
                'Write it in " or `.',
            )
        return _Fault(self._after_tag(at))

    def _after_tag(self, at: int) -> int:
        """Return the end of a tag that could not be read: its `}}`, or the next `{{`."""
        close, opening = self._text.find(CLOSE, at), self._text.find(OPEN, at)
        ends = [end for end in (close + 2 if close >= 0 else -1, opening) if end >= 0]
        return min(ends, default=len(self._text))


def scan(text: str, findings: Findings) -> list[Text | Tag]:
    """Read texts and tags of a text in order.

    Args:
        text: The text.
        findings: Where faults go.
    """
    for found in _FOREIGN.finditer(text):
        findings.error(
            "foreign-template",
            found.start(),
            f"{found[0]!r} belongs to another template language.",
            "GetResponse would send it as it stands: use {{IF `...`}} or {{CONTACT `...`}}.",
        )
    return list(Scanner(text, findings).items())

"""Check the HTML around the tags: links, pictures, size.  Read by the standard parser."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

from prefect_getresponse.newsletters.content.findings import Findings
from prefect_getresponse.newsletters.content.scan import Tag
from prefect_getresponse.newsletters.content.syntax import Content

CLIPPED_BYTES = 102_400
"""Gmail shows no more of a message."""
_MARK, _FILLER, _DIGITS = 0xE000, "\uf8ff", 0xE001
_BASE = 6_000
_ENDLESS = 3
"""Tags without an end that are still read on."""
_STEPS, _STEPS_OF_ATTRIBUTES = 400_000, 6
"""Steps of the parser after which a text is not read on, and what a tag with attributes counts."""
_BARE = re.compile(r"<([a-z][a-z0-9]*)\s?/?>", re.IGNORECASE)
_BARE_END = re.compile(r"</[a-z][a-z0-9]*>", re.IGNORECASE)
_LOOKED_AT = frozenset(
    [
        "img",
        "script",
        "style",
        "textarea",
        "title",
        "plaintext",
        "xmp",
        "iframe",
        "noembed",
        "noframes",
        "noscript",
    ]
)
"""Tags that are checked without attributes, and those whose content is no HTML."""
_OTHER_SCHEMES = frozenset({"mailto", "tel", "sms", "cid", "webcal"})


def check_html(content: Content, findings: Findings) -> None:
    """Check a message's HTML.

    Args:
        content: The text; the addresses of its plain links are added to `content.links`.
        findings: Where faults go.
    """
    size = len(content.text.encode("utf-8", "replace"))
    if size > CLIPPED_BYTES:
        findings.warning(
            "clipped",
            0,
            f"The HTML has {size:,} bytes; Gmail hides what is beyond {CLIPPED_BYTES:,}.",
            "Shorten it, or move styles and texts to a page that you link to.",
        )
    reader = _Reader(content, findings)
    try:
        reader.feed(_masked(content))
        reader.close()
    except _Broken as broken:
        findings.error("broken-html", 0, str(broken), "What stands behind was not checked.")


def _masked(content: Content) -> str:
    """Return the text with a mark of the same length for each tag, which parsers pass over."""
    parts: list[str] = []
    at = 0
    for number, tag in enumerate(content.tags()):
        digits = chr(_DIGITS + number // _BASE) + chr(_DIGITS + number % _BASE)
        mark = chr(_MARK) + digits
        parts += [content.text[at : tag.start], mark.ljust(tag.end - tag.start, _FILLER)]
        at = tag.end
    return "".join([*parts, content.text[at:]])


class _Broken(Exception):
    """It would take too long to read on."""


class _Reader(HTMLParser):
    """The standard parser, in bounded time: no newsletter comes near the bounds."""

    def __init__(self, content: Content, findings: Findings) -> None:
        super().__init__(convert_charrefs=True)
        self._content = content
        self._findings = findings
        self._tags = list(content.tags())
        self._start = 0
        self._endless = 0
        self._steps = 0

    def _ended(self, end: int) -> int:
        """Count constructs that never end: the parser looks for the end of each of them."""
        self._endless += end < 0
        if self._endless > _ENDLESS:
            raise _Broken("The HTML has many tags that never end.")
        return end

    def updatepos(self, i: int, j: int) -> int:
        """Count steps instead of lines: the parser takes two for each tag, comment and text."""
        self._steps += 1
        if self._steps > _STEPS:
            raise _Broken("The HTML has far more tags than a newsletter.")
        return j

    def parse_starttag(self, i: int) -> int:
        """Read a start tag; most have no attributes, and there is nothing to look at in them."""
        if (bare := _BARE.match(self.rawdata, i)) and bare[1].lower() not in _LOOKED_AT:
            return bare.end()
        self._steps += _STEPS_OF_ATTRIBUTES
        self._start = len(self._content.text) - len(self.rawdata) + i
        return self._ended(super().parse_starttag(i))

    def parse_endtag(self, i: int) -> int:
        """Read an end tag, of which nothing is wanted."""
        if self.cdata_elem is None and (bare := _BARE_END.match(self.rawdata, i)):
            return bare.end()
        return self._ended(super().parse_endtag(i))

    def parse_html_declaration(self, i: int) -> int:
        return self._ended(super().parse_html_declaration(i))

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """Read `<![if !mso]>` and its like as browsers do; some stop the standard parser."""
        return self.parse_bogus_comment(i, bool(report))

    def parse_comment(self, i: int, report: bool = True) -> int:
        return self._ended(super().parse_comment(i, report))

    def parse_pi(self, i: int) -> int:
        return self._ended(super().parse_pi(i))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start = self._start
        values = {name: value or "" for name, value in attrs}
        if tag == "img" and "alt" not in values:
            self._findings.warning(
                "missing-alt",
                start,
                "A picture has no alternative text.",
                'Add alt="..."; alt="" for one that only decorates.',
            )
        if tag == "script":
            self._findings.warning(
                "script", start, "Mail programs run no scripts.", "Remove the <script>."
            )
        if tag in ("a", "area") and "href" in values:
            self._link(values["href"].strip(), start)
        self._quotes(self.get_starttag_text() or "", start)

    def _quotes(self, written: str, start: int) -> None:
        """Find tags whose double quotes end the attribute that they stand in."""
        done, quotes, at = 0, 0, written.find(chr(_MARK))
        while at >= 0:
            tag = self._marked(written, at)
            quotes += written.count('"', done, at)
            done = at
            if tag and quotes % 2 and '"' in self._content.text[tag.start : tag.end]:
                self._findings.warning(
                    "quotes-in-attribute",
                    tag.start,
                    "A tag with double quotes stands inside an attribute with double quotes.",
                    "Write the tag's arguments in back-ticks.",
                )
            at = written.find(chr(_MARK), at + 1)

    def _marked(self, text: str, at: int) -> Tag | None:
        high, low = (ord(char) - _DIGITS for char in text[at + 1 : at + 3].ljust(2, chr(_DIGITS)))
        number = high * _BASE + low
        return self._tags[number] if 0 <= number < len(self._tags) else None

    def _link(self, address: str, start: int) -> None:
        if address.startswith(chr(_MARK)):
            return  # LINK has been checked, and what a value holds nobody knows here
        try:
            parts = urlsplit(address)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme in ("http", "https") and parts.netloc:
            known = None if chr(_MARK) in address else address
            self._content.links.append((known, start))
            self._tracking(parts.scheme, start)
        elif parts.scheme not in _OTHER_SCHEMES and not (address.startswith("#") and address[1:]):
            self._findings.error(
                "impossible-link",
                start,
                "A link leads nowhere in a mail."
                if not address or address == "#"
                else "A link's address does not begin with https:// and a host.",
                "Write the whole address, such as https://shop.example/offer.",
            )

    def _tracking(self, scheme: str, start: int) -> None:
        if scheme == "http":
            self._findings.warning(
                "http-link", start, "The link is not encrypted.", "Write https://."
            )
        self._findings.notice(
            "untracked-link",
            start,
            "The link is not wrapped in {{LINK}}, so GetResponse counts no clicks on it.",
            'Write href="{{LINK `https://...`}}".',
        )

"""What is created in GetResponse for a release, how it is sent, and the hash of both."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import mimetypes
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from prefect_getresponse.newsletters.account_side import Named, Resolved
from prefect_getresponse.newsletters.content.findings import Findings
from prefect_getresponse.newsletters.content.scan import Text
from prefect_getresponse.newsletters.content.syntax import read_content
from prefect_getresponse.newsletters.release_file import ReleaseText

FLAGS = ["clicktrack"]
"""Clicks are counted: the statistics afterwards need them."""
_HASH_BYTES = 6


@dataclass(frozen=True)
class Creation:
    """What a release becomes.

    Attributes:
        arguments: Those of `create_newsletter`, without name and type.
        settings: `send_settings` of `send_newsletter_draft`.
        hash: 12 hex digits: what is approved.
    """

    arguments: dict[str, Any]
    settings: dict[str, Any]
    hash: str


def creation_of(text: ReleaseText, resolved: Resolved) -> Creation:
    """Say what a release becomes.

    Args:
        text: The release with its texts.
        resolved: What it names, found in the account.
    """
    release = text.release
    content = {"html": _with_preheader(text.html, release.preheader), "plain": text.plain}
    sender = {"fromFieldId": resolved.sender.id}
    audience = {
        "selectedCampaigns": [resolved.list.id],
        "selectedSegments": _ids(resolved.segments),
        "selectedSuppressions": _ids(resolved.suppressions),
        "excludedCampaigns": _ids(resolved.excluded_lists),
        "excludedSegments": _ids(resolved.excluded_segments),
    }
    audience = {name: ids for name, ids in audience.items() if ids}
    settings: dict[str, Any] = dict(audience)
    if time := resolved.time:
        settings["sendOn"] = {"date": time.date, "timeZone": {"timeZoneId": time.zone_id}}
    arguments: dict[str, Any] = {
        "subject": release.subject,
        "from_field": sender,
        "campaign": {"campaignId": resolved.list.id},
        "content": {part: words for part, words in content.items() if words},
        "send_settings": audience,
        "flags": FLAGS,
    }
    if text.attachments:
        arguments["attachments"] = [_attachment(*each) for each in text.attachments.items()]
    return Creation(arguments, settings, _hash(text, resolved, arguments, settings))


def digest_of(content: bytes) -> str:
    """Return a hash of a file's content."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _hash(
    text: ReleaseText, resolved: Resolved, arguments: dict[str, Any], settings: dict[str, Any]
) -> str:
    files = [[name, digest_of(content)] for name, content in text.attachments.items()]
    segments = [*resolved.segments, *resolved.excluded_segments]
    approved = {
        **arguments,
        "attachments": files,
        "account": resolved.account_id,
        "key": text.release.key,
        "settings": settings,
        "at": resolved.time.at.isoformat() if resolved.time else "now",
        "segments": [[each.id, each.definition] for each in segments],
    }
    canonical = json.dumps(approved, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.blake2b(
        canonical.encode("utf-8", "surrogatepass"), digest_size=_HASH_BYTES
    ).hexdigest()


def _ids(named: tuple[Named, ...]) -> list[str]:
    return [each.id for each in named]


def _attachment(name: str, content: bytes) -> dict[str, str]:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    encoded = base64.b64encode(content).decode("ascii")
    return {"fileName": name, "content": encoded, "mimeType": kind}


def _with_preheader(text: str, preheader: str) -> str:
    """Put the preheader where inboxes read it: hidden, at the start of the body.

    GetResponse's API has no member for it.
    """
    if not (text and preheader):
        return text
    hidden = f'<div style="display:none;max-height:0;overflow:hidden">{_escaped(preheader)}</div>'
    at = _start_of_body(text)
    return f"{text[:at]}{hidden}{text[at:]}"


def _escaped(preheader: str) -> str:
    """Escape a text for HTML; tags of dynamic content stay as they are."""
    content = read_content(preheader, Findings("preheader", preheader))
    return "".join(
        html.escape(preheader[item.start : item.end], quote=False)
        if isinstance(item, Text)
        else preheader[item.start : item.end]
        for item in content.items
    )


class _Body(HTMLParser):
    """Finds the end of the body's start tag."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.at = 0
        self._lines = text.splitlines(keepends=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body" and not self.at:
            line, column = self.getpos()
            start = sum(map(len, self._lines[: line - 1])) + column
            self.at = start + len(self.get_starttag_text() or "")


def _start_of_body(text: str) -> int:
    parser = _Body(text)
    parser.feed(text)
    return parser.at

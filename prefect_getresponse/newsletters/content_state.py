"""What a newsletter says and whom it goes to, so that two of them can be compared.

Line ends and blanks at the end of a part do not count: servers change them.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from prefect_getresponse.client.server_time import in_utc
from prefect_getresponse.newsletters.creation import FLAGS, Creation, digest_of

_AUDIENCE = (
    "selectedCampaigns",
    "selectedSegments",
    "selectedSuppressions",
    "excludedCampaigns",
    "excludedSegments",
    "selectedContacts",
)


@dataclass(frozen=True)
class Fingerprint:
    """What a newsletter says, as far as it can be read back.

    Attributes:
        subject: Its subject.
        sender: Id of its sender.
        reply_to: Id of the sender that answers go to; the sender's own if none is given.
        campaign: Id of its list.
        html: Its HTML.
        plain: Its plain text.
        attachments: Name and hash of each file; the hash is empty where only the name is shown.
        flags: What is tracked.
    """

    subject: str
    sender: str
    reply_to: str
    campaign: str
    html: str
    plain: str
    attachments: tuple[tuple[str, str], ...]
    flags: frozenset[str]

    @property
    def is_whole(self) -> bool:
        """Whether the answer had what matters: an answer that lacks parts proves nothing."""
        return bool(self.subject and self.sender and self.campaign and (self.html or self.plain))

    def says(self, creation: Creation) -> bool:
        """Whether it says what a creation asks for."""
        wanted = _asked(creation)
        names = [name for name, _ in self.attachments]
        if names != [name for name, _ in wanted.attachments]:
            return False
        hashes = zip(self.attachments, wanted.attachments, strict=True)
        if any(found[1] and found[1] != other[1] for found, other in hashes):
            return False
        return _without_files(self) == _without_files(wanted)


def stored(newsletter: dict[str, Any]) -> Fingerprint:
    """Read the fingerprint of a newsletter as the API answers it."""
    content: dict[str, Any] = newsletter.get("content") or {}
    sender = _id(newsletter, "fromField", "fromFieldId")
    flags: str | list[str] = newsletter.get("flags") or []
    words = flags.split(",") if isinstance(flags, str) else flags
    files: list[dict[str, Any]] = newsletter.get("attachments") or []
    return Fingerprint(
        subject=str(newsletter.get("subject", "")),
        sender=sender,
        reply_to=_id(newsletter, "replyTo", "fromFieldId") or sender,
        campaign=_id(newsletter, "campaign", "campaignId"),
        html=_text(content.get("html")),
        plain=_text(content.get("plain")),
        attachments=tuple((str(each.get("fileName")), _file(each)) for each in files),
        flags=frozenset(words) - {"openrate", ""},
    )


def audience_of(settings: dict[str, Any]) -> dict[str, frozenset[str]]:
    """Return whom send settings select and exclude."""
    return {
        name: frozenset(map(str, cast("list[str]", settings.get(name) or []))) for name in _AUDIENCE
    }


def goes_as_approved(newsletter: dict[str, Any], creation: Creation, at: datetime | None) -> str:
    """Say what of audience and time is not as approved; empty if all is.

    Args:
        newsletter: The newsletter, scheduled.
        creation: What was approved.
        at: When it is to be sent; None for at once.
    """
    settings: dict[str, Any] = newsletter.get("sendSettings") or {}
    if audience_of(settings) != audience_of(creation.settings):
        return "its audience"
    if any(settings.get(name) == "true" for name in ("timeTravel", "perfectTiming")):
        return "how its hour is chosen"
    if settings.get("externalLexpad"):
        return "its external lexpad"
    if at is not None and _moment(newsletter.get("sendOn")) != at:
        return "its time"
    return ""


def _asked(creation: Creation) -> Fingerprint:
    body = creation.arguments
    return stored(
        {
            "subject": body["subject"],
            "fromField": body["from_field"],
            "campaign": body["campaign"],
            "content": body["content"],
            "attachments": body.get("attachments"),
            "flags": FLAGS,
        }
    )


def _without_files(each: Fingerprint) -> tuple[Any, ...]:
    return (
        each.subject,
        each.sender,
        each.reply_to,
        each.campaign,
        each.html,
        each.plain,
        each.flags,
    )


def _id(newsletter: dict[str, Any], name: str, key: str) -> str:
    found: dict[str, Any] = newsletter.get(name) or {}
    return str(found.get(key, ""))


def _text(value: object) -> str:
    text = value if isinstance(value, str) else ""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip()


def _file(attachment: dict[str, Any]) -> str:
    content = attachment.get("content")
    if not isinstance(content, str) or not content:
        return ""
    try:
        return digest_of(base64.b64decode(content, validate=True))
    except (binascii.Error, ValueError):
        return "unreadable"


def _moment(text: object) -> datetime | None:
    """Read a date of an answer; UTC if it names no zone."""
    try:
        return in_utc(datetime.fromisoformat(str(text)))
    except ValueError:
        return None

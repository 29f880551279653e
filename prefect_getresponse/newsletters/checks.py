"""Check a release without an account: its texts, and what it says of itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from prefect_getresponse.newsletters.content.findings import Finding, Severity, in_order
from prefect_getresponse.newsletters.content.message import Checked, Known, Message, check_message
from prefect_getresponse.newsletters.release_file import ReleaseText, is_past

AHEAD = timedelta(minutes=10)
"""A release is scheduled at least so far ahead: it is read back before it goes."""


def check_release(
    text: ReleaseText, known: Known | None = None, now: datetime | None = None
) -> Checked:
    """Check a release.

    Args:
        text: The release with its texts.
        known: What the account has; None if that is not known.
        now: The time; by default that of this machine.
    """
    release = text.release
    checked = check_message(
        Message(release.subject, text.html, text.plain, release.preheader), known
    )
    found = list(checked.findings)
    if is_past(release, now or datetime.now(UTC), AHEAD):
        found.append(
            Finding(
                Severity.ERROR,
                "send-on-past",
                f"send_on is over, or less than {AHEAD.seconds // 60} minutes ahead.",
                "Choose a later time.",
                text.place,
            )
        )
    if release.audience.segments:
        found.append(
            Finding(
                Severity.NOTICE,
                "list-and-segments",
                "Only people who are on the list and in the segments get it.",
                "For several audiences, make one segment of them in GetResponse.",
                text.place,
            )
        )
    if release.send_now:
        found.append(
            Finding(
                Severity.WARNING,
                "send-now",
                "It goes at once: nobody can read it back or cancel it after the approval.",
                "Give send_on, ten minutes ahead or more.",
                text.place,
            )
        )
    return Checked(tuple(in_order(found)), checked.contents)

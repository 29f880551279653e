"""The plan of a release: all that a person has to see before it goes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.newsletters.account_side import AccountSide, Resolved
from prefect_getresponse.newsletters.audience import Audience, count_audience, recent_newsletters
from prefect_getresponse.newsletters.checks import check_release
from prefect_getresponse.newsletters.content.findings import Finding, Severity, in_order
from prefect_getresponse.newsletters.content.links import LinkCheck
from prefect_getresponse.newsletters.content_state import stored
from prefect_getresponse.newsletters.creation import Creation, creation_of
from prefect_getresponse.newsletters.drafts import Made, newsletters_of, read, released
from prefect_getresponse.newsletters.release_file import ReleaseText
from prefect_getresponse.reporting.markdown import cell

SHOWN = 20
"""Findings that a plan lists."""
_READ_AGAIN = 3
"""Newsletters of the same subject whose text is compared."""


class ReleaseHasErrors(GetResponseError):
    """Checks found errors in a release; nothing was created or sent."""

    default_advice = "`prefect-getresponse lint` lists all of them."
    findings: tuple[Finding, ...] = ()


def has_errors(findings: list[Finding]) -> ReleaseHasErrors:
    """Return the error that findings are raised as."""
    more = f" (and {len(findings) - 1} more errors)" if len(findings) > 1 else ""
    error = ReleaseHasErrors(f"{findings[0]}{more}")
    error.findings = tuple(findings)
    return error


@dataclass(frozen=True)
class ReleasePlan:
    """What will be sent to whom and when.

    Attributes:
        text: The release with its texts.
        resolved: What it names, found in the account.
        audience: How many people it reaches.
        creation: What is created.
        findings: Warnings and notices.
        before: The newsletter of this release that was sent already; None if there is none.
    """

    text: ReleaseText
    resolved: Resolved
    audience: Audience
    creation: Creation
    findings: tuple[Finding, ...]
    before: Made | None

    @property
    def key(self) -> str:
        """The release."""
        return self.text.release.key

    @property
    def hash(self) -> str:
        """What is approved."""
        return self.creation.hash

    @property
    def has_warnings(self) -> bool:
        """Whether there is something that a person should judge."""
        return any(each.severity is Severity.WARNING for each in self.findings)

    @property
    def when(self) -> str:
        """When it is sent, for people."""
        time = self.resolved.time
        if time is None:
            return "at once, as soon as it is approved"
        utc = f"{time.at:%Y-%m-%d %H:%M} UTC"
        local = f"{time.date.replace('T', ' ').removesuffix(':00')} {time.zone}"
        return local if local == utc else f"{local} ({utc})"

    def markdown(self) -> str:
        """Return it for people."""
        found, sender = self.resolved, self.resolved.sender
        rows = {
            "subject": self.text.release.subject,
            "preheader": self.text.release.preheader,
            "sender": f"{sender.name} ({sender.email})",
            "list": f"{found.list.name} ({self.audience.on_list:,} people)",
            "and in segments": ", ".join(
                f"{each.name} ({size:,} people)"
                for each, size in zip(found.segments, self.audience.in_segments, strict=True)
            ),
            "goes to": f"{self.audience.sentence()}, before exclusions",
            "without": ", ".join(
                each.name
                for each in (
                    *found.excluded_lists,
                    *found.excluded_segments,
                    *found.suppressions,
                )
            ),
            "last newsletters": ", ".join(f"{each:,}" for each in self.audience.last),
            "sent": self.when,
            "attachments": ", ".join(self.text.attachments),
            "hash": self.hash,
        }
        lines = [f"# Release {self.key}", "", "| | |", "|---|---|"]
        lines += [f"| {name} | {cell(value)} |" for name, value in rows.items() if value]
        lines += ["", *self._findings()]
        return "\n".join(lines) + "\n"

    def _findings(self) -> list[str]:
        if self.before:
            return ["It was released before: nothing will be sent."]
        if not self.findings:
            return ["Checks found nothing."]
        lines = [f"- {cell(str(each))}" for each in self.findings[:SHOWN]]
        if len(self.findings) > SHOWN:
            lines.append(f"- and {len(self.findings) - SHOWN} more")
        return ["## Findings", "", *lines]


async def plan_release(
    text: ReleaseText, side: AccountSide, links: LinkCheck | None = None
) -> ReleasePlan:
    """Check a release against its account and say what will be sent. Writes nothing.

    Args:
        text: The release with its texts.
        side: The account.
        links: Follows its links; None leaves them alone.

    Raises:
        InvalidRelease: Something that it names is not in the account.
        ReleaseHasErrors: Checks found errors.
        AlreadySent: Another text was sent under its key.
    """
    await side.read_clock()
    resolved = await side.resolve(text.release)
    creation = creation_of(text, resolved)
    before = released(await newsletters_of(side, text.release.key), text.release.key, creation.hash)
    known, recent = await asyncio.gather(
        side.known(resolved.list.id), recent_newsletters(side, resolved.list.id)
    )
    audience = await count_audience(side, resolved.list, resolved.segments, recent)
    checked = check_release(text, known, side.now)
    found = [
        *checked.findings,
        *(await links.findings(checked.contents) if links and before is None else ()),
        *_of_sender(resolved, text.place),
        *audience.findings(text.place),
        *(await _same_content(side, creation, recent, text) if before is None else ()),
    ]
    errors = [each for each in found if each.severity is Severity.ERROR]
    if errors and before is None:
        raise has_errors(in_order(errors))
    worst_first = sorted(in_order(found), key=lambda each: list(Severity).index(each.severity))
    return ReleasePlan(text, resolved, audience, creation, tuple(worst_first), before)


def _of_sender(resolved: Resolved, place: str) -> list[Finding]:
    sender = resolved.sender
    findings: list[Finding] = []
    if not sender.is_active:
        findings.append(
            Finding(
                Severity.ERROR,
                "sender-inactive",
                "The sender is not confirmed, so nothing can leave from it.",
                "Confirm it by the link that GetResponse has mailed to it.",
                place,
            )
        )
    if sender.has_dkim_trouble:
        findings.append(
            Finding(
                Severity.WARNING,
                "sender-dkim",
                "GetResponse warns about DKIM of the sender's domain: mail may end up as spam.",
                "Set up DKIM for the domain (Tools, Emails and domains).",
                place,
            )
        )
    return findings


async def _same_content(
    side: AccountSide, creation: Creation, recent: list[dict[str, Any]], text: ReleaseText
) -> list[Finding]:
    """Find a recent newsletter that says the same under another key."""
    alike = [each for each in recent if each.get("subject") == text.release.subject]
    for each in alike[:_READ_AGAIN]:
        newsletter = await read(side, each["newsletterId"])
        if newsletter and stored(newsletter).says(creation):
            return [
                Finding(
                    Severity.WARNING,
                    "same-content",
                    f"The same newsletter was sent to this list ({newsletter.get('name', '')}).",
                    "Check that it is meant to go out again.",
                    text.place,
                )
            ]
    return []

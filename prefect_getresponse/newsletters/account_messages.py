"""Check the messages that an account has: what it sends by itself, and its drafts.

Autoresponders, RSS newsletters, A/B tests and drafts have texts of their own. Lists with double
opt-in name one of the texts that GetResponse has in their language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from prefect_getresponse.newsletters.account_side import AccountSide
from prefect_getresponse.newsletters.content.findings import Finding
from prefect_getresponse.newsletters.content.message import Known, Message, check_message
from prefect_getresponse.tasks.ab_tests_subject import get_subject_ab_test, list_subject_ab_tests
from prefect_getresponse.tasks.autoresponders import get_autoresponder, list_autoresponders
from prefect_getresponse.tasks.campaigns import get_campaign, list_campaigns
from prefect_getresponse.tasks.newsletters import get_newsletter, list_newsletters
from prefect_getresponse.tasks.rss_newsletters import get_rss_newsletter, list_rss_newsletters
from prefect_getresponse.tasks.subscription_confirmations import (
    list_subscription_confirmation_bodies,
    list_subscription_confirmation_subjects,
)

MOST = 500
"""Messages of one kind that are read: a call each."""


@dataclass(frozen=True)
class _Kind:
    """A kind of messages: its name, listing, details, id, and the argument that takes the id."""

    name: str
    listing: Any
    details: Any
    id_name: str
    argument: str
    wanted: dict[str, str]


_KINDS = (
    _Kind(
        "autoresponder",
        list_autoresponders,
        get_autoresponder,
        "autoresponderId",
        "autoresponder_id",
        {},
    ),
    _Kind(
        "rss-newsletter",
        list_rss_newsletters,
        get_rss_newsletter,
        "rssNewsletterId",
        "rss_newsletter_id",
        {},
    ),
    _Kind(
        "ab-test",
        list_subject_ab_tests,
        get_subject_ab_test,
        "abTestId",
        "ab_test_id",
        {},
    ),
    _Kind(
        "draft",
        list_newsletters,
        get_newsletter,
        "newsletterId",
        "newsletter_id",
        {"type": "draft"},
    ),
)


async def check_account_messages(side: AccountSide, known: Known) -> list[Finding]:
    """Read and check what an account sends by itself, and its drafts.

    Args:
        side: The account.
        known: What the account has.
    """
    found: list[Finding] = []
    for kind in _KINDS:
        listed = await side.account.items(kind.listing, kind.id_name, **kind.wanted)
        for row in listed[:MOST]:
            one = row[kind.id_name]
            message = await side.account.call(kind.details, **{kind.argument: one})
            found += _findings(f"{kind.name}/{one}", message, known)
    return [*found, *await _confirmations(side, known)]


async def _confirmations(side: AccountSide, known: Known) -> list[Finding]:
    """Check the texts that ask people of lists with double opt-in to confirm."""
    used = set[tuple[str, str, str]]()
    lists = await side.account.items(list_campaigns, "campaignId")
    for row in lists[:MOST]:
        details = await side.account.call(get_campaign, campaign_id=row["campaignId"])
        chosen: dict[str, Any] = details.get("confirmation") or {}
        optins: dict[str, Any] = details.get("optinTypes") or {}
        language = str(details.get("languageCode", "")).lower()
        if language and "double" in optins.values():
            ids = [
                str(chosen.get(f"subscriptionConfirmation{part}Id") or "")
                for part in ("Subject", "Body")
            ]
            used.add((language, ids[0], ids[1]))
    found = list[Finding]()
    for language, subject_id, body_id in sorted(used):
        subjects, bodies = [
            await side.account.call(listing, language_code=language)
            for listing in (
                list_subscription_confirmation_subjects,
                list_subscription_confirmation_bodies,
            )
        ]
        subject = _one(subjects, "subscriptionConfirmationSubjectId", subject_id)
        body = _one(bodies, "subscriptionConfirmationBodyId", body_id)
        if body:
            message = Message(
                str(subject.get("subject", "")),
                str(body.get("contentHtml") or ""),
                str(body.get("contentPlain") or ""),
                is_confirmation=True,
            )
            found += _named(f"confirmation/{body_id}", check_message(message, known).findings)
    return found


def _one(rows: list[dict[str, Any]], key: str, wanted: str) -> dict[str, Any]:
    return next((row for row in rows if row.get(key) == wanted), dict[str, Any]())


def _named(place: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    for each in findings:
        yield replace(each, part=f"{place}#{each.part}")


def _findings(place: str, message: dict[str, Any], known: Known) -> Iterator[Finding]:
    content: dict[str, Any] = message.get("content") or {}
    html, plain = (str(content.get(part) or "") for part in ("html", "plain"))
    if not (html or plain):
        return  # made with an editor whose texts the API does not show
    settings: dict[str, Any] = message.get("sendSettings") or {}
    lexpad = bool(settings.get("externalLexpad"))
    for number, subject in enumerate(_subjects(message)):
        checked = check_message(Message(subject, html, plain, has_lexpad=lexpad), known)
        yield from _named(
            place, (each for each in checked.findings if number == 0 or each.part == "subject")
        )


def _subjects(message: dict[str, Any]) -> list[str]:
    """Return the subjects of a message: a test has several."""
    variants: list[dict[str, Any]] = message.get("variants") or []
    return [str(each.get("subject") or "") for each in variants] or [
        str(message.get("subject") or "")
    ]

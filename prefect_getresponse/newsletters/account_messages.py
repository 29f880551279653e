"""Check the messages that an account has: autoresponders, RSS newsletters, A/B tests and drafts.

Confirmation messages are not among them: the API shows only GetResponse's own texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from prefect_getresponse.newsletters.account_side import AccountSide
from prefect_getresponse.newsletters.content.findings import Finding
from prefect_getresponse.newsletters.content.message import Known, Message, check_message
from prefect_getresponse.tasks.ab_tests_subject import get_subject_ab_test, list_subject_ab_tests
from prefect_getresponse.tasks.autoresponders import get_autoresponder, list_autoresponders
from prefect_getresponse.tasks.newsletters import get_newsletter, list_newsletters
from prefect_getresponse.tasks.rss_newsletters import get_rss_newsletter, list_rss_newsletters

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
    return found


def _findings(place: str, message: dict[str, Any], known: Known) -> Iterator[Finding]:
    content = message.get("content") or {}
    html, plain = (str(content.get(part) or "") for part in ("html", "plain"))
    if not (html or plain):
        return  # made with an editor whose texts the API does not show
    lexpad = bool((message.get("sendSettings") or {}).get("externalLexpad"))
    for number, subject in enumerate(_subjects(message)):
        checked = check_message(Message(subject, html, plain, has_lexpad=lexpad), known)
        for each in checked.findings:
            if number == 0 or each.part == "subject":
                yield replace(each, part=f"{place}#{each.part}")


def _subjects(message: dict[str, Any]) -> list[str]:
    """Return the subjects of a message: a test has several."""
    variants: list[dict[str, Any]] = message.get("variants") or []
    return [str(each.get("subject") or "") for each in variants] or [
        str(message.get("subject") or "")
    ]

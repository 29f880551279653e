"""Checks that ask GetResponse: key, plan, lists, senders, limits, callbacks and the clock."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from prefect_getresponse.client.errors import AuthenticationFailed, NotFound
from prefect_getresponse.client.request import ApiAnswer
from prefect_getresponse.contact_import.account import (
    Account,
    AmbiguousCampaign,
    CampaignNotFound,
)
from prefect_getresponse.doctor.findings import (
    Finding,
    explained,
    named,
    ok,
    problem,
    warning,
)
from prefect_getresponse.tasks.accounts import (
    get_account_billing,
    get_callbacks,
    list_sending_limits,
)
from prefect_getresponse.tasks.campaigns import get_campaign, list_campaigns
from prefect_getresponse.tasks.from_fields import list_from_fields

CLOCK_SECONDS = 60.0
"""Most seconds by which the clocks may differ."""
NEARLY_USED = 0.8
LISTS_READ = 50
"""Most lists whose settings are read: a call each."""
_KEY_RULE = "GetResponse deletes keys that nobody used for 90 days: make a new one in Tools, API."


def key(answer: ApiAnswer, endpoint: str) -> list[Finding]:
    """The key works, or nothing of this would have been read."""
    return [ok("key", f"accepted for account {answer.data.get('accountId', '?')} at {endpoint}")]


def refused_key(error: AuthenticationFailed) -> list[Finding]:
    """The key does not work."""
    said = explained(error)
    advice = said["advice"] if "90" in said["advice"] else f"{said['advice']} {_KEY_RULE}".strip()
    return [problem("key", said["found"], advice)]


def clock(answer: ApiAnswer, now: float) -> list[Finding]:
    """Times in reports and searches are right only if the clocks agree."""
    if not answer.date:
        return [ok("clock", "GetResponse did not say its time")]
    apart = now - parsedate_to_datetime(answer.date).timestamp()
    if abs(apart) <= CLOCK_SECONDS:
        return [ok("clock", f"within {CLOCK_SECONDS:.0f} s of GetResponse's")]
    way = "ahead of" if apart > 0 else "behind"
    text = f"{abs(apart):,.0f} s {way} GetResponse's"
    return [warning("clock", text, "Set the clock of this machine, by NTP for example.")]


async def plan(account: Account, today: datetime) -> list[Finding]:
    """What the account pays for, and until when."""
    billing: dict[str, Any] = await account.call(get_account_billing)
    facts = f"{billing.get('paymentPlan', 'unknown')}, {billing.get('listSize', '?')} contacts"
    renewal = str(billing.get("renewalDate") or "")
    if renewal and renewal[:10] < f"{today:%Y-%m-%d}":
        return [warning("plan", f"{facts}, ended on {renewal[:10]}", "Renew it in GetResponse.")]
    return [ok("plan", f"{facts}, until {renewal[:10] or 'further notice'}")]


async def lists(account: Account, wanted: str) -> list[Finding]:
    """The list is there, and whether people who are added by an import must confirm first."""
    if wanted:
        try:
            campaign = await account.find_campaign(wanted)
        except (CampaignNotFound, AmbiguousCampaign) as error:
            said = explained(error)
            return [problem("lists", said["found"], said["advice"])]
        names = [campaign.name] if campaign.double_optin else []
        return [_confirmation(f"{campaign.name!r} is there", names)]
    listed = await account.items(list_campaigns, "campaignId")
    if not listed:
        advice = "Create one in GetResponse, or import with --create-list."
        return [problem("lists", "the account has no list", advice)]
    double: list[str] = []
    for item in listed[:LISTS_READ]:
        details = await account.call(get_campaign, campaign_id=item["campaignId"])
        if details.get("optinTypes", {}).get("api") == "double":
            double.append(details["name"])
    count = f"{len(listed)}" + (f", {LISTS_READ} looked at" if len(listed) > LISTS_READ else "")
    return [_confirmation(count, double)]


def _confirmation(found: str, double: list[str]) -> Finding:
    if not double:
        return ok("lists", f"{found}; who is added through the API is on the list at once")
    return warning(
        "lists",
        f"{found}; double opt-in for the API: {named(double)}",
        "People added there must confirm by mail first. Where they have consented already, set the"
        " list's API opt-in to single.",
    )


async def senders(account: Account) -> list[Finding]:
    """Messages leave only from confirmed addresses."""
    listed = await account.items(list_from_fields, "fromFieldId")
    active = [each for each in listed if each.get("isActive") == "true"]
    advice = "Confirm it by the link that GetResponse has mailed to it (Tools, Emails and domains)."
    if not active:
        return [problem("senders", f"none of {len(listed)} sender addresses is confirmed", advice)]
    if len(active) < len(listed):
        waiting = f"{len(listed) - len(active)} of {len(listed)} sender addresses not confirmed"
        return [warning("senders", waiting, advice)]
    if not any(each.get("isDefault") == "true" for each in listed):
        text = f"{len(active)} confirmed, none of them the default"
        return [warning("senders", text, "Choose a default sender in GetResponse.")]
    return [ok("senders", f"{len(active)} confirmed")]


async def sending_limits(account: Account) -> list[Finding]:
    """How many messages the account may still send."""
    found: list[dict[str, int]] = await account.call(list_sending_limits)
    findings: list[Finding] = []
    for each in found:
        limit, used = each.get("limit", 0), each.get("used", 0)
        days = each.get("timeFrame", 0) / 86_400
        text = f"{used:,} of {limit:,} messages sent in {days:g} days"
        if limit and used >= limit:
            findings.append(problem("sending limits", text, "Wait, or ask GetResponse for more."))
        elif limit and used >= NEARLY_USED * limit:
            findings.append(warning("sending limits", text, "Soon nothing more can be sent."))
        else:
            findings.append(ok("sending limits", text))
    return findings or [ok("sending limits", "none")]


async def callbacks(account: Account) -> list[Finding]:
    """Who is told about clicks and unsubscribes: an account has one such address."""
    try:
        found: dict[str, Any] = await account.call(get_callbacks)
    except NotFound:
        return [ok("callbacks", "off")]
    # What follows the host may be a secret of whoever listens there.
    parts = urlsplit(str(found.get("url", "")))
    actions = sorted(name for name, is_on in found.get("actions", {}).items() if is_on)
    text = f"go to {parts.scheme}://{parts.hostname} ({', '.join(actions) or 'no actions'})"
    if parts.scheme != "https":
        return [warning("callbacks", text, "Addresses travel in clear: use an https:// address.")]
    return [ok("callbacks", f"{text}; whoever sets another address takes them away from there")]

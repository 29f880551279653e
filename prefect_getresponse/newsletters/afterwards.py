"""After a release: cancel it while it waits, and read how it went."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from prefect_getresponse.client.errors import GetResponseError, InvalidArguments
from prefect_getresponse.newsletters.account_side import AccountSide
from prefect_getresponse.newsletters.audience import FAR, LAST_SENDS, recent_newsletters
from prefect_getresponse.newsletters.drafts import Made, newsletters_of
from prefect_getresponse.tasks.newsletters import (
    cancel_newsletter,
    get_newsletter,
    get_newsletter_statistics,
)

_RATES = ("openRate", "clickRate")
_COUNTS = ("sent", "uniqueOpened", "uniqueClicked", "unsubscribed", "bounced", "complaints")
_LEAST_SENT = 50
"""Newsletters of fewer people have rates by chance."""


class NotReleased(GetResponseError):
    """No newsletter of the key was sent."""

    default_advice = "`release FILE.yaml` releases it; the key is in the file."


@dataclass(frozen=True)
class ReleaseStatistics:
    """How a newsletter went, beside the last ones to its list.

    Attributes:
        key: The release.
        newsletter_id: Its newsletter.
        state: `scheduled`, `in_progress` or `finished`.
        counts: How many were sent, opened, clicked and so on.
        rates: Opened and clicked of those sent, 0 to 1.
        usual: Medians of the same rates over the last newsletters to the list.
        far_off: What is far from usual.
    """

    key: str
    newsletter_id: str
    state: str
    counts: dict[str, int]
    rates: dict[str, float]
    usual: dict[str, float]
    far_off: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)

    def markdown(self) -> str:
        """Return it for people."""
        lines = [f"# Release {self.key}: {self.state}", "", "| | now | usual |", "|---|---:|---:|"]
        lines += [f"| {name} | {number:,} | |" for name, number in self.counts.items()]
        lines += [
            f"| {name} | {rate:.1%} | {f'{self.usual[name]:.1%}' if name in self.usual else ''} |"
            for name, rate in self.rates.items()
        ]
        lines += [f"\nFar from usual: {', '.join(self.far_off)}."] if self.far_off else []
        return "\n".join(lines) + "\n"


async def release_statistics(side: AccountSide, key: str) -> ReleaseStatistics:
    """Read how a release went.

    Raises:
        NotReleased: No newsletter of the key was sent.
    """
    one = await _one(side, key)
    newsletter = await side.account.call(get_newsletter, newsletter_id=one.id)
    rows = await side.account.call(
        get_newsletter_statistics, newsletter_id=one.id, group_by="total"
    )
    total: dict[str, Any] = rows[0] if rows else {}
    counts = {name: _number(total.get(name)) for name in _COUNTS}
    metrics = _metrics(newsletter)
    campaign: dict[str, Any] = newsletter.get("campaign") or {}
    rates = {name: _rate(metrics.get(name)) for name in _RATES}
    recent = [
        _metrics(each)
        for each in await recent_newsletters(side, campaign.get("campaignId", ""))
        if each["newsletterId"] != one.id and _metrics(each).get("status") == "finished"
    ][:LAST_SENDS]
    usual = {name: median(_rate(each.get(name)) for each in recent) for name in _RATES if recent}
    far = _far_off(rates, usual) if counts["sent"] >= _LEAST_SENT else ()
    return ReleaseStatistics(key, one.id, str(metrics.get("status")), counts, rates, usual, far)


async def cancel_release(side: AccountSide, key: str) -> str:
    """Stop a release that waits to be sent; return its newsletter's id.

    Raises:
        NotReleased: No newsletter of the key was sent.
        StateForbids: It is on its way, or has arrived.
    """
    waiting = [each for each in await newsletters_of(side, key) if not each.is_draft]
    if not waiting:
        raise NotReleased(f"no newsletter of the release {key!r} is waiting to be sent")
    for each in waiting:
        await side.account.call(cancel_newsletter, newsletter_id=each.id)
    return ", ".join(each.id for each in waiting)


async def _one(side: AccountSide, key: str) -> Made:
    sent = [each for each in await newsletters_of(side, key) if not each.is_draft]
    if not sent:
        raise NotReleased(f"no newsletter of the release {key!r} was sent")
    if len(sent) > 1:
        raise InvalidArguments(
            f"{len(sent)} newsletters of the release {key!r} were sent",
            advice="Look at them in GetResponse.",
        )
    return sent[0]


def _metrics(newsletter: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = newsletter.get("sendMetrics") or {}
    return found


def _far_off(rates: dict[str, float], usual: dict[str, float]) -> tuple[str, ...]:
    return tuple(
        f"{name} {rates[name]:.1%} instead of {usual[name]:.1%}"
        for name in usual
        if usual[name] and not usual[name] / FAR <= rates[name] <= usual[name] * FAR
    )


def _number(value: object) -> int:
    return int(str(value)) if str(value).isdigit() else 0


def _rate(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        return 0.0

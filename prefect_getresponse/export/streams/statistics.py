"""Numbers by day: of messages and of lists.

They go on changing for weeks, so the days of the look-back are read again and replaced in each run.
Of messages those are read that were sent lately, or whose own counters have moved; every few days
all of them are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from prefect_getresponse.export.run import ExportRun
from prefect_getresponse.export.schema.fields import snake
from prefect_getresponse.export.schema.rows import moment_of
from prefect_getresponse.limits.side_by_side import side_by_side
from prefect_getresponse.operation import Declared
from prefect_getresponse.sinks.sink import Transaction
from prefect_getresponse.sinks.tables import Where
from prefect_getresponse.tasks.autoresponders import get_autoresponder_statistics
from prefect_getresponse.tasks.campaigns import (
    get_campaign_list_size_statistics,
    get_campaign_removal_statistics,
    get_campaign_subscription_statistics,
)
from prefect_getresponse.tasks.newsletters import get_newsletter_statistics
from prefect_getresponse.tasks.rss_newsletters import get_rss_newsletter_statistics

_AT_ONCE = 200
"""Messages whose days are written together."""


@dataclass(frozen=True)
class Messages:
    """A kind of messages.

    Attributes:
        table: Their table.
        id_name: Member with the id.
        task: Reads the statistics of one.
        counters: Columns that move when statistics do; without any, each is read in every run.
    """

    table: str
    id_name: str
    task: Declared
    counters: tuple[str, ...]


_METRICS = ("sent", "delivered", "open_rate", "click_rate", "human_open_rate", "human_click_rate")
KINDS: Mapping[str, Messages] = {
    "newsletter_days": Messages(
        "newsletters",
        "newsletterId",
        get_newsletter_statistics,
        tuple(f"send_metrics_{name}" for name in _METRICS),
    ),
    "autoresponder_days": Messages(
        "autoresponders",
        "autoresponderId",
        get_autoresponder_statistics,
        ("statistics_delivered", "statistics_open_rate", "statistics_click_rate"),
    ),
    "rss_newsletter_days": Messages(
        "rss_newsletters", "rssNewsletterId", get_rss_newsletter_statistics, ()
    ),
}


async def export_message_days(run: ExportRun, name: str) -> None:
    """Read the statistics of messages by day."""
    kind = KINDS[name]
    state = run.state(name)
    known: dict[str, str] = dict(state.get("counters") or {})
    first = _first_day(run, state)
    counters = _counters(run, kind)
    all_at = moment_of(state.get("all_at"))
    days = timedelta(days=run.options.full_every_days) - timedelta(hours=1)
    read_all = all_at is None or run.now - all_at >= days
    recent = {identifier for identifier, (_, sent) in counters.items() if _is_recent(sent, first)}
    due = [
        identifier
        for identifier, (text, _) in counters.items()
        if read_all or not kind.counters or identifier in recent or known.get(identifier) != text
    ]
    run.progress.start(f"reading {name}", len(due), "messages")
    for start in range(0, len(due), _AT_ONCE):
        part = due[start : start + _AT_ONCE]
        answers = await _read(run, kind, part, {each: first for each in part if each in known})
        with run.sink.transaction() as transaction:
            for identifier in part:
                _replace(run, transaction, name, identifier, answers[identifier], first)
                known[identifier] = counters[identifier][0]
            run.save_state(transaction, name, state | {"counters": known})
        run.progress.advance(start + len(part))
    ended = {"until": run.today.isoformat(), "counters": known}
    if read_all:
        ended["all_at"] = run.now.isoformat()
    with run.sink.transaction() as transaction:
        run.save_state(transaction, name, state | ended)


def _first_day(run: ExportRun, state: Mapping[str, Any]) -> date:
    """The first day that is read again: the look-back, or more after a pause."""
    until = state.get("until")
    return min(run.first_day, date.fromisoformat(until) - timedelta(days=1) if until else date.max)


def _counters(run: ExportRun, kind: Messages) -> dict[str, tuple[str, datetime | None]]:
    """Of each message that may have statistics its counters as a text, and when it was sent."""
    table = run.shaped[kind.table].table
    sent = ["send_on"] if "send_on" in table.names else []
    drafts = ["type", "send_metrics_status"] if kind.table == "newsletters" else []
    columns = [snake(kind.id_name), *kind.counters, *sent, *drafts]
    found: dict[str, tuple[str, datetime | None]] = {}
    for row in run.sink.select(table, columns, run.mine, Where("_deleted_at", "null")):
        values = dict(zip(columns, row, strict=True))
        if values.get("type") == "draft" or values.get("send_metrics_status") == "scheduled":
            continue
        text = " ".join(str(values[name]) for name in kind.counters)
        found[row[0]] = text, values.get("send_on")
    return found


def _is_recent(sent: datetime | None, first: date) -> bool:
    return sent is not None and sent.astimezone(UTC).date() >= first


async def _read(
    run: ExportRun, kind: Messages, part: list[str], since: Mapping[str, date]
) -> dict[str, list[dict[str, Any]]]:
    answers: dict[str, list[dict[str, Any]]] = {}

    async def one(identifier: str) -> None:
        first = since.get(identifier)
        window = {"created_from": first.isoformat()} if first else {}
        wanted = {snake(kind.id_name): identifier, "group_by": "day", **window}
        pages = run.reader.pages(kind.task, **wanted)
        answers[identifier] = [row async for page in pages for row in page]

    await side_by_side(part, one)
    return answers


def _replace(
    run: ExportRun,
    transaction: Transaction,
    name: str,
    identifier: str,
    answers: list[dict[str, Any]],
    first: date,
) -> None:
    table = run.shaped[name].table
    column = table.key[1]
    days = [day for each in answers if (day := _day_of(each.get("timeInterval"))) is not None]
    since = min([first, *days])
    here = (run.mine, Where(column, "=", identifier), Where("day", ">=", since))
    transaction.delete(table, *here)
    for each in answers:
        day = _day_of(each.get("timeInterval"))
        if day is not None:
            run.write(transaction, name, [each], (identifier, day))


def _day_of(interval: str | None) -> date | None:
    """The day that an interval of statistics begins on, in UTC."""
    begin = moment_of((interval or "").partition("/")[0])
    return begin.astimezone(UTC).date() if begin else None


async def export_list_days(run: ExportRun) -> None:
    """Read size, arrivals and departures of lists by day."""
    state = run.state("list_days")
    known = set(state.get("lists") or [])
    first = _first_day(run, state)
    run.progress.start("reading statistics of lists", len(run.lists), "lists")
    for done, list_id in enumerate(run.lists, start=1):
        window = {"created_from": first.isoformat()} if list_id in known else {}
        days = await _list_days(run, list_id, window)
        known.add(list_id)
        with run.sink.transaction() as transaction:
            since = min([first, *days])
            here = (run.mine, Where("list_id", "=", list_id), Where("day", ">=", since))
            transaction.delete(run.shaped["list_days"].table, *here)
            for day, answer in sorted(days.items()):
                run.write(transaction, "list_days", [answer], (list_id, day))
            run.save_state(transaction, "list_days", state | {"lists": sorted(known)})
        run.progress.advance(done)
    with run.sink.transaction() as transaction:
        ended = {"lists": sorted(known), "until": run.today.isoformat()}
        run.save_state(transaction, "list_days", ended)


async def _list_days(
    run: ExportRun, list_id: str, window: Mapping[str, str]
) -> dict[date, dict[str, Any]]:
    """What became of a list, by day, of three statistics."""
    wanted = {"campaign_id": list_id, "group_by": "day", **window}
    days: dict[date, dict[str, Any]] = {}
    for each in await run.reader.call(get_campaign_list_size_statistics, **wanted):
        days.setdefault(date.fromisoformat(each["createdOn"][:10]), {}).update(each)
    for answer in await run.reader.call(get_campaign_subscription_statistics, **wanted):
        for label, lists in answer.items():
            counts: dict[str, Any] = lists.get(list_id) or {}
            if counts:
                days.setdefault(date.fromisoformat(label[:10]), {})["subscriptions"] = counts
    for answer in await run.reader.call(get_campaign_removal_statistics, **wanted):
        for label, counts in answer.items():
            days.setdefault(date.fromisoformat(label[:10]), {})["removals"] = counts
    return days

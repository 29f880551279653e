"""What must be true in the end, by what the account has seen: never by our own word alone."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import astuple
from typing import Any

from prefect_getresponse.contact_import.report import ImportReport
from tests.simulation.scenario import BLOCKED, DROPPED, INVALID, Row, canonical
from tests.simulation.workers import ImportWorker, MessageWorker
from tests.simulation.world import Deed, World

_SENDING = ("/contacts", "/contacts/batch", "/imports")
_AT_ONCE = 1.01
"""Seconds between calls of which GetResponse takes one a second."""
_LONGEST = 36_000.0
"""Seconds that a run may last: whoever waits for a clock that was set waits for a day."""
_RACE = 360.0
"""Seconds within which nobody need have known that somebody left the list."""


def violations(
    world: World, imports: list[ImportWorker], messages: list[MessageWorker], before: int
) -> Iterator[str]:
    """Everything that is not as it must be.

    Args:
        world: The account.
        imports: Workers that import.
        messages: Workers that send messages.
        before: Number of deeds before the last runs, which had nothing to do.
    """
    if world.scenario.foreign is None:
        yield from _refused(world)
    for deed in world.deeds[before:]:
        yield f"{deed.worker} had nothing to do, and sent {deed.method} {deed.path}"
    for worker in imports:
        for problem in _import_violations(world, worker):
            yield f"{worker.plan.name}: {problem}"
    for sender in messages:
        yield from _message_violations(world, sender)


def _refused(world: World) -> Iterator[str]:
    """Whom the account has answered 429, unless a call was beside theirs that nobody could see."""
    for at, who, path in world.refusals:
        ghosts = [then for then, sender, other in world.ghosts if other == path and sender != who]
        if not any(abs(at - then) < _AT_ONCE for then in ghosts):
            yield f"{who} met a limit of the account at {path}"


def _import_violations(world: World, worker: ImportWorker) -> Iterator[str]:
    plan = worker.plan
    if worker.longest > _LONGEST:
        yield f"a run lasted {worker.longest:,.0f} s"
    yield from _sent_twice(world, worker)
    yield from _brought_back(world, worker)
    yield from _wrote_elsewhere(world, plan.name)
    yield from _removed_wrongly(world, plan.name)
    if worker.absent:
        yield f"{worker.absent} are reported to be on the list, and are not"
    yield from (f"a run changed something without a report: {said}" for said in worker.silent)
    rows = _winners(worker)
    here = world.people(plan.name, "subscribed", "unconfirmed")
    left = {email for name, email in world.removed if name == plan.name} - here.keys()
    wanted = {key for key, row in rows.items() if _is_importable(row)} - left
    yield from (f"{key} is lost" for key in sorted(wanted - here.keys()))
    allowed = {row.key for night in plan.nights for row in night.source if _is_importable(row)}
    allowed |= {row.key for row in plan.earlier} | {email for _, email in plan.sign_ups}
    allowed |= {*plan.former} | world.imported.get(plan.name, set())
    yield from (f"{key} should not be on the list" for key in sorted(here.keys() - allowed))
    if plan.mode == "mirror":
        mentioned = {row.mentioned or key for key, row in rows.items()}
        gone = world.people(plan.name, "subscribed").keys() - mentioned
        yield from (f"{key} is gone from the source, and on the list" for key in sorted(gone))
    if plan.mode != "add_only" and not plan.double_optin:
        yield from _not_as_said(here, {key: rows[key] for key in wanted & here.keys()})
    yield from _misreported(worker, worker.reports[-1], rows, left)


def _wrote_elsewhere(world: World, name: str) -> Iterator[str]:
    """Whoever wrote to a list that had taken the name of theirs."""
    for other in world.others[name]:
        for deed in world.deeds:
            if deed.path in _SENDING and f'"{other}"' in json.dumps(deed.body):
                yield f"{deed.worker} wrote to another list of the same name"


def _removed_wrongly(world: World, name: str) -> Iterator[str]:
    """Whom workers removed from another list, or although the source may be about them."""
    for worker, campaign_id, email in map(astuple, world.deletions):
        if worker.startswith(f"{name}/"):
            if campaign_id != world.lists[name]:
                yield f"{email} was removed from another list"
            elif email in world.sources[worker]:
                yield f"{email} was removed, and may be in the source"


def _misreported(
    worker: ImportWorker, report: ImportReport, rows: dict[str, Row], left: set[str]
) -> Iterator[str]:
    """Compare the last report with what the source and the account say."""
    if report.problem:
        yield f"the last run is not well: {report.problem}"
    if sum(report.verdicts.values()) != report.rows_read:
        yield "the report is not balanced"
    spoiled = sum(1 for row in worker.source if row.mentioned)  # none is another one's duplicate
    keys = [row.key for row in worker.source if row.key and not row.mentioned]
    nameless = sum(1 for row in worker.source if not row.email and row.name)
    verdicts = Counter(_verdict(row, left) for row in rows.values() if not row.mentioned)
    expected = {
        "blank": sum(1 for row in worker.source if not any(row.cells)),
        "duplicate": len(keys) - len(set(keys)),
        "excluded": verdicts["excluded"],
        "rejected": verdicts["rejected"] + nameless + spoiled,
        "unknown": 0,
        "not_visible_yet": 0,
    }
    if not worker.plan.verify:  # who was dropped is not known
        del expected["rejected"], expected["not_visible_yet"]
    for name, number in expected.items():
        if report.verdicts[name] != number:
            yield f"{report.verdicts[name]} rows are reported as {name}, not {number}"


def _verdict(row: Row, left: set[str]) -> str:
    if row.email == INVALID or row.mentioned:
        return "rejected"
    if row.consent != "yes" or row.key.endswith(BLOCKED) or row.key in left:
        return "excluded"
    return "rejected" if row.key.endswith(DROPPED) else "there"


def _winners(worker: ImportWorker) -> dict[str, Row]:
    """The last row of each address."""
    return {row.key: row for row in worker.source if row.key}


def _is_importable(row: Row) -> bool:
    return _verdict(row, set()) == "there"


def _not_as_said(here: dict[str, dict[str, Any]], rows: dict[str, Row]) -> Iterator[str]:
    """People who are not what the source says of them."""
    for key, row in rows.items():
        person = here[key]
        if row.name and person["name"] != row.name:
            yield f"{key} is called {person['name']!r}, not {row.name!r}"
        tags = {tag.strip().replace(" ", "_") for tag in row.tags.split(",") if tag}
        if missing := tags - set(person["tags"]):
            yield f"{key} lacks {', '.join(sorted(missing))}"


def _sent_twice(world: World, worker: ImportWorker) -> Iterator[str]:
    """Whoever was taken twice for the same, and not removed in between by a mirrored source."""
    name, failed = worker.plan.name, world.failed_imports()
    nights = worker.plan.nights if worker.plan.mode == "mirror" else ()
    sources = [{row.key for row in night.source} for night in nights]
    taken: dict[tuple[str, str], list[float]] = defaultdict(list)
    for deed in world.deeds:
        if _sends(deed, name) and deed.made not in failed:
            for email, said in _sayings(deed):
                if not email.endswith(DROPPED) and email not in deed.known:
                    taken[email, said].append(deed.at)
    for (email, _), moments in sorted(taken.items()):
        if len(moments) > 1 and all(email in source for source in sources):
            times = ", ".join(f"{moment:.1f}" for moment in moments)
            yield f"{email} was taken {len(moments)} times for the same, at {times}"


def _brought_back(world: World, worker: ImportWorker) -> Iterator[str]:
    """Whoever had left the list, and was taken again."""
    name = worker.plan.name
    for deed in world.deeds:
        if _sends(deed, name):
            for email, _ in _sayings(deed):
                left = world.removed.get((name, email))
                came = world.returned.get((name, email), math.inf)
                if left is not None and left + _RACE < deed.at < came:
                    yield f"{email} left at {left:.1f}, and was taken again at {deed.at:.1f}"


def _sends(deed: Deed, name: str) -> bool:
    return deed.worker.startswith(f"{name}/") and deed.path in _SENDING


def _sayings(deed: Deed) -> Iterator[tuple[str, str]]:
    """Whom a call is about, and what it says of them."""
    if deed.path == "/imports":
        columns = deed.body["fieldMapping"]
        for row in deed.body["contacts"]:
            cells = {
                column: cell
                for column, cell in zip(columns, row, strict=True)
                if column != "email" and cell not in ("", "0")
            }
            yield canonical(row[columns.index("email")]), json.dumps(cells, sort_keys=True)
        return
    for person in deed.body.get("contacts", [deed.body]):
        tags: Any = person.get("tags", [])
        ids: list[str] = [tag["tagId"] for tag in tags] if deed.path == "/contacts" else []
        if deed.path == "/contacts/batch" and tags:
            ids = tags["ids"]
        said = [person.get("name"), sorted(ids)]
        yield canonical(person["email"]), json.dumps(said)


def _message_violations(world: World, sender: MessageWorker) -> Iterator[str]:
    path = "/newsletters" if sender.plan.kind == "newsletter" else "/transactional-emails"
    sent = Counter(deed.body["subject"] for deed in world.deeds if deed.path == path)
    for number in range(len(sender.plan.pauses)):
        times, told = sent[f"Message {number}"], sender.told.get(number, "nothing")
        if times > 1:
            yield f"message {number} was sent {times} times"
        fitting = {"sent": (1,), "failed": (0,), "unknown": (0, 1)}.get(told, ())
        if times <= 1 and times not in fitting:
            yield f"message {number} was sent {times} times, and reported as {told}"

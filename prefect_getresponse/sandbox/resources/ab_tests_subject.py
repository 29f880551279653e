"""A/B tests of subjects (tag A/B tests - subject), which go through their stages as time passes.

`preparing` until the time to begin; `testing` while the sample has its variants; then an automatic
winner is sent to the rest (`sending_winner`, `completed`), a manual one is waited for (`finished`).
Cancelling takes a moment. A null `samplingTime` is a day.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from prefect_getresponse.sandbox.contract.dates import DAY, is_moment, iso, parse_duration
from prefect_getresponse.sandbox.contract.errors import FieldError, forbidden_state, invalid
from prefect_getresponse.sandbox.contract.messages import Answer
from prefect_getresponse.sandbox.contract.time_zones import TIME_ZONES, moment_in
from prefect_getresponse.sandbox.contract.validation import Body
from prefect_getresponse.sandbox.people.contact_book import Contact
from prefect_getresponse.sandbox.resources.collection import Collection, Filter, member
from prefect_getresponse.sandbox.resources.message_parts import (
    WAITING_SECONDS,
    campaign,
    links_of,
    show_senders,
)
from prefect_getresponse.sandbox.resources.request import Behaviours, Checks, Request
from prefect_getresponse.sandbox.segments.recipients import recipients
from prefect_getresponse.sandbox.world.mailings import SENDING_SECONDS, Mailing, rates, statistics
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World

CANCELLING_SECONDS = 10.0
_SAMPLED_PERCENT = 20
_UTC = 2
_SELECTIONS = (
    "selectedCampaigns",
    "selectedSegments",
    "selectedSupressions",
    "excludedCampaigns",
    "excludedSegments",
)
_CANCELLABLE = frozenset({"preparing", "testing", "finished"})
_DELETABLE = frozenset({"draft", "cancelled", "finished", "completed"})
_HIDDEN = frozenset({"campaignId", "startsAt", "rest", "winnerId", "totalDelivered"})


def _complete(world: World, _request: Request, record: Record) -> None:
    """Give a new test its variants and its delivery as answers show them, and plan its start."""
    members = record.members
    delivery: Body = members["deliverySettings"]
    start, zone_id = _start(world, delivery["sendOn"])
    seconds = parse_duration(delivery["samplingTime"]) if delivery["samplingTime"] else DAY
    zone = {"timeZoneId": zone_id, "timeZoneName": None, "timeZoneOffset": None}
    record.members = {
        "flags": [],
        **members,
        "campaignId": members.pop("campaign")["campaignId"],
        "status": "active",
        "stage": "preparing",
        "editor": "custom",
        "winnerSendingStart": None,
        "variants": [
            {"variantId": world.ids.next(), "subject": subject, "index": letter}
            for letter, subject in zip("ABCDE", members["variants"], strict=False)
        ],
        "deliverySettings": {
            "samplingPercentage": _SAMPLED_PERCENT,
            **delivery,
            "sendOn": {"date": iso(start), "timeZone": zone},
            "samplingTime": str(int(seconds)),
        },
        "startsAt": start,
        "winnerId": None,
    }
    world.agenda.at(start, record.record_id, lambda moment: _begin(world, record, moment))


def _start(world: World, send_on: Body) -> tuple[float, int]:
    """Return when a test begins, and the number of the time zone that says it."""
    if send_on["sendingType"] == "now":
        return world.now + WAITING_SECONDS / world.speed, _UTC
    zone_id = send_on["timeZone"]["timeZoneId"]
    return max(world.now, moment_in(zone_id, send_on["date"])), zone_id


def _enter(record: Record, stage: str, moment: float) -> None:
    record.members |= {"stage": stage, "updatedOn": iso(moment)}


def _begin(world: World, record: Record, moment: float) -> None:
    """Send the variants to the sample, each to another part of it."""
    members = record.members
    everyone = list(recipients(world, members["sendSettings"], moment))
    share = members["deliverySettings"]["samplingPercentage"] / 100
    sampled = math.ceil(len(everyone) * share)
    variants = members["variants"]
    for index, variant in enumerate(variants):
        part = everyone[index : sampled : len(variants)]
        world.mailings[variant["variantId"]] = _mailing(world, record, part, moment)
    members["rest"] = everyone[sampled:]
    _enter(record, "testing", moment)
    end = moment + int(members["deliverySettings"]["samplingTime"]) / world.speed
    world.agenda.at(end, record.record_id, lambda at: _end_sampling(world, record, at))


def _mailing(world: World, record: Record, contacts: Iterable[Contact], moment: float) -> Mailing:
    tracked = "clicktrack" in record.members["flags"]
    links = tuple(links_of(record.members["content"])) if tracked else ()
    mailing = Mailing(world.speed, links=links)
    mailing.send_all(contacts, moment)
    return mailing


def _end_sampling(world: World, record: Record, moment: float) -> None:
    if record.members["deliverySettings"]["winnerMode"] == "manual":
        _enter(record, "finished", moment)
        return
    criterion = record.members["deliverySettings"]["winningCriteria"]
    results = {
        variant["variantId"]: _rates([world.mailings[variant["variantId"]]], moment)
        for variant in record.members["variants"]
    }
    best = max(results, key=lambda variant_id: results[variant_id][f"{criterion}Rate"])
    _send_winner(world, record, best, moment)


def _send_winner(world: World, record: Record, variant_id: str, moment: float) -> None:
    """Send a variant to all who got none; nobody is left after a test with everyone."""
    members = record.members
    members["winnerId"] = variant_id
    rest = [contact for contact in members["rest"] if contact.status == "subscribed"]
    if not rest:
        _enter(record, "completed", moment)
        return
    _enter(record, "sending_winner", moment)
    members["winnerSendingStart"] = iso(moment)
    world.mailings[record.record_id] = _mailing(world, record, rest, moment)
    end = moment + SENDING_SECONDS / world.speed
    world.agenda.at(end, record.record_id, lambda at: _enter(record, "completed", at))


def _rates(mailings: Iterable[Mailing | None], now: float) -> dict[str, float]:
    """Return messages delivered by some sendings, and opens and clicks in percent of them."""
    events = [event for mailing in mailings if mailing for event in mailing.events(now)]
    shown = rates(statistics(events))
    percent = {name: round(shown[name] * 100, 2) for name in ("openRate", "clickRate")}
    return {"delivered": shown["delivered"], **percent}


def _totals(world: World, record: Record) -> dict[str, Any]:
    by_id = {each["variantId"]: each for each in record.members["variants"]}
    last = world.mailings.get(record.record_id)
    variants = [world.mailings.get(variant_id) for variant_id in by_id]
    winner = world.mailings.get(record.members["winnerId"] or "")
    return {
        "total": _rates([*variants, last], world.now),
        "winner": _rates([winner, last], world.now),
    }


def _count(world: World, record: Record) -> None:
    """Count the messages delivered, by which listings sort."""
    record.members["totalDelivered"] = _totals(world, record)["total"]["delivered"]


def _shown(world: World, record: Record, members: Body) -> Body:
    settings: Body = members["sendSettings"]
    selections = {name: settings.get(name, []) for name in _SELECTIONS}
    return {
        **show_senders({name: each for name, each in members.items() if name not in _HIDDEN}),
        "campaign": _campaign(world, members["campaignId"]),
        "sendSettings": {**selections, "selectedCampaigns": selections["selectedCampaigns"][:1]},
        "statistics": _totals(world, record),
        "variants": [
            {
                **variant,
                "isWinner": variant["variantId"] == members["winnerId"],
                "statistics": _rates([world.mailings.get(variant["variantId"])], world.now),
            }
            for variant in members["variants"]
        ],
    }


def _campaign(world: World, campaign_id: str) -> dict[str, Any]:
    """Return the list of a test, which is named by its identifier only."""
    return {name: each for name, each in campaign(world, campaign_id).items() if name != "name"}


def _clean_up(world: World, _request: Request, record: Record) -> None:
    if record.members["stage"] not in _DELETABLE:
        raise forbidden_state("The A/B test is not over")
    world.agenda.forget(record.record_id)
    for message_id in (
        record.record_id,
        *(each["variantId"] for each in record.members["variants"]),
    ):
        world.mailings.pop(message_id, None)


def _is_among(name: str) -> Filter:
    """Return a filter by several identifiers between commas."""
    get = member(name)
    return lambda _world, record, text: get(record) in [word.strip() for word in text.split(",")]


AB_TESTS = Collection(
    "ab_tests",
    "/ab-tests/subject/{abTestId}",
    details_only=frozenset(
        {"winnerSendingStart", "statistics", "variants", "sendSettings", "editor", "content"}
    ),
    attributes={"sendOn": member("startsAt"), "totalDelivered": member("totalDelivered")},
    filters={
        "query[abTestId]": _is_among("abTestId"),
        "query[campaignId]": _is_among("campaignId"),
        # The filter spells the stage with a hyphen, answers do not.
        "query[stage]": lambda _world, record, word: (
            record.members["stage"] == word.replace("-", "_")
        ),
    },
    on_create=_complete,
    on_delete=_clean_up,
    settle=_count,
    render=_shown,
)


def choose_winner(world: World, request: Request) -> Answer:
    """`POST /ab-tests/subject/{abTestId}/winner`: once, where the winner is chosen by hand."""
    record = AB_TESTS.existing(world, request)
    members, variant_id = record.members, request.body["variantId"]
    if members["deliverySettings"]["winnerMode"] != "manual":
        raise forbidden_state("The winner of this A/B test is chosen automatically")
    if members["stage"] not in ("testing", "finished"):
        raise forbidden_state(f"No winner can be chosen in the stage {members['stage']}")
    if variant_id not in [each["variantId"] for each in members["variants"]]:
        problem = f"There is no such resource: {variant_id}"
        raise invalid([FieldError("variantId", "reference", problem)])
    world.agenda.forget(record.record_id)
    _send_winner(world, record, variant_id, world.now)
    return Answer(request.successful)


def cancel(world: World, request: Request) -> Answer:
    """`POST /ab-tests/{abTestId}/cancel`: done a moment later, unless the winner leaves first."""
    record = AB_TESTS.existing(world, request)
    if record.members["stage"] not in _CANCELLABLE:
        raise forbidden_state(f"An A/B test in the stage {record.members['stage']} goes on")

    def stop(moment: float) -> None:
        if record.members["stage"] in _CANCELLABLE:
            world.agenda.forget(record.record_id)
            record.members["status"] = "inactive"
            _enter(record, "cancelled", moment)

    world.agenda.at(world.now + CANCELLING_SECONDS / world.speed, record.record_id, stop)
    return Answer(request.successful)


def check_delivery(_world: World, body: Body) -> Iterator[FieldError]:
    """Check that `deliverySettings` say when to begin and how long to test."""
    delivery = _object(body.get("deliverySettings"))
    duration = delivery.get("samplingTime")
    if isinstance(duration, str) and not _is_duration(duration):
        yield FieldError("deliverySettings.samplingTime", "format", "Not an ISO 8601 duration")
    send_on = _object(delivery.get("sendOn"))
    scheduled = send_on.get("sendingType") == "scheduled"
    for name in ("date", "timeZone"):
        path = f"deliverySettings.sendOn.{name}"
        if scheduled and send_on.get(name) is None:
            yield FieldError(path, "required", "Member is required")
        if not scheduled and send_on.get(name) is not None:
            yield FieldError(path, "unknown", "Not allowed member")
    date = send_on.get("date")
    if isinstance(date, str) and not is_moment(date):
        yield FieldError("deliverySettings.sendOn.date", "format", "Not of the format Y-m-d H:i:s")
    zone_id = _object(send_on.get("timeZone")).get("timeZoneId")
    if isinstance(zone_id, int) and zone_id not in TIME_ZONES:
        path = "deliverySettings.sendOn.timeZone.timeZoneId"
        yield FieldError(path, "reference", f"There is no such time zone: {zone_id}")


def _object(value: Any) -> Mapping[str, Any]:
    return cast("Body", value) if isinstance(value, dict) else {}


def _is_duration(text: str) -> bool:
    try:
        parse_duration(text)
    except ValueError:
        return False
    return True


BEHAVIOURS: Behaviours = {
    **AB_TESTS.behaviours(
        listing="GetAbTestSubjectList",
        get="getAbTestSubjectById",
        create="createSubjectAbTest",
        delete="deleteAbTest",
    ),
    "postAbtestsSubjectByIdWinner": choose_winner,
    "cancelAbTest": cancel,
}
CHECKS: Checks = {"createSubjectAbTest": check_delivery}

"""Autoresponders: who gets them, and when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.sandbox.conftest import Api
from tests.support.faults import fault_paths

HOUR = 3_600.0
DAY = 86_400.0
QUEUE = 300.0


def create(api: Api, campaign: str, day: int = 0, **changed: Any) -> str:
    body = {
        "subject": "Welcome",
        "name": f"day {day}",
        "campaignId": campaign,
        "status": "enabled",
        "content": {"plain": "Hello https://shop.example"},
        "flags": ["clicktrack"],
        "sendSettings": {"type": "immediately"},
        "triggerSettings": {"dayOfCycle": day},
        **changed,
    }
    return str(api.ok("POST", "/autoresponders", body)["autoresponderId"])


def join(api: Api, campaign: str, email: str, day_of_cycle: str | None = "0") -> None:
    body = {"email": email, "campaign": {"campaignId": campaign}, "dayOfCycle": day_of_cycle}
    api.ok("POST", "/contacts", body)
    api.advance(QUEUE)


def sent(api: Api, autoresponder: str) -> int:
    [total] = api.ok("GET", f"/autoresponders/{autoresponder}/statistics")
    return int(total["sent"])


def test_each_contact_gets_it_on_its_day_and_once(api: Api, campaign: str) -> None:
    welcome, later = create(api, campaign), create(api, campaign, day=2)
    join(api, campaign, "a@example.com")
    assert (sent(api, welcome), sent(api, later)) == (1, 0)
    api.advance(DAY)
    join(api, campaign, "b@example.com")
    api.advance(1.5 * DAY)
    assert (sent(api, welcome), sent(api, later)) == (2, 1)
    api.advance(10 * DAY)
    assert (sent(api, welcome), sent(api, later)) == (2, 2)


@pytest.mark.parametrize(("day_of_cycle", "expected"), [(None, 0), ("3", 0), ("2", 1), ("1", 1)])
def test_who_is_past_the_day_or_in_no_cycle_gets_nothing(
    api: Api, campaign: str, day_of_cycle: str | None, expected: int
) -> None:
    autoresponder = create(api, campaign, day=2)
    join(api, campaign, "a@example.com", day_of_cycle)
    api.advance(5 * DAY)
    assert sent(api, autoresponder) == expected


def test_days_before_it_was_made_are_over(api: Api, campaign: str) -> None:
    join(api, campaign, "a@example.com")
    api.advance(DAY)
    autoresponder = create(api, campaign)
    api.advance(5 * DAY)
    assert sent(api, autoresponder) == 0


def test_nothing_leaves_while_it_is_disabled(api: Api, campaign: str) -> None:
    autoresponder = create(api, campaign)
    api.ok("POST", f"/autoresponders/{autoresponder}", {"status": "disabled"})
    join(api, campaign, "a@example.com")
    api.ok("POST", f"/autoresponders/{autoresponder}", {"status": "enabled"})
    join(api, campaign, "b@example.com")
    assert sent(api, autoresponder) == 1


def first_sent(api: Api, autoresponder: str) -> datetime:
    rows = api.ok(
        "GET", f"/autoresponders/{autoresponder}/statistics", **{"query[groupBy]": "hour"}
    )
    return datetime.fromisoformat(rows[0]["timeInterval"].partition("/")[0])


def test_the_hour_and_the_days_of_the_week(api: Api, campaign: str) -> None:
    settings = {
        "type": "custom",
        "sendAtHour": 9,
        "excludedDaysOfWeek": ["Tuesday", "Wednesday"],
    }
    autoresponder = create(api, campaign, sendSettings=settings)
    # It is Monday afternoon in the tests' time.
    assert f"{datetime.fromtimestamp(api.now, UTC):%A}" == "Monday"
    join(api, campaign, "a@example.com")
    api.advance(6 * DAY)
    moment = first_sent(api, autoresponder)
    assert (f"{moment:%A}", moment.hour) == ("Thursday", 9)


def test_a_delay_and_the_speed() -> None:
    api = Api(speed=24)
    campaign = api.create_list("customers")
    settings = {"type": "delay", "delayInHours": 5}
    autoresponder = create(api, campaign, day=1, sendSettings=settings)
    join(api, campaign, "a@example.com")
    api.advance(HOUR)  # a day
    assert sent(api, autoresponder) == 0
    api.advance(HOUR)
    assert sent(api, autoresponder) == 1


def test_listings_sort_by_what_came_of_them(api: Api, campaign: str) -> None:
    never, always = create(api, campaign, day=9), create(api, campaign)
    join(api, campaign, "a@scanner.example")
    api.advance(DAY)
    rows = api.ok("GET", "/autoresponders", **{"sort[openRate]": "DESC"})
    assert [each["autoresponderId"] for each in rows] == [always, never]
    assert rows[0]["statistics"] == {"delivered": 1, "openRate": 1.0, "clickRate": 1.0}


def test_names_are_unique_and_hours_are_needed(api: Api, campaign: str) -> None:
    create(api, campaign)
    body = {
        "subject": "Welcome",
        "name": "day 0",
        "status": "enabled",
        "content": {},
        "sendSettings": {"type": "immediately"},
        "triggerSettings": {},
    }
    assert api.call("POST", "/autoresponders", body).status_code == 409
    for kind, needed in (("delay", "delayInHours"), ("custom", "sendAtHour")):
        answer = api.call("POST", "/autoresponders", body | {"sendSettings": {"type": kind}})
        assert answer.status_code == 400
        assert fault_paths(answer)[0] == f"sendSettings.{needed}"

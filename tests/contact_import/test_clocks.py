"""Clocks that are wrong, that somebody sets, that stand still: an import goes by GetResponse's."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.contact_import.lab import Lab, Trouble, counted, sends
from tests.contact_import.test_hostile_day import contact_id, is_path, on_first

PEOPLE = [(f"person{number}@example.com", f"Person {number}", "vip") for number in range(6)]
DAY, HOUR = 86_400.0, 3_600.0


class Clock:
    """The clock of a machine, which somebody may set."""

    def __init__(self, lab: Lab, ahead: float = 0.0) -> None:
        self.ahead = ahead
        self._lab = lab
        lab.wall = self

    def __call__(self) -> float:
        return self._lab.time() + self.ahead

    def set_by(self, seconds: float) -> Callable[[], None]:
        """Something that sets it."""

        def act() -> None:
            self.ahead += seconds

        return act


@pytest.mark.parametrize("by", [-DAY, -HOUR, DAY])
def test_one_who_leaves_after_the_clock_is_set_is_not_written_to(lab: Lab, by: float) -> None:
    lab.write(PEOPLE)
    lab.add_people("person5@example.com", name="Old")
    lab.wire.plan = lambda _request: None
    clock = Clock(lab)
    left = contact_id(lab, "person5@example.com")

    def act() -> None:
        clock.set_by(by)()
        lab.remove("person5@example.com", "unsubscribe")
        lab.time.advance(400)

    lab.wire.plan = on_first(is_path("GET", "/tags"), None, act)
    report = lab.run(route="contacts")

    assert report.verdicts["excluded"] == 1
    assert left not in "".join(path for _, path, _ in lab.wire.bodies)


def test_a_run_that_was_planned_a_day_ahead_reads_anew_who_has_left(lab: Lab) -> None:
    lab.write(PEOPLE)
    Clock(lab, ahead=DAY)
    lab.wire.plan = on_first(sends, Trouble.KILLED_BEFORE, lambda: None)
    lab.run_until_killed(route="contacts")
    lab.wire.plan = lambda _request: None
    lab.add_people("person5@example.com")
    lab.remove("person5@example.com", "unsubscribe")

    Clock(lab)
    report = lab.run(route="contacts")

    assert counted(report) == {"added": 5, "excluded": 1}


@pytest.mark.parametrize("by", [HOUR, DAY, -DAY])
def test_a_doubtful_call_is_waited_for_although_the_clock_is_set(lab: Lab, by: float) -> None:
    lab.write(PEOPLE)
    clock = Clock(lab)
    lab.wire.plan = on_first(sends, Trouble.FAILED_AFTER, clock.set_by(by))
    begun = lab.time.elapsed

    report = lab.run(route="batch")

    assert counted(report) == {"added": 6}
    assert set(lab.wire.accepted.values()) == {1}
    assert lab.time.elapsed - begun < HOUR


@pytest.mark.parametrize("ahead", [DAY, HOUR, -DAY, -300.0])
def test_a_killed_run_whose_clock_was_wrong_is_waited_for(lab: Lab, ahead: float) -> None:
    lab.write(PEOPLE)
    Clock(lab, ahead)
    lab.wire.plan = on_first(sends, Trouble.KILLED_AFTER, lambda: None)
    lab.run_until_killed(route="batch")
    lab.wire.plan = lambda _request: None
    Clock(lab)
    begun = lab.time.elapsed

    assert counted(lab.run(route="batch")) == {"added": 6}
    assert set(lab.wire.accepted.values()) == {1}
    assert lab.time.elapsed - begun < HOUR


@pytest.mark.parametrize("route", ["batch", "import"])
def test_a_clock_that_is_always_ahead_sends_no_doubtful_call_twice(lab: Lab, route: str) -> None:
    lab.write(PEOPLE)
    Clock(lab, ahead=300.0)
    lab.wire.plan = on_first(sends, Trouble.FAILED_AFTER, lambda: None)

    assert counted(lab.run(route=route)) == {"added": 6}
    assert set(lab.wire.accepted.values()) == {1}


def test_where_nobody_tells_the_time_waits_start_over(lab: Lab) -> None:
    lab.write(PEOPLE)
    inner = lab.wire._inner  # pyright: ignore[reportPrivateUsage]

    class Dateless(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            answer = await inner.handle_async_request(request)
            answer.headers.pop("date", None)
            return answer

    lab.wire._inner = Dateless()  # pyright: ignore[reportPrivateUsage]
    Clock(lab)
    lab.wire.plan = on_first(sends, Trouble.KILLED_AFTER, lambda: None)
    lab.run_until_killed(route="batch")
    lab.wire.plan = lambda _request: None
    Clock(lab, ahead=DAY)

    assert counted(lab.run(route="batch")) == {"added": 6}
    assert set(lab.wire.accepted.values()) == {1}


class Sleepy:
    """A machine whose clock of passed time stands still while it sleeps."""

    def __init__(self, lab: Lab) -> None:
        self.slept = 0.0
        self._lab = lab
        lab.passed = self

    def __call__(self) -> float:
        return self._lab.time() - self.slept

    def sleep(self, seconds: float) -> None:
        """Sleep, and know nothing of it."""
        self._lab.time.advance(seconds)
        self.slept += seconds


def test_one_who_leaves_while_the_machine_sleeps_is_not_written_to(lab: Lab) -> None:
    lab.write(PEOPLE)
    lab.add_people("person5@example.com", name="Old")
    machine = Sleepy(lab)

    def act() -> None:
        lab.remove("person5@example.com", "unsubscribe")
        machine.sleep(HOUR)

    lab.wire.plan = on_first(is_path("GET", "/tags"), None, act)
    report = lab.run(route="contacts")

    assert report.verdicts["excluded"] == 1
    assert "person5@example.com" not in lab.subscribed


def test_a_doubtful_call_is_not_sent_again_because_the_machine_slept(lab: Lab) -> None:
    lab.write(PEOPLE)
    machine = Sleepy(lab)
    lab.wire.plan = on_first(sends, Trouble.FAILED_AFTER, lambda: machine.sleep(HOUR))

    assert counted(lab.run(route="batch")) == {"added": 6}
    assert set(lab.wire.accepted.values()) == {1}


@pytest.mark.parametrize("route", ["contacts", "batch"])
def test_a_queue_slower_than_the_settle_time_doubles_nobody(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, route: str
) -> None:
    lab.tune(batch_rows=5)
    lab.write([(f"person{number}@example.com", "", "") for number in range(30)])
    lab.wire.plan = on_first(sends, Trouble.FAILED_AFTER, lambda: None)

    early = lab.run(route=route, settle_seconds=3)
    assert early.verdicts["rejected"] == early.verdicts["updated"] == 0
    assert set(lab.wire.accepted.values()) == {1}

    lab.time.advance(400)
    assert counted(lab.run(route=route)) == {"unchanged": 30}
    assert set(lab.wire.accepted.values()) == {1}

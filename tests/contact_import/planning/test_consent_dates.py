"""Who left and has agreed since may come back; nobody else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from prefect_getresponse.contact_import.planning.consent_dates import read_moment
from prefect_getresponse.sources.errors import MappingError
from tests.contact_import.lab import Lab, Trouble, counted, sends

HEADER = "Email,Agreed On"
PERSON = "jane@example.com"


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-01-31", "2026-01-31T00:00:00+00:00"),
        (" 2026-01-31 12:30 ", "2026-01-31T12:30:00+00:00"),
        ("2026-01-31T12:30:00Z", "2026-01-31T12:30:00+00:00"),
        ("2026-01-31 12:30:00 UTC", "2026-01-31T12:30:00+00:00"),
        ("2026-01-31T12:30:00.500+0100", "2026-01-31T11:30:00.500+00:00"),
        ("2026-01-31 12:30:00 -04:00", "2026-01-31T16:30:00+00:00"),
        ("31.01.2026", None),
        ("01/02/2026", None),
        ("2026-02-30", None),
        ("2026-01-31 25:00", None),
        ("yes", None),
        ("1790000000", None),
        ("", None),
    ],
)
def test_a_moment_is_read_strictly(cell: str, moment: str | None) -> None:
    expected = moment and datetime.fromisoformat(moment).timestamp()
    found = read_moment(cell)
    assert (found and found.at) == expected


def day(lab: Lab, days: float) -> str:
    """A date and time so many days from now."""
    return datetime.fromtimestamp(lab.time() + days * 86_400, UTC).isoformat()


@pytest.mark.parametrize(
    ("hours", "cell", "came"),
    [
        (-2, "%Y-%m-%d %H:%M", False),
        (13.9, "%Y-%m-%d %H:%M", False),  # by a clock on Kiritimati this was before leaving
        (14.1, "%Y-%m-%d %H:%M", True),
        (0.1, "%Y-%m-%d %H:%M:%SZ", True),
        (-0.1, "%Y-%m-%d %H:%M:%S UTC", False),
        (24, "%Y-%m-%d", False),  # the day after begins while it is the day before elsewhere
        (48, "%Y-%m-%d", True),
    ],
)
def test_a_consent_without_a_zone_is_later_in_every_zone(
    lab: Lab, hours: float, cell: str, came: bool
) -> None:
    lab.add_people(PERSON)
    lab.remove(PERSON, "unsubscribe")
    left = lab.time()
    lab.time.advance(4 * 86_400)
    agreed = datetime.fromtimestamp(left + hours * 3_600, UTC).strftime(cell)
    lab.write([(PERSON, agreed)], HEADER)

    report = lab.run(resubscribe="Agreed On")

    expected = {"added": 1} if came else {"excluded": 1}
    assert counted(report) == expected


@pytest.mark.parametrize("route", ["contacts", "batch", "import"])
@pytest.mark.parametrize("reason", ["unsubscribe", "complaint", "bounce", "cleaner"])
def test_who_agreed_after_leaving_is_imported_again(lab: Lab, route: str, reason: str) -> None:
    lab.add_people(PERSON)
    lab.remove(PERSON, reason)
    lab.time.advance(3 * 86_400)
    lab.write([(PERSON, day(lab, -1)), ("new@example.com", "")], HEADER)

    first = lab.run(route=route, ignore_others=True)
    assert first.reasons["excluded"] == {f"removed_{reason}": 1}
    again = lab.run(route=route, resubscribe="agreed on")

    assert again.verdicts["added"] == 1
    assert lab.subscribed == {PERSON, "new@example.com"}
    before = lab.writes
    assert counted(lab.run(route=route, resubscribe="Agreed On")) == {"unchanged": 2}
    assert lab.writes == before


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", "removed_unsubscribe"),
        (-4, "consent_before_removal"),
        ("2026-13-45", "consent_date_unreadable"),
        (9, "consent_date_in_future"),
    ],
)
def test_anything_but_a_later_consent_refuses(lab: Lab, cell: Any, reason: str) -> None:
    lab.add_people(PERSON)
    lab.remove(PERSON, "unsubscribe")
    lab.time.advance(3 * 86_400)
    lab.write([(PERSON, cell if isinstance(cell, str) else day(lab, cell))], HEADER)

    report = lab.run(resubscribe="Agreed On")

    assert report.reasons["excluded"] == {reason: 1}
    assert lab.wire.accepted == {}


def test_no_consent_outweighs_a_blocklist(lab: Lab) -> None:
    lab.add_people(PERSON, "john@example.com")
    lab.remove(PERSON, "unsubscribe")
    lab.remove("john@example.com", "blacklisted")
    lab.api("POST", "/accounts/blocklists", {"masks": [PERSON]})
    lab.time.advance(86_400)
    lab.write([(PERSON, day(lab, -0.5)), ("john@example.com", day(lab, -0.5))], HEADER)

    report = lab.run(resubscribe="Agreed On")

    assert report.reasons["excluded"] == {"blocklisted_in_account": 1, "removed_blacklisted": 1}


def test_a_column_that_is_missing_is_an_error_before_anything_is_sent(lab: Lab) -> None:
    lab.write([(PERSON, "")], HEADER)
    with pytest.raises(MappingError, match="Consented"):
        lab.run(resubscribe="Consented")


@pytest.mark.parametrize("way", ["unsubscribe", "blocklist"])
def test_who_opts_out_between_plan_and_a_late_send_is_not_sent(lab: Lab, way: str) -> None:
    people = [f"person{number}@example.com" for number in range(6)]
    lab.write([(email, "") for email in people], HEADER)
    left = people[5]
    lab.add_people("other@example.com")
    # The process dies with its first call; it goes on an hour later.
    lab.wire.plan = lambda request: Trouble.KILLED_BEFORE if sends(request) else None
    lab.run_until_killed()
    lab.wire.plan = lambda _request: None
    if way == "unsubscribe":
        lab.add_people(left)
        lab.remove(left, "unsubscribe")
    else:
        lab.api("POST", "/accounts/blocklists", {"masks": [left]})
    lab.time.advance(3600)

    report = lab.run()

    reason = "removed_unsubscribe" if way == "unsubscribe" else "blocklisted_in_account"
    assert report.reasons["excluded"] == {reason: 1}
    assert counted(report) == {"added": 5, "excluded": 1}
    assert left not in lab.wire.accepted

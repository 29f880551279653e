"""Reading back what became of the rows."""

from __future__ import annotations

import pytest

from tests.contact_import.lab import Lab, Trouble, counted, sends

PEOPLE = [(f"person{number}@example.com", "", "") for number in range(8)]


def test_rows_that_are_dropped_without_a_word_are_found_and_not_sent_again(lab: Lab) -> None:
    lab.write([*PEOPLE, ("nobody@rejected.example", "", "")])

    first = lab.run(max_reject_ratio=1)
    assert counted(first) == {"added": 8, "rejected": 1}
    assert first.reasons["rejected"] == {"silent_rejection": 1}

    second = lab.run(max_reject_ratio=1)
    assert counted(second) == {"unchanged": 8, "rejected": 1}
    assert lab.wire.accepted["nobody@rejected.example"] == 1


def test_a_dropped_row_is_sent_again_once_it_has_changed(lab: Lab) -> None:
    lab.write([*PEOPLE, ("nobody@rejected.example", "", "")])
    lab.run(max_reject_ratio=1)
    lab.write([*PEOPLE, ("nobody@rejected.example", "Name", "")])

    report = lab.run(max_reject_ratio=1)

    assert counted(report) == {"unchanged": 8, "not_visible_yet": 1}
    assert lab.wire.accepted["nobody@rejected.example"] == 2


def test_if_nobody_has_appeared_nobody_is_called_dropped(lab: Lab) -> None:
    lab.write(PEOPLE)

    early = lab.run(settle_seconds=2)
    assert counted(early) == {"not_visible_yet": 8}
    assert early.reasons["not_visible_yet"] == {"in_queue": 8}
    assert early.problem is None

    later = lab.run()
    assert counted(later) == {"unchanged": 8}
    assert set(lab.wire.accepted.values()) == {1}


def test_without_verification_the_next_run_finds_the_people(lab: Lab) -> None:
    lab.write(PEOPLE)

    sent = lab.run(verify=False)
    assert counted(sent) == {"not_visible_yet": 8}
    assert sent.reasons["not_visible_yet"] == {"not_verified": 8}
    assert sent.balanced

    assert counted(lab.run()) == {"unchanged": 8}
    assert set(lab.wire.accepted.values()) == {1}


def test_without_verification_a_doubtful_call_is_looked_into_all_the_same(lab: Lab) -> None:
    lab.write(PEOPLE[:1])
    trouble = [Trouble.LOST_BEFORE]
    lab.wire.plan = lambda request: trouble.pop() if sends(request) and trouble else None

    lab.run(verify=False)
    lab.run()

    assert lab.wire.accepted == {PEOPLE[0][0]: 1}


def test_reading_back_ends_as_soon_as_everybody_is_there(lab: Lab) -> None:
    lab.write(PEOPLE)

    assert 300 < lab.run().seconds < 400


def test_a_list_that_cannot_be_read_back_leaves_the_run_to_be_resumed(lab: Lab) -> None:
    lab.write(PEOPLE)

    def no_key_after_sending(request: object) -> Trouble | None:
        return Trouble.UNAUTHORIZED if len(lab.wire.accepted) == len(PEOPLE) else None

    lab.wire.plan = no_key_after_sending
    broken = lab.run()
    assert broken.error is not None
    assert counted(broken) == {"unknown": 8}

    lab.wire.plan = lambda _request: None
    assert counted(lab.run()) == {"added": 8}
    assert set(lab.wire.accepted.values()) == {1}


@pytest.mark.parametrize("route", ["contacts", "batch", "import"])
def test_a_dropped_row_of_a_doubtful_call_does_not_send_its_neighbours_again(
    lab: Lab, route: str
) -> None:
    lab.write([*PEOPLE, ("nobody@rejected.example", "", "")])
    trouble = [Trouble.LOST_AFTER]
    lab.wire.plan = lambda request: trouble.pop() if sends(request) and trouble else None

    report = lab.run(route=route, max_reject_ratio=1)

    assert counted(report) == {"added": 8, "rejected": 1}
    assert all(lab.wire.accepted[email] == 1 for email, _, _ in PEOPLE)


def test_who_left_after_a_crash_had_arrived_and_is_not_brought_back(lab: Lab) -> None:
    lab.write(PEOPLE)
    lab.wire.plan = lambda request: Trouble.KILLED_AFTER if sends(request) else None
    lab.run_until_killed(route="batch")
    lab.wire.plan = lambda _request: None
    assert len(lab.subscribed) == 8
    lab.remove(PEOPLE[3][0], "unsubscribe")

    report = lab.run(route="batch")

    assert counted(report) == {"added": 7, "excluded": 1}
    assert report.reasons["excluded"] == {"removed_unsubscribe": 1}
    assert set(lab.wire.accepted.values()) == {1}


def test_a_doubtful_call_has_arrived_if_all_its_people_have_left(lab: Lab) -> None:
    lab.write(PEOPLE[:2])
    lab.wire.plan = lambda request: Trouble.KILLED_AFTER if sends(request) else None
    lab.run_until_killed(route="batch")
    lab.wire.plan = lambda _request: None
    assert len(lab.subscribed) == 2
    for email, _, _ in PEOPLE[:2]:
        lab.remove(email, "unsubscribe")

    assert counted(lab.run(route="batch")) == {"excluded": 2}
    assert set(lab.wire.accepted.values()) == {1}

"""The ledger by itself: runs, rows, calls and people, and the laws that SQLite keeps for it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from prefect_getresponse.contact_import.ledger import (
    Action,
    Arrival,
    ChunkState,
    Decision,
    Ledger,
    Listed,
    NewRow,
    Phase,
    Run,
    Standing,
)
from prefect_getresponse.contact_import.verdicts import Verdict
from tests.support.sqlite_file import sqlite_file

NAMES = ("ann", "bob", "cyd", "dan", "eve")


def new_row(number: int, name: str) -> NewRow:
    return NewRow(number, f"{name}@example.com", f"{{{name}}}", f"hash of {name}", None, None)


def many_read(ledger: Ledger) -> Run:
    """A run of 402 rows: one is left out, and the second is repeated by the last."""
    run = ledger.begin("r1", "job", "people.csv", 100.0)
    left_out = NewRow(2, "", None, None, "excluded", "no_consent")
    run.rows.add([left_out, *(new_row(row, f"p{row}") for row in range(3, 403))])
    run.rows.add([new_row(403, "p3")])
    run.rows.mark_duplicates()
    return run


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "list.sqlite") as ledger:
        yield ledger


@pytest.fixture
def run(ledger: Ledger) -> Run:
    """A run whose five rows are read and planned to be added, and that sends now."""
    run = ledger.begin("r1", "job", "people.csv", 100.0)
    run.rows.add(new_row(number, name) for number, name in enumerate(NAMES, start=2))
    run.plan.decide(Decision(number, action=Action.ADD) for number in range(2, 7))
    run.enter(Phase.SENDING)
    return run


def states(run: Run) -> dict[str, list[int]]:
    found = {state: [each.chunk for each in run.chunks.in_state(state)] for state in ChunkState}
    return {state: numbers for state, numbers in found.items() if numbers}


class TestRuns:
    def test_one_that_was_begun_is_found_until_it_ends(self, ledger: Ledger) -> None:
        run = ledger.begin("r1", "job", "people.csv", 100.0)
        run.set_read(5, "as it was")
        found = ledger.unfinished("job")

        assert found is not None
        assert (found.run_id, found.rows_read, found.fingerprint) == ("r1", 5, "as it was")
        assert ledger.unfinished("another job") is None
        run.end(Phase.FINISHED, 200.0)
        assert ledger.all_unfinished() == []
        assert (ledger.ended("r1"), ledger.run("r1").phase) == (200.0, Phase.FINISHED)

    def test_one_that_has_ended_cannot_go_on(self, run: Run) -> None:
        run.end(Phase.INTERRUPTED, 200.0)

        with pytest.raises(sqlite3.IntegrityError, match="cannot go on"):
            run.enter(Phase.SENDING)

    def test_a_new_one_forgets_the_rows_of_those_that_have_ended(
        self, ledger: Ledger, run: Run
    ) -> None:
        run.end(Phase.FINISHED, 200.0)
        ledger.begin("r2", "job", "people.csv", 300.0)

        assert ledger.run("r1").rows.count() == 0

    def test_facts_notes_and_warnings_are_there_for_the_report(
        self, ledger: Ledger, run: Run
    ) -> None:
        run.add_facts({"estimate": 3.5})
        for text in ("one", "two"):
            run.add_note(text)
            run.count_warning("odd phones")
        run.add_calls({"GET /contacts": 2})
        run.add_calls({"GET /contacts": 3})

        found = ledger.run("r1")
        assert found.facts == {
            "estimate": 3.5,
            "notes": ["one", "two"],
            "warnings": {"odd phones": 2},
        }
        assert found.fact("estimate") == 3.5
        assert found.calls() == {"GET /contacts": 5}

    def test_what_was_said_about_a_source_is_known_the_next_night(self, ledger: Ledger) -> None:
        ledger.say("people.csv", {"vouched": "jo"})
        ledger.say("people.csv", {"vouched": "al"})

        assert ledger.said("people.csv") == {"vouched": "al"}
        assert ledger.said("others.csv") == {}


class TestRows:
    def test_the_last_row_of_an_address_wins(self, ledger: Ledger) -> None:
        run = ledger.begin("r1", "job", "people.csv", 100.0)
        run.rows.put_off_index()
        run.rows.add([new_row(2, "ann"), new_row(3, "bob"), new_row(4, "ann")])
        run.rows.mark_duplicates()

        assert run.rows.tally(Verdict.PLANNED) == [
            ("duplicate", "later_row_wins", 1),
            ("planned", None, 2),
        ]

    def test_a_verdict_that_is_there_stays(self, run: Run) -> None:
        run.rows.settle([Decision(2, verdict=Verdict.ADDED)])
        run.rows.settle([Decision(2, verdict=Verdict.REJECTED, reason="late")])

        assert ("added", None, 1) in run.rows.tally(Verdict.UNKNOWN)

    @pytest.mark.parametrize("others", [0, 200], ids=["few", "many"])
    def test_those_about_which_something_is_decided_are_found_among_any_number(
        self, ledger: Ledger, others: int
    ) -> None:
        run = many_read(ledger)
        run.plan.decide(Decision(row, action=Action.ADD) for row in range(100, 100 + others))
        run.plan.decide(
            [
                Decision(4, action=Action.UPDATE),
                Decision(5, verdict=Verdict.EXCLUDED, reason="blocklist"),
                Decision(6, verdict=Verdict.UNCHANGED),
                Decision(7, action=Action.UPDATE),
            ]
        )
        unchanged = run.rows.count_open()
        assert unchanged == 402 - 6 - others
        run.add_facts({"as_before": unchanged})
        run.enter(Phase.SENDING)
        run.rows.settle([Decision(7, verdict=Verdict.UPDATED)])

        assert run.rows.tally(Verdict.UNKNOWN) == [
            ("duplicate", "later_row_wins", 1),
            ("excluded", "blocklist", 1),
            ("excluded", "no_consent", 1),
            ("unchanged", None, 1),
            ("unknown", "not_sent", 1 + others),
            ("updated", None, 1),
            ("unchanged", None, unchanged),
        ]
        wanted = [Verdict.UNKNOWN, Verdict.EXCLUDED]
        found = list(run.rows.attention(wanted, Verdict.UNKNOWN, -1))
        assert [each[:3] for each in found if each[0] < 100] == [
            (2, "excluded", "no_consent"),
            (4, "unknown", "not_sent"),
            (5, "excluded", "blocklist"),
        ]
        assert len(found) == 3 + others
        first = [each[0] for each in run.rows.attention(wanted, Verdict.UNKNOWN, 2 + others)]
        assert (first[0], first[-1]) == (4, 2)
        run.people.remember_outcomes(200.0, 10.0)

        run.end(Phase.FINISHED, 300.0)
        again = ledger.begin("r2", "another job", "people.csv", 400.0)
        again.rows.add(new_row(row, f"p{row}") for row in range(3, 9))
        known = [(each.row, each.last_state) for each in again.people.undecided(0, 10)]
        assert [each for each in known if each[1]] == [(6, "seen"), (7, "seen")]

    @pytest.mark.parametrize("others", [0, 200], ids=["few", "many"])
    def test_planning_anew_forgets_what_was_decided_and_not_what_was_read(
        self, ledger: Ledger, others: int
    ) -> None:
        run = many_read(ledger)
        read = run.rows.tally(Verdict.PLANNED)
        run.plan.decide(Decision(row, action=Action.ADD) for row in range(100, 100 + others))
        run.plan.decide([Decision(4, action=Action.ADD), Decision(5, verdict=Verdict.UNCHANGED)])
        assert run.rows.tally(Verdict.PLANNED) != read

        run.plan.clear()

        assert run.rows.tally(Verdict.PLANNED) == read
        assert run.plan.count_actions() == {}

    def test_nobody_changes_one_behind_the_books(self, ledger: Ledger, run: Run) -> None:
        run.rows.settle([Decision(2, verdict=Verdict.ADDED)])

        with (
            pytest.raises(sqlite3.IntegrityError, match="never changes"),
            sqlite_file(ledger.path) as other,
        ):
            other.execute("UPDATE rows SET verdict = 'rejected' WHERE row = 2")


class TestCalls:
    def test_rows_are_cut_in_order_and_once(self, run: Run) -> None:
        run.cutting.cut(Action.ADD, "batch", 2)
        run.cutting.cut(Action.ADD, "batch", 5)

        assert states(run) == {"planned": [1, 2, 3]}
        assert [[row.row for row in run.chunks.rows(each)] for each in (1, 2, 3)] == [
            [2, 3],
            [4, 5],
            [6],
        ]
        assert run.chunks.count_by_route() == {"batch": 3}
        assert run.chunks.count_unsent() == 5

    def test_an_intent_without_an_answer_is_in_doubt_after_a_crash(self, run: Run) -> None:
        run.cutting.cut(Action.ADD, "batch", 5)
        run.chunks.intend(1, 110.0)
        assert states(run) == {"sent": [1]}
        run.chunks.recover("update", 120.0)

        assert states(run) == {"in_doubt": [1]}
        assert run.awaited.count() == 5
        assert run.chunks.resend(attempts=2) == 1
        assert states(run) == {"planned": [1]}

    def test_one_that_sets_absolute_values_is_made_again(self, run: Run) -> None:
        run.cutting.cut(Action.ADD, "update", 5)
        run.chunks.note_harmless(110.0, 1, [], [])
        run.chunks.recover("update", 120.0)

        assert states(run) == {"planned": [1]}

    def test_a_doubtful_one_is_sent_again_only_so_often(self, run: Run) -> None:
        run.cutting.cut(Action.ADD, "batch", 5)
        resent: list[int] = []
        for _ in range(2):
            run.chunks.intend(1, 110.0)
            run.chunks.recover("update", 120.0)
            resent.append(run.chunks.resend(attempts=2))

        assert resent == [1, 0]
        assert states(run) == {"in_doubt": [1]}

    def test_an_answer_and_its_verdicts_are_one_step(self, run: Run) -> None:
        run.cutting.cut(Action.ADD, "contacts", 1)
        run.chunks.intend(1, 110.0)
        decision = Decision(2, verdict=Verdict.REJECTED, reason="rejected_by_api")
        run.chunks.answer(1, ChunkState.REJECTED, 111.0, [decision])

        assert states(run) == {"planned": [2, 3, 4, 5], "rejected": [1]}
        assert ("rejected", "rejected_by_api", 1) in run.rows.tally(Verdict.UNKNOWN)

    def test_an_answer_that_breaks_the_law_leaves_nothing_behind(self, run: Run) -> None:
        run.cutting.cut(Action.ADD, "batch", 5)
        added = [Decision(2, verdict=Verdict.ADDED)]

        with pytest.raises(sqlite3.IntegrityError, match="cannot take this step"):
            run.chunks.answer(1, ChunkState.VERIFIED, 111.0, added)
        with contextlib.suppress(LookupError), run.transaction():
            run.rows.settle(added)
            raise LookupError
        assert run.rows.tally(Verdict.UNKNOWN) == [("unknown", "not_sent", 5)]

    def test_one_that_was_too_large_goes_as_two(self, run: Run) -> None:
        run.cutting.cut(Action.ADD, "batch", 5)
        run.chunks.intend(1, 110.0)

        assert run.cutting.halve(1)
        assert states(run) == {"planned": [1, 2]}
        assert [len(run.chunks.rows(each)) for each in (1, 2)] == [2, 3]

    def test_a_row_that_was_blamed_goes_alone(self, run: Run) -> None:
        run.cutting.cut(Action.ADD, "batch", 5)
        run.chunks.intend(1, 110.0)
        run.cutting.split(1, [3], "contacts")

        assert run.chunks.count_by_route() == {"batch": 1, "contacts": 1}
        assert [row.row for row in run.chunks.rows(1)] == [2, 4, 5, 6]
        assert [row.row for row in run.chunks.rows(2)] == [3]


class TestPeople:
    def test_who_appears_has_arrived(self, run: Run) -> None:
        run.cutting.cut(Action.ADD, "batch", 5)
        run.chunks.intend(1, 110.0)
        run.chunks.answer(1, ChunkState.ACKNOWLEDGED, 111.0)
        ann = Listed("ann@example.com", "C1", None, origin="api", created=115.0)
        run.people.add_listed(Standing.SUBSCRIBED, [ann])
        run.awaited.settle_visible(Standing.SUBSCRIBED, Verdict.ADDED)

        assert run.people.count_listed() == 1
        assert run.people.arrivals() == [Arrival("ann@example.com", "{ann}", "C1", 115.0)]
        assert run.awaited.count() == 4

    def test_who_turned_up_before_the_answer_is_settled_after_it(
        self, ledger: Ledger, run: Run
    ) -> None:
        run.cutting.cut(Action.ADD, "batch", 5)
        run.chunks.intend(1, 110.0)
        for name in ("ann", "bob"):
            found = Listed(f"{name}@example.com", name, None, origin="api", created=115.0)
            run.awaited.add_listed(Standing.SUBSCRIBED, [found])
            run.awaited.hand_over_strangers()
            run.awaited.settle_visible(Standing.SUBSCRIBED, Verdict.ADDED)
        assert run.people.arrivals() == []
        run.chunks.answer(1, ChunkState.ACKNOWLEDGED, 120.0)
        run.awaited.settle_visible(Standing.SUBSCRIBED, Verdict.ADDED)

        assert [each.contact_id for each in run.people.arrivals()] == ["ann", "bob"]
        assert run.awaited.count() == 3

    def test_who_turned_up_before_a_crash_is_settled_after_it(
        self, ledger: Ledger, run: Run
    ) -> None:
        run.cutting.cut(Action.ADD, "batch", 5)
        run.chunks.intend(1, 110.0)
        run.chunks.answer(1, ChunkState.ACKNOWLEDGED, 111.0)
        ann = Listed("ann@example.com", "C1", None, origin="api", created=115.0)
        run.awaited.add_listed(Standing.SUBSCRIBED, [ann])

        with Ledger(ledger.path) as after:
            resumed = after.run("r1")
            resumed.awaited.settle_visible(Standing.SUBSCRIBED, Verdict.ADDED)
            assert [each.contact_id for each in resumed.people.arrivals()] == ["C1"]

    def test_what_became_of_them_is_known_to_the_next_run(self, ledger: Ledger, run: Run) -> None:
        assert ledger.outcomes.is_empty()
        run.rows.settle([Decision(2, verdict=Verdict.ADDED)])
        run.people.remember_outcomes(150.0, 0.0)
        run.end(Phase.FINISHED, 160.0)

        following = ledger.begin("r2", "job", "people.csv", 200.0)
        following.rows.add([new_row(2, "ann"), new_row(3, "bob")])
        ann, bob = following.people.undecided(0, 10)
        assert (ann.last_hash, ann.last_state) == ("hash of ann", "seen")
        assert (bob.last_hash, bob.last_state) == (None, None)

    def test_whom_mirror_would_remove_are_those_whom_no_row_names(self, run: Run) -> None:
        people = [Listed("ann@example.com", "C1", None), Listed("zoe@example.com", "C9", None)]
        run.people.add_listed(Standing.SUBSCRIBED, people)
        run.removals.plan()

        assert run.removals.waiting() == [("C9", "zoe@example.com")]
        assert run.removals.count() == (1, 0)
        run.removals.done("C9")
        assert run.removals.count() == (1, 1)

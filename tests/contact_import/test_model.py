"""A model of an import: whatever happens between its runs, in whatever order, it stays true."""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from prefect_getresponse.client.errors import AuthenticationFailed, GetResponseError
from prefect_getresponse.contact_import.ledger import LedgerBusy, LedgerFailed, writer_lock
from prefect_getresponse.contact_import.report import ImportReport
from tests.contact_import.lab import Killed, Lab, Plan, Trouble, is_write
from tests.simulation.test_mutations import Mutation, no_durable_intent, the_removed_come_back
from tests.support.memory_disk import memory_folder

DROPPED = "person@rejected.example"
"""Whom GetResponse takes, and never adds."""
PEOPLE = [*(f"person{number}@example.com" for number in range(5)), DROPPED]
FEW, MANY = 5, 2_000
"""Histories in the whole suite, and in `make fuzz`."""
STEPS = 12

emails = st.sampled_from(PEOPLE)
names = st.sampled_from(["Jane", "John", "Ann"])


def at_call(number: int, trouble: Trouble, *, writes: bool) -> Plan:
    """Trouble for one call."""
    left = number

    def plan(request: httpx.Request) -> Trouble | None:
        nonlocal left
        path = request.url.path
        if writes and not is_write(request.method, path):
            return None
        if trouble is Trouble.TOO_LARGE and not path.endswith(("/batch", "/imports")):
            return None  # who is refused alone is refused for good
        left -= 1
        return trouble if left == 0 else None

    return plan


class ImportModel(RuleBasedStateMachine):
    """A source, its list, and what must be true of them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = memory_folder()
        self.lab = Lab(self.folder)
        self.lab.tune(batch_rows=2)  # five people fill several
        self.source: dict[str, str] = {}
        self.left: dict[str, int] = {}
        """Who has left the list, and how often they had been added by then."""
        self.route = "auto"

    def teardown(self) -> None:
        try:
            self.everything_is_in_order()
        finally:
            shutil.rmtree(self.folder)

    @initialize(
        route=st.sampled_from(["auto", "contacts", "batch", "import"]),
        people=st.dictionaries(emails, names, min_size=1),
    )
    def begin(self, route: str, people: dict[str, str]) -> None:
        self.route, self.source = route, people

    @rule(email=emails, name=names)
    def row_appears_or_changes(self, email: str, name: str) -> None:
        self.source[email] = name

    @rule(email=emails)
    def row_disappears(self, email: str) -> None:
        if len(self.source) > 1:
            self.source.pop(email, None)

    @rule(email=emails)
    def somebody_leaves(self, email: str) -> None:
        if email in self.lab.subscribed:
            self.lab.remove(email, "unsubscribe")
            self.left[email] = self.lab.wire.accepted[email]

    @rule(seconds=st.sampled_from([1, 400, 90_000]))
    def time_passes(self, seconds: int) -> None:
        self.lab.time.advance(seconds)

    @rule()
    def disk_is_lost(self) -> None:
        shutil.rmtree(self.lab.state, ignore_errors=True)

    @rule()
    def another_worker_is_there(self) -> None:
        for ledger in self.lab.state.glob("*.sqlite"):
            before = self.lab.writes
            with writer_lock(ledger), pytest.raises(LedgerBusy):
                self.run()
            assert self.lab.writes == before

    @rule()
    def key_has_expired(self) -> None:
        before = self.lab.writes
        with pytest.raises(AuthenticationFailed):
            self.run(key="an-old-key")
        assert self.lab.writes == before

    @rule(number=st.integers(1, 12), trouble=st.sampled_from(Trouble))
    def call_is_disturbed(self, number: int, trouble: Trouble) -> None:
        self.run_disturbed(at_call(number, trouble, writes=False))

    @rule(number=st.integers(1, 3), trouble=st.sampled_from(Trouble))
    def write_is_disturbed(self, number: int, trouble: Trouble) -> None:
        self.run_disturbed(at_call(number, trouble, writes=True))

    @invariant()
    def nobody_is_added_twice_or_brought_back(self) -> None:
        accepted = self.lab.wire.accepted
        twice = {email for email, times in accepted.items() if times > 1}
        assert twice <= {DROPPED}
        assert {email: accepted[email] for email in self.left} == self.left

    def everything_is_in_order(self) -> None:
        """Undisturbed runs bring the list to what the source says; the last finds nothing to do."""
        for _ in range(2):
            self.lab.time.advance(90_000)
            self.run()
        before = self.lab.writes
        self.lab.time.advance(400)
        report = self.run()
        assert report.balanced
        assert report.verdicts["rejected"] == (DROPPED in self.source)
        assert self.lab.writes == before
        self.nobody_is_added_twice_or_brought_back()
        here = {
            email: person["name"]
            for email, person in self.lab.members.items()
            if person["status"] == "subscribed"
        }
        missing = {*self.left, DROPPED}
        wanted = {email: name for email, name in self.source.items() if email not in missing}
        assert {email: here.get(email) for email in wanted} == wanted

    def run_disturbed(self, plan: Plan) -> None:
        """Run while a call meets trouble."""
        self.lab.wire.plan = plan
        with suppress(Killed, GetResponseError):
            self.run()
        self.lab.wire.plan = lambda _request: None

    def run(self, **options: str) -> ImportReport:
        """Run the import as a process of its own."""
        self.lab.write([(email, name, "") for email, name in self.source.items()])
        return self.lab.run(
            route=self.route,
            ledger_copy=str(self.lab.copies),
            max_reject_ratio=1,  # one of six who is never taken must not stop the others
            **options,
        )


def histories(number: int, **others: Any) -> settings:
    """Settings for a number of histories."""
    return settings(
        max_examples=number,
        stateful_step_count=STEPS,
        suppress_health_check=[HealthCheck.too_slow],
        **others,
    )


def test_whatever_happens_nothing_is_lost_and_nothing_is_done_twice() -> None:
    is_long = settings.get_current_profile_name() == "long"
    run_state_machine_as_test(ImportModel, settings=histories(MANY if is_long else FEW))


@pytest.mark.mutations
@pytest.mark.parametrize("mutation", [no_durable_intent, the_removed_come_back])
def test_a_broken_package_is_noticed(mutation: Mutation, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(ImportModel):
        pass

    mutation(monkeypatch)
    once = histories(50, phases=[Phase.generate], database=None, report_multiple_bugs=False)
    with pytest.raises((AssertionError, LedgerFailed)):
        run_state_machine_as_test(seed(1)(Broken), settings=once)

"""Plan: compare the rows with the list and decide what to send.  Reads only.

Who is on the list was taken down while the source was read, right before.
"""

from __future__ import annotations

import asyncio
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.contact_import.active_run import ActiveRun, JobRun, at_work
from prefect_getresponse.contact_import.ledger import (
    Action,
    Decision,
    Phase,
)
from prefect_getresponse.contact_import.ledger.books.as_before import COUNTED
from prefect_getresponse.contact_import.planning.comparing import (
    CONTACTS_AT_ONCE,
    compare,
    compare_one,
)
from prefect_getresponse.contact_import.planning.decision import decide
from prefect_getresponse.contact_import.planning.exclusions import Exclusions
from prefect_getresponse.contact_import.planning.first_run import note_first_run
from prefect_getresponse.contact_import.planning.imports import plan_imports
from prefect_getresponse.contact_import.planning.mentions import protect_mentioned
from prefect_getresponse.contact_import.planning.opt_outs import read_opt_outs
from prefect_getresponse.contact_import.planning.removals import check_removals
from prefect_getresponse.contact_import.planning.routing import (
    Estimate,
    calls_and_seconds,
    route_of_new_people,
)
from prefect_getresponse.contact_import.planning.stops import PlanStopped, reason_to_stop
from prefect_getresponse.contact_import.routes import ROUTES, UpdateRoute, imports
from prefect_getresponse.contact_import.verdicts import Verdict
from prefect_getresponse.runtime.event_loops import apart, left_apart

ROWS_AT_ONCE = 5_000


async def plan(run: JobRun, client: AsyncClient) -> Estimate | None:
    """Decide about every row and cut the work into calls.

    Args:
        run: The run.
        client: The account's client.

    Returns:
        What sending will cost; None when the run was planned before a crash.

    Raises:
        PlanStopped: The plan must not be carried out.
    """
    async with left_apart(at_work(run, client, Phase.PLANNING)) as active:
        if active is None:
            return None
        return await _Planning(active).run_all()


class _Planning:
    def __init__(self, run: ActiveRun) -> None:
        self._run = run
        self._job = run.job
        self._may_be_as_before = False

    async def run_all(self) -> Estimate:
        await apart(self._begin)
        exclusions = await self._read_opt_outs()
        await apart(partial(note_first_run, self._run))
        await apart(self._check_addresses)
        await self._decide(exclusions)
        await self._limit()
        await apart(self._plan_removals)
        left = await plan_imports(self._run)
        await compare(self._run, "add_and_update", self._run.progress)
        await apart(self._check_rejects)
        return await apart(partial(self._cut, left))

    def _begin(self) -> None:
        with self._run.transaction():
            self._run.plan.clear()
            self._run.kept.add_facts({COUNTED: None})
        adds_only = self._job.options.mode == "add_only"
        self._may_be_as_before = not adds_only and not self._run.outcomes.is_empty()

    def _check_addresses(self) -> None:
        """Stop before anything else if no row has a valid address: `mirror` would remove all."""
        if self._run.rows.is_any_open():
            return
        stop = self._reason_to_stop(1.0)
        if stop and not self._job.options.dry_run:
            raise stop

    def _check_rejects(self) -> None:
        stop = self._reason_to_stop(self._job.options.max_reject_ratio)
        if stop is None:
            return
        if not self._job.options.dry_run:
            raise stop
        self._run.kept.add_facts({"would_stop": str(stop)})

    def _reason_to_stop(self, max_reject_ratio: float) -> PlanStopped | None:
        tally = self._run.rows.tally(Verdict.PLANNED)
        return reason_to_stop(tally, self._run.rows.count(), max_reject_ratio)

    async def _limit(self) -> None:
        """Leave out whoever comes after the first so many people that would be sent."""
        limit = self._job.options.limit
        if not limit:
            return
        last = sent = 0
        while sent < limit:
            rows = self._run.plan.to_send(last, min(CONTACTS_AT_ONCE, limit - sent))
            if not rows:
                return
            known = [row for row, action in rows if action == Action.COMPARE]
            each = (compare_one(self._run.account, self._run.campaign_id, row) for row in known)
            self._write(await asyncio.gather(*each))
            last = rows[-1][0].row
            sent = self._run.plan.count_to_send(last)
        with self._run.transaction():
            self._run.plan.leave_out(last)

    async def _read_opt_outs(self) -> Exclusions:
        return await read_opt_outs(self._run) if self._job.campaign else Exclusions()

    async def _decide(self, exclusions: Exclusions) -> None:
        total = self._run.kept.rows_read
        self._run.progress.start("deciding", total)
        as_before, others = await apart(partial(self._decide_at_once, exclusions))
        last = 0
        while last := await apart(partial(self._decide_some, exclusions, last, others)):
            self._run.progress.advance(min(last, total))  # the header has a number, too
        if await apart(self._run.rows.count_open) == as_before:
            self._run.kept.add_facts({COUNTED: as_before})

    def _decide_at_once(self, exclusions: Exclusions) -> tuple[int, Sequence[int] | None]:
        """Decide about people who need no look at each: unknown ones, or those who are as before.

        Returns:
            How many are as before, and the rows that are to be looked at; None for all rows.
        """
        if self._may_be_as_before:
            excluded = None if exclusions.are_none else exclusions.reason
            return self._run.as_before.find(excluded)
        if exclusions.are_none and self._run.outcomes.is_empty():
            with self._run.transaction():
                self._run.plan.add_unknown(self._run.kept.rows_read)
        return 0, None

    def _decide_some(self, exclusions: Exclusions, after: int, others: Sequence[int] | None) -> int:
        """Decide about some rows, and return the last of them; 0 if there are none left."""
        if others is None:
            people = self._run.people.undecided(after, ROWS_AT_ONCE)
            last = people[-1].row if people else 0
        else:
            first = bisect_right(others, after)
            some = others[first : first + ROWS_AT_ONCE]
            people = self._run.people.undecided_of(some)
            last = some[-1] if some else 0
        options, now = self._job.options, self._job.started
        self._write(
            decide(person, options.mode, exclusions, now, options.settle_seconds)
            for person in people
        )
        return last

    def _plan_removals(self) -> None:
        if self._job.options.mode != "mirror":
            return
        removals = self._run.removals
        people, people_before = removals.people()
        with self._run.transaction():
            removals.plan()
            self._run.kept.add_facts({"people": people})
            if why := protect_mentioned(self._run):
                self._run.progress.note(f"nobody is removed: {why}")
        check_removals(
            removals.count()[0],
            self._run.people.count_listed(),
            people,
            people_before,
            self._job.options.max_removal_ratio,
        )

    def _write(self, decisions: Iterable[Decision]) -> None:
        with self._run.transaction():
            self._run.plan.decide(decisions)

    def _cut(self, imports_left: int | None) -> Estimate:
        actions = self._run.plan.count_actions()
        cut_by_import = self._run.imports.chunks()
        imported = sum(chunk.rows for chunk in cut_by_import if chunk.new_people)
        rest = actions[Action.ADD] - imported
        choice = self._job.options.route
        if imported or choice == "import":
            choice = "batch"  # for whoever does not fit into the imports of a day
        route = ROUTES[route_of_new_people(choice, rest, self._job.tuning, imports=False)]
        size = min(route.size, self._job.tuning.batch_rows)
        if rest:
            self._run.cutting.cut(Action.ADD, route.name, size)
        if actions[Action.UPDATE]:
            self._run.cutting.cut(Action.UPDATE, UpdateRoute.name, UpdateRoute.size)
        removed, _ = self._run.removals.count()
        calls, seconds = calls_and_seconds(
            {
                **self._run.chunks.count_by_route(),
                UpdateRoute.name: sum(self._update_steps()),
                "remove": removed,
            }
        )
        expected = Estimate(
            imports.NAME if imported else route.name,
            actions[Action.ADD],
            actions[Action.UPDATE] + actions[Action.MERGE],
            removed,
            calls,
            seconds,
            len(cut_by_import),
            imports_left,
        )
        with self._run.transaction():
            self._run.kept.add_facts({"estimate": expected.as_dict()})
            if not self._job.options.dry_run:
                self._run.kept.enter(Phase.SENDING)
        return expected

    def _update_steps(self) -> Iterator[int]:
        last = 0
        while rows := self._run.plan.with_action(Action.UPDATE, last, ROWS_AT_ONCE):
            yield from (len(json.loads(row.steps or "[]")) for row in rows)
            last = rows[-1].row

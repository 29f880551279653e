"""The calls of a plan: each made under the ledger, one durable step at a time."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from prefect_getresponse.client.errors import (
    AccessDenied,
    AuthenticationFailed,
    Conflict,
    GetResponseError,
    InvalidArguments,
    NotFound,
    OutcomeUnknown,
    PayloadTooLarge,
    ServerFailed,
    ValidationFailed,
)
from prefect_getresponse.contact_import.account import Campaign
from prefect_getresponse.contact_import.active_run import ActiveRun
from prefect_getresponse.contact_import.ledger import (
    Action,
    Chunk,
    ChunkState,
    Decision,
    RowToSend,
    Standing,
)
from prefect_getresponse.contact_import.ledger.copies.copy import Announcer
from prefect_getresponse.contact_import.planning.comparing import compare
from prefect_getresponse.contact_import.planning.opt_outs import OptOutsAged, OptOutWatch
from prefect_getresponse.contact_import.routes import (
    ROUTES,
    ContactsRoute,
    Route,
    UpdateRoute,
    imports,
    refusals,
)
from prefect_getresponse.contact_import.rows.contacts import Ids, unpack
from prefect_getresponse.contact_import.sending.canary import RejectLimit, with_canary
from prefect_getresponse.contact_import.sending.import_lane import ImportLane
from prefect_getresponse.contact_import.sending.read_back import ReadBack, note_listed
from prefect_getresponse.contact_import.sending.repeatable import RepeatableCalls
from prefect_getresponse.contact_import.sending.sent_rows import SentRows
from prefect_getresponse.contact_import.verdicts import Verdict
from prefect_getresponse.limits.side_by_side import side_by_side
from prefect_getresponse.reporting.progress import Silent
from prefect_getresponse.runtime.event_loops import apart

FAILURES_IN_A_ROW = 3
"""After so many calls without a usable answer the run stops; it can be resumed."""

_STATES = {Verdict.REJECTED: ChunkState.REJECTED, Verdict.UNKNOWN: ChunkState.UNKNOWN}
_TIMELESS = "sent_without_time"
"""Fact of a run that did not know GetResponse's time when it sent."""
_ACCOUNT_WIDE_CODES = frozenset({1021, 1024, 1027, 1028})
"""400 and 404 answers that every row would get: headers, domain, contact limit of the plan."""


async def send_planned(run: ActiveRun) -> None:
    """Send all that is planned: imports in a lane of their own, calls ten side by side."""
    campaign = run.job.campaign
    if campaign is None:
        return
    opt_outs = OptOutWatch(run)
    sent = SentRows(run.progress)
    if planned := await apart(run.chunks.count_unsent):
        await opt_outs.keep_fresh()
        sent.expect(planned)
    announcer = Announcer(run.job.copy, run.kept.run_id, run.job.tuning.announced)
    lane = asyncio.create_task(ImportLane(run, announcer, sent, opt_outs).run_all())
    try:
        await _send_calls(run, campaign, announcer, sent, opt_outs)
    except BaseException:
        lane.cancel()  # an import that is cut off is looked for by the next run
        with suppress(asyncio.CancelledError, GetResponseError):
            await lane
        raise
    await lane
    # Again, for rows that an import could not bring in.
    await _send_calls(run, campaign, announcer, sent, opt_outs)


async def _send_calls(
    run: ActiveRun, campaign: Campaign, announcer: Announcer, sent: SentRows, opt_outs: OptOutWatch
) -> None:
    if not await plan_more(run):
        return
    tag_ids = await run.account.tag_ids(run.plan.tags())
    ids = Ids(campaign.campaign_id, run.job.field_ids, tag_ids)
    sender = _Sender(run, ids, announcer, sent, opt_outs)
    await with_canary(_deliver_all(run, sender), run, ReadBack(run, run.now()))


async def plan_more(run: ActiveRun) -> bool:
    """Plan calls for people who turned out to be on the list; False if no call waits at all.

    Args:
        run: The run.
    """
    await compare(run, run.job.options.mode, Silent())
    run.cutting.cut(Action.UPDATE, UpdateRoute.name, UpdateRoute.size)
    return bool(run.chunks.in_state(ChunkState.PLANNED))


def recover(run: ActiveRun) -> None:
    """Take what a crash left for in doubt; where times cannot be compared, waits start over.

    Args:
        run: The run.
    """
    now, is_time_known = run.now(), run.job.time.is_known
    run.chunks.recover(harmless=UpdateRoute.name, now=now)
    if not is_time_known or run.kept.fact(_TIMELESS):
        run.chunks.wait_anew(now)
    if not is_time_known:
        run.kept.add_facts({_TIMELESS: 1})


async def _deliver_all(run: ActiveRun, sender: _Sender) -> None:
    # Again, for chunks that were split, and for people who turned out to be on the list.
    while await plan_more(run):
        sender.expect(run.chunks.count_unsent())
        chunks = run.chunks.in_state(ChunkState.PLANNED)
        if len(chunks) > 1 and ROUTES[chunks[0].route].answers_for == "many":
            await sender.deliver(chunks.pop(0))
        await sender.deliver_all(chunks)


class _Sender:
    def __init__(
        self,
        run: ActiveRun,
        ids: Ids,
        announcer: Announcer,
        sent: SentRows,
        opt_outs: OptOutWatch,
    ) -> None:
        self._run = run
        self._opt_outs = opt_outs
        self._ids = ids
        self._announcer = announcer
        self._sent = sent
        self._limit = RejectLimit(run.job.options.max_reject_ratio)
        self._repeatable = RepeatableCalls(run.chunks, run.now)
        self._failures = 0

    def expect(self, rows: int) -> None:
        """Say how many rows are still to be sent."""
        self._sent.expect(rows)

    async def deliver_all(self, chunks: list[Chunk]) -> None:
        """Send chunks side by side, about in their order."""
        self._repeatable.expect(each.chunk for each in chunks if ROUTES[each.route].repeatable)
        try:
            await side_by_side(chunks, self.deliver, self._run.job.tuning.side_by_side)
        finally:
            self._repeatable.end()

    async def deliver(self, chunk: Chunk) -> None:
        """Send one chunk, and write down what came of it.

        Raises:
            TooManyRejects: So much has been refused that the run would fail.
        """
        self._limit.check()
        await self._opt_outs.keep_fresh()
        news = await self._opt_outs.take_out(chunk.chunk)
        route = ROUTES[chunk.route]
        rows = self._run.chunks.rows(chunk.chunk)
        if not rows:  # all of them have opted out since the plan
            self._repeatable.leave_out(chunk.chunk)
            return
        try:
            await self._send(chunk, rows, route, news)
        except OptOutsAged:  # what was tried before was refused, or may be sent again
            self._retract(chunk)
            await self.deliver(chunk)
            return
        except GetResponseError as error:
            done = await self._refused(chunk, rows, error)
        else:
            done = True
            self._failures = 0
            state = ChunkState.ACKNOWLEDGED if route.verdict is None else ChunkState.VERIFIED
            decisions = [Decision(row.row, verdict=route.verdict) for row in rows]
            self._answer(chunk, state, decisions if route.verdict else [])
            self._limit.count(len(rows), rejected=False)
        if done:
            self._sent.add(len(rows))
            if route.size > 1:
                self._run.progress.detail(
                    f"chunk {chunk.chunk}: {len(rows):,} rows sent, {chunk.route}"
                )
        else:
            self._announcer.take_back(chunk.chunk)

    async def _send(self, chunk: Chunk, rows: list[RowToSend], route: Route, news: int) -> None:
        """Make the calls of a chunk; their intent is durable before the first byte."""

        def intend() -> None:
            if not route.repeatable:
                self._announcer.check()
            self._opt_outs.check(news)
            if route.repeatable:
                self._repeatable.begin(chunk.chunk)
            else:
                self._run.chunks.intend(chunk.chunk, self._run.now())

        requests = route.requests(rows, self._ids)
        if not route.repeatable:
            await self._announcer.announce(chunk.chunk)
        for request in requests:
            await self._run.client.send(request, on_start=intend)

    async def _refused(self, chunk: Chunk, rows: list[RowToSend], error: GetResponseError) -> bool:
        """Write down what an error means for a chunk; False if its rows are to be sent again."""
        if ROUTES[chunk.route].answers_for == "new_person":
            if isinstance(error, Conflict) or refusals.says_queued(error):
                await self._look_up(chunk, rows[0], is_queued=refusals.says_queued(error))
                return True
            if refusals.says_blocked(error):
                reason = await self._opt_outs.why_blocked(rows[0].key)
                self._close(chunk, rows, Verdict.EXCLUDED, reason, error)
                return True
        return self._failed(chunk, rows, error)

    async def _look_up(self, chunk: Chunk, row: RowToSend, *, is_queued: bool) -> None:
        """Find out why an address is taken: who is on the list by another way is updated.

        Nobody may be there yet, or not any more: then it is in doubt what became of the row.
        """
        contact = unpack(row.contact)
        found = await self._run.account.find_subscriber(self._ids.campaign_id, contact.email)
        with self._run.transaction():
            self._answer(chunk, ChunkState.IN_DOUBT)
            if found is None and is_queued:
                self._run.awaited.note_queued(chunk.chunk)
        if found is None:
            return
        note_listed(self._run.awaited, Standing.SUBSCRIBED, [found])
        if chunk.attempt > 0:  # else the person was there before our first try
            self._run.awaited.acknowledge_proved()
        self._run.awaited.hand_over_strangers()
        if chunk.attempt > 0:
            self._run.awaited.settle_visible(Standing.SUBSCRIBED, Verdict.ADDED)

    def _failed(self, chunk: Chunk, rows: list[RowToSend], error: GetResponseError) -> bool:
        """Write down what a failed chunk means; False if its rows are to be sent again."""
        if isinstance(error, OutcomeUnknown):
            self._answer(chunk, ChunkState.IN_DOUBT)
            self._count_failure(error)
        elif _stops_the_run(error):
            self._retract(chunk)
            raise error
        elif isinstance(error, PayloadTooLarge) and self._run.cutting.halve(chunk.chunk):
            return False
        elif ROUTES[chunk.route].answers_for == "many":
            alone = _blamed(rows, error)
            self._run.progress.note(f"a batch was refused, {len(alone)} rows go one by one")
            self._run.cutting.split(chunk.chunk, [row.row for row in alone], ContactsRoute.name)
            return False
        elif isinstance(error, ServerFailed):
            self._close(chunk, rows, Verdict.UNKNOWN, "server_error", error)
            self._count_failure(error)
        elif isinstance(error, NotFound) and ROUTES[chunk.route].answers_for == "known_person":
            self._close(chunk, rows, Verdict.EXCLUDED, "left_meanwhile", None)
        else:
            self._close(chunk, rows, Verdict.REJECTED, "rejected_by_api", error)
        return True

    def _close(
        self,
        chunk: Chunk,
        rows: list[RowToSend],
        verdict: Verdict,
        reason: str | None,
        error: GetResponseError | None,
    ) -> None:
        detail = str(error.args[0]) if error else None
        self._limit.count(len(rows), rejected=verdict is Verdict.REJECTED)
        self._answer(
            chunk,
            _STATES.get(verdict, ChunkState.VERIFIED),
            [Decision(row.row, verdict=verdict, reason=reason, detail=detail) for row in rows],
        )

    def _answer(
        self, chunk: Chunk, state: ChunkState, decisions: list[Decision] | None = None
    ) -> None:
        if ROUTES[chunk.route].repeatable:
            self._repeatable.answer(chunk.chunk, state, decisions or [])
        else:
            self._run.chunks.answer(chunk.chunk, state, self._run.now(), decisions or [])

    def _retract(self, chunk: Chunk) -> None:
        """Plan a chunk again whose call was provably not executed."""
        book = self._repeatable if ROUTES[chunk.route].repeatable else self._run.chunks
        book.retract(chunk.chunk, chunk.attempt)

    def _count_failure(self, error: GetResponseError) -> None:
        self._failures += 1
        if self._failures >= FAILURES_IN_A_ROW:
            raise error


def _blamed(rows: list[RowToSend], error: GetResponseError) -> list[RowToSend]:
    """Rows that the answer to a batch names; all if it names none.

    A named row is only sent alone, for an answer of its own, never rejected on this word.
    """
    return [rows[place] for place in imports.blamed(len(rows), error)] or rows


def _stops_the_run(error: GetResponseError) -> bool:
    if error.code in _ACCOUNT_WIDE_CODES or isinstance(error, AccessDenied | AuthenticationFailed):
        return True
    about_the_row = (
        Conflict,
        InvalidArguments,
        NotFound,
        PayloadTooLarge,
        ServerFailed,
        ValidationFailed,
    )
    return not isinstance(error, about_the_row)

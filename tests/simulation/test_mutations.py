"""The simulation notices when the package is broken on purpose."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from prefect_getresponse.client import retry
from prefect_getresponse.client.listings.paginate import aiterate_pages
from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.client.retry import Failure
from prefect_getresponse.client.server_time import ServerTime
from prefect_getresponse.contact_import import account, engine
from prefect_getresponse.contact_import.active_run import ActiveRun
from prefect_getresponse.contact_import.evidence import (
    BEARS_OURS,
    MAY_BE_OURS,
)
from prefect_getresponse.contact_import.ledger import (
    Chunk,
    ChunkState,
    Decision,
    Ledger,
    RowToSend,
)
from prefect_getresponse.contact_import.ledger.books import awaited
from prefect_getresponse.contact_import.ledger.books.chunks import Chunks
from prefect_getresponse.contact_import.ledger.books.identity import Identity
from prefect_getresponse.contact_import.ledger.books.imports import ImportState
from prefect_getresponse.contact_import.phases import check as check_phase
from prefect_getresponse.contact_import.phases import plan as plan_phase
from prefect_getresponse.contact_import.phases import verify
from prefect_getresponse.contact_import.planning import imports as plan_imports
from prefect_getresponse.contact_import.planning import opt_outs
from prefect_getresponse.contact_import.planning.decision import REFUSING_REMOVALS
from prefect_getresponse.contact_import.polling import COSTLY, looks
from prefect_getresponse.contact_import.sending import read_back, remove, sender
from prefect_getresponse.contact_import.sending.import_lane import ImportLane
from prefect_getresponse.contact_import.verdicts import Verdict
from prefect_getresponse.limits.slots import SlotKeeper
from prefect_getresponse.limits.throttle import SLOTS
from tests.simulation.simulation import simulate

SEEDS = 200
"""Seeds of which one at least must notice."""

Mutation = Callable[[pytest.MonkeyPatch], None]


def no_durable_intent(patch: pytest.MonkeyPatch) -> None:
    """Calls are sent without a word to the ledger."""

    def intend(_chunks: Chunks, _chunk: int, _now: float) -> None: ...

    patch.setattr(Chunks, "intend", intend)


def no_doubt_after_a_crash(patch: pytest.MonkeyPatch) -> None:
    """What was sent without an answer is sent again."""
    original: Callable[..., None] = Chunks.recover

    def recover(chunks: Chunks, harmless: str, now: float) -> None:
        for chunk in chunks.in_state(ChunkState.SENT):
            chunks.set_state(chunk.chunk, ChunkState.PLANNED, now)
        original(chunks, harmless, now)

    patch.setattr(Chunks, "recover", recover)


def no_settling(patch: pytest.MonkeyPatch) -> None:
    """Doubtful calls are sent again at once."""

    def at_once(run: ActiveRun, deadline: float, first: Sequence[int] = COSTLY) -> Any:
        deadline = -math.inf if first is COSTLY else deadline
        return looks(run.client, run.now, deadline, first)

    patch.setattr(ActiveRun, "looks", at_once)


def blind_repeats(patch: pytest.MonkeyPatch) -> None:
    """Messages are repeated when their answer is lost, as other tools do."""
    for failure in (Failure.NO_ANSWER, Failure.SERVER):
        patch.setitem(retry.LAW, (failure, RetryClass.ONCE), retry.Decision.REPEAT)


def blind_repeats_of_people(patch: pytest.MonkeyPatch) -> None:
    """Calls that add people are repeated when their answer is lost."""
    for repeated in (RetryClass.KEYED, RetryClass.BATCH):
        patch.setitem(retry.LAW, (Failure.SERVER, repeated), retry.Decision.REPEAT)


def the_removed_come_back(patch: pytest.MonkeyPatch) -> None:
    """Whoever has unsubscribed is added again."""

    def refusing(_reason: object) -> None: ...

    patch.setattr(opt_outs, "refusing_reason", refusing)


def no_look_while_sending(patch: pytest.MonkeyPatch) -> None:
    """Opt-outs are read for the plan, and not again."""

    async def look(_watch: opt_outs.OptOutWatch) -> None: ...
    def check(_watch: opt_outs.OptOutWatch, _news: int) -> None: ...

    patch.setattr(opt_outs.OptOutWatch, "look", look)
    patch.setattr(opt_outs.OptOutWatch, "check", check)


def only_what_is_planned_is_looked_at(patch: pytest.MonkeyPatch) -> None:
    """Whoever opts out while a call is on its way or in doubt is in it when it is sent again."""

    async def take_out(watch: opt_outs.OptOutWatch, _chunk: int) -> int:
        return watch.news

    patch.setattr(opt_outs.OptOutWatch, "take_out", take_out)


def the_clock_of_the_machine(patch: pytest.MonkeyPatch) -> None:
    """Waits and ages go by a clock that somebody sets."""

    def by_the_machine(time: ServerTime) -> float:
        return time.wall()

    for name in ("now", "latest"):
        patch.setattr(ServerTime, name, by_the_machine)


def pages_as_they_come(patch: pytest.MonkeyPatch) -> None:
    """Listings are read page by page, whatever moves."""

    async def page_by_page(client: Any, request: Any, _id: str, *, side_by_side: int) -> Any:
        small = request.with_query(perPage="12")
        async for page in aiterate_pages(client, small, side_by_side=side_by_side):
            yield page.items

    patch.setattr(account, "read_whole", page_by_page)


def other_reasons_let_through(patch: pytest.MonkeyPatch) -> None:
    """Whoever was removed for a reason that is not understood is added again."""

    def refusing(reason: object) -> str | None:
        return str(reason) if reason in REFUSING_REMOVALS else None

    patch.setattr(opt_outs, "refusing_reason", refusing)


def ledgers_forget_nothing(patch: pytest.MonkeyPatch) -> None:
    """A ledger that knows less than was sent is believed."""

    def has_forgotten(_identity: Identity) -> bool:
        return False

    patch.setattr(Identity, "has_forgotten", has_forgotten)


def as_many_are_ours(patch: pytest.MonkeyPatch) -> None:
    """An import of as many people is taken for ours."""

    async def traces(*_arguments: object) -> bool:
        return True

    patch.setattr(ImportLane, "_left_traces", traces)


def being_there_proves_it(patch: pytest.MonkeyPatch) -> None:
    """Whoever appears on the list has come by our call."""
    patch.setattr(awaited, "PROVES_OURS", "1")
    patch.setattr(awaited, "MAY_BE_OURS", "1")


def each_job_for_itself(patch: pytest.MonkeyPatch) -> None:
    """What another job has sent is not settled."""

    async def settle(*_arguments: object) -> None: ...

    patch.setattr(engine, "settle_interrupted", settle)


def everybody_has_all_slots(patch: pytest.MonkeyPatch) -> None:
    """Each worker takes the account for its own."""

    def show(keeper: SlotKeeper) -> None:
        keeper.slots, keeper.expires_at = SLOTS, math.inf

    patch.setattr(SlotKeeper, "_show", show)


def addresses_as_they_stand(patch: pytest.MonkeyPatch) -> None:
    """A domain in its own letters is another one than what the net calls it."""

    def as_it_stands(email: str) -> str:
        return email.strip().casefold()

    for module in (read_back, opt_outs):
        patch.setattr(module, "listed_key", as_it_stands, raising=False)


def names_are_enough(patch: pytest.MonkeyPatch) -> None:
    """A list that has taken the name of another is that one."""

    def check(*_arguments: object) -> None: ...

    patch.setattr(check_phase, "check_list_is_known", check)


def a_call_that_was_taken_brought_all(patch: pytest.MonkeyPatch) -> None:
    """People who came by the API after a call came by it, whatever their name."""
    name = f" AND {BEARS_OURS}"
    assert name in MAY_BE_OURS
    patch.setattr(awaited, "MAY_BE_OURS", MAY_BE_OURS.replace(name, ""))


def imports_find_every_spelling(patch: pytest.MonkeyPatch) -> None:
    """People whose domain has letters of its own are changed by import."""

    def has_two_spellings(_address: str) -> bool:
        return False

    patch.setattr(plan_imports, "has_two_spellings", has_two_spellings)


def drops_are_not_noticed(patch: pytest.MonkeyPatch) -> None:
    """Whoever does not appear counts as added."""
    unverified: Any = verify.Verification._conclude_unverified  # pyright: ignore[reportPrivateUsage]
    patch.setattr(verify.Verification, "_conclude_all", unverified)


def whoever_has_moved_is_removed(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks on which list somebody is before removing them."""

    def is_still(*_arguments: object) -> bool:
        return True

    patch.setattr(remove, "is_still", is_still)


def rejected_rows_mention_nobody(patch: pytest.MonkeyPatch) -> None:
    """Whoever stands in a cell that is no address is gone from the source."""

    def protect(_run: ActiveRun) -> str:
        return ""

    patch.setattr(plan_phase, "protect_mentioned", protect)


def removals_count_as_nothing(patch: pytest.MonkeyPatch) -> None:
    """A run that has removed people, and sent nobody, has changed nothing."""

    def anything_sent(path: Path, run_id: str) -> bool:
        with Ledger(path) as ledger:
            return ledger.run(run_id).chunks.last_sent() > 0

    patch.setattr(engine, "anything_sent", anything_sent)


def taken_means_present(patch: pytest.MonkeyPatch) -> None:
    """Whose address is taken, as GetResponse says, is on the list."""

    async def is_there(sender: Any, chunk: Chunk, row: RowToSend, **_others: bool) -> None:
        decision = Decision(row.row, verdict=Verdict.ALREADY_PRESENT)
        sender._answer(chunk, ChunkState.VERIFIED, [decision])

    sending: Any = sender._Sender  # pyright: ignore[reportPrivateUsage]
    patch.setattr(sending, "_look_up", is_there)


def imports_answer_as_they_should(patch: pytest.MonkeyPatch) -> None:
    """What is said of an import is believed to be of the form that is described."""

    def of(answer: Any) -> ImportState:
        counters = {**answer["statistics"], **answer["errorStatistics"]}
        numbers = {name: int(number) for name, number in counters.items()}
        return ImportState(answer["importId"], answer["status"], numbers)

    patch.setattr(ImportState, "of", of)


def whoever_does_not_come_was_dropped(patch: pytest.MonkeyPatch) -> None:
    """An import of which nobody came has dropped them all, also if nobody knows its id."""

    def is_lost(_verification: object, _chunk: object, state: ImportState | None) -> bool:
        return state is not None and state.is_gone

    patch.setattr(verify.Verification, "_is_lost", is_lost)


@pytest.mark.mutations
@pytest.mark.parametrize(
    ("mutation", "noticed_by"),
    [
        (no_durable_intent, 1223),
        (no_doubt_after_a_crash, 7898),
        (pages_as_they_come, 4872),
        (other_reasons_let_through, 4891),
        (ledgers_forget_nothing, 28),
        (as_many_are_ours, 4512),
        (no_settling, 75),
        (blind_repeats, 2496),
        (blind_repeats_of_people, 75),
        (the_removed_come_back, 5862),
        (everybody_has_all_slots, 51),
        (drops_are_not_noticed, 1223),
        (no_look_while_sending, 276),
        (only_what_is_planned_is_looked_at, 5587),
        (the_clock_of_the_machine, 3255),
        (being_there_proves_it, 3061),
        (each_job_for_itself, 230),
        (addresses_as_they_stand, 6045),
        (names_are_enough, 2157),
        (imports_find_every_spelling, 2442),
        (a_call_that_was_taken_brought_all, 3476),
        (whoever_has_moved_is_removed, 5291),
        (rejected_rows_mention_nobody, 719),
        (removals_count_as_nothing, 5615),
        (taken_means_present, 3203),
        (imports_answer_as_they_should, 5529),
        (whoever_does_not_come_was_dropped, 5749),
    ],
)
def test_a_broken_package_is_noticed(
    mutation: Mutation, noticed_by: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutation(monkeypatch)
    seeds = (
        noticed_by,
        *range(SEEDS),
    )  # the first one is quicker, while histories stay as they are
    assert any(simulate(seed).failures for seed in seeds)

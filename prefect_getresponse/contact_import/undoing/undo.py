"""Remove the people whom an import has added, and say what became of each.

Everybody is looked at right before.  What has been done shows on the list itself, so the same plan
may be undone again after a crash.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from prefect_getresponse.client.errors import (
    AuthenticationFailed,
    GetResponseError,
    InvalidArguments,
)
from prefect_getresponse.client.send import THROTTLED
from prefect_getresponse.contact_import.account import Account
from prefect_getresponse.contact_import.ledger import Arrival, writer_lock
from prefect_getresponse.contact_import.sending.remove import FAILURES_IN_A_ROW, remove_contact
from prefect_getresponse.contact_import.undoing.plan import UndoPlan, is_as_it_came
from prefect_getresponse.limits.side_by_side import side_by_side

OUTCOMES = ("removed", "changed", "gone", "failed")


@dataclass(frozen=True)
class UndoReport:
    """What became of the people whom an import has added.

    Attributes:
        run_id: The import.
        list_name: The list.
        hash: Hash of the plan.
        added: How many it added.
        removed: How many were removed.
        changed: How many have changed or moved since, and stay.
        gone: How many had left or were removed before.
        failed: How many could not be removed.
        calls: Calls, by endpoint.
        problem: Why some could not be removed; empty if all could.
    """

    run_id: str
    list_name: str
    hash: str
    added: int
    removed: int = 0
    changed: int = 0
    gone: int = 0
    failed: int = 0
    calls: dict[str, int] = field(default_factory=dict[str, int])
    problem: str = ""

    @property
    def balanced(self) -> bool:
        """Whether everybody is accounted for."""
        return self.added == self.removed + self.changed + self.gone + self.failed

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**vars(self), "balanced": self.balanced}

    def sentence(self) -> str:
        """Say it in a sentence."""
        counts = ", ".join(f"{getattr(self, name):,} {name}" for name in OUTCOMES)
        return f"{self.added:,} added by the import {self.run_id}: {counts}"


async def undo(account: Account, plan: UndoPlan, approved: str) -> UndoReport:
    """Remove whom the plan names and who is as the import made them.

    Args:
        account: The account.
        plan: The plan.
        approved: Hash that was approved.

    Raises:
        InvalidArguments: Another plan was approved; nothing was removed.
        LedgerBusy: An import into the list is at work.
        AuthenticationFailed: The key is not valid any more; run it again.
    """
    if approved != plan.hash:
        raise InvalidArguments(
            f"{approved} was approved, and the plan is {plan.hash} now",
            advice="Look at the plan again.",
        )
    account.client.statistics.take()
    undoer = _Undoer(account, plan)
    with writer_lock(plan.ledger):
        await side_by_side(plan.arrivals, undoer.look_at)
    calls = account.client.statistics.take()
    calls.pop(THROTTLED, None)
    return UndoReport(
        plan.run_id,
        plan.campaign.name,
        plan.hash,
        len(plan.arrivals),
        **{name: undoer.counts[name] for name in OUTCOMES},
        calls=calls,
        problem=undoer.problem,
    )


class _Undoer:
    def __init__(self, account: Account, plan: UndoPlan) -> None:
        self._account = account
        self._plan = plan
        self._in_a_row = 0
        self.counts = Counter[str]()
        self.problem = ""

    async def look_at(self, arrival: Arrival) -> None:
        """Remove somebody, or leave them."""
        if self._in_a_row >= FAILURES_IN_A_ROW:
            self.counts["failed"] += 1
            return
        try:
            outcome = await self._remove(arrival)
        except AuthenticationFailed:
            raise
        except GetResponseError as error:
            self.problem = str(error.args[0])
            self._in_a_row += 1
            outcome = "failed"
        else:
            self._in_a_row = 0
        self.counts[outcome] += 1

    async def _remove(self, arrival: Arrival) -> str:
        removal = await remove_contact(
            self._account,
            arrival.contact_id,
            lambda details: is_as_it_came(self._plan, arrival, details),
        )
        return "changed" if removal == "kept" else removal

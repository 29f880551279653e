"""Release a newsletter that was approved, once, whatever happens on the way.

Only `POST /newsletters/send-draft` sends, and GetResponse refuses it for what is no draft.  All
runs of a release choose the same draft, so a second call finds it sent.  What was sent is read
again while it can still be cancelled.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from prefect_getresponse.client.errors import (
    GetResponseError,
    InvalidArguments,
    NotFound,
    OutcomeUnknown,
    StateForbids,
)
from prefect_getresponse.client.send import THROTTLED, AsyncClient
from prefect_getresponse.newsletters.account_side import AccountSide
from prefect_getresponse.newsletters.checks import AHEAD
from prefect_getresponse.newsletters.content.links import LinkCheck
from prefect_getresponse.newsletters.content_state import goes_as_approved
from prefect_getresponse.newsletters.drafts import Drafts, Made, newsletters_of, read, released
from prefect_getresponse.newsletters.plan import ReleasePlan, plan_release
from prefect_getresponse.newsletters.release_file import ReleaseText, is_past
from prefect_getresponse.newsletters.report import ReleaseReport, Status
from prefect_getresponse.tasks.newsletters import cancel_newsletter, send_newsletter_draft


@dataclass(frozen=True)
class Approval:
    """Who approved a plan.

    Attributes:
        hash: Hash of the plan that was approved.
        by: Who did.
        note: What they said.
    """

    hash: str
    by: str = ""
    note: str = ""


@dataclass
class Releasing:
    """One run of a release.

    Attributes:
        text: The release with its texts.
        account_name: Name of the account.
        clock: Seconds since the epoch.
        links: Follows the links of the text; None leaves them alone.
        run_id: The run.
        calls: Calls so far, by endpoint.
    """

    text: ReleaseText
    account_name: str
    clock: Callable[[], float]
    links: LinkCheck | None = None
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    calls: dict[str, int] = field(default_factory=dict[str, int])

    def __post_init__(self) -> None:
        self._began = self.clock()

    async def plan(self, client: AsyncClient) -> ReleasePlan:
        """Check the release against its account and say what will be sent; writes nothing."""
        client.statistics.take()
        try:
            return await plan_release(self.text, AccountSide(client, self.clock), self.links)
        finally:
            self._count(client)

    async def release(
        self, client: AsyncClient, plan: ReleasePlan, approval: Approval
    ) -> ReleaseReport:
        """Release what was approved.

        Args:
            client: The account's client.
            plan: The plan.
            approval: Who approved it.

        Raises:
            InvalidArguments: Another plan was approved, or it is too late; nothing was sent.
            AlreadySent: Another text was sent under the key.
            GetResponseError: Nothing was sent, as GetResponse did not answer.
        """
        if approval.hash != plan.hash:
            raise InvalidArguments(
                f"{approval.hash} was approved, and the plan is {plan.hash} now",
                advice="Look at the plan again.",
            )
        client.statistics.take()
        try:
            facts = await _Release(AccountSide(client, self.clock), plan).run()
        finally:
            self._count(client)
        return self.report(plan, approval=approval, **facts)

    def report(
        self,
        plan: ReleasePlan,
        status: Status = "planned",
        approval: Approval | None = None,
        **facts: Any,
    ) -> ReleaseReport:
        """Return the report of the run.

        Args:
            plan: The plan.
            status: What became of it.
            approval: Who approved it.
            facts: Other members of the report.
        """
        at = plan.resolved.time.at if plan.resolved.time else None
        values: dict[str, Any] = {
            "run_id": self.run_id,
            "account": self.account_name,
            "key": plan.key,
            "hash": plan.hash,
            "status": status,
            "send_on": at.isoformat() if at else "",
            "people": plan.audience.people,
            "approved_by": approval.by if approval else "",
            "note": approval.note if approval else "",
            "findings": tuple(each.as_dict() for each in plan.findings),
            "calls": {name: n for name, n in self.calls.items() if name != THROTTLED},
            "throttled": self.calls.get(THROTTLED, 0),
            "seconds": self.clock() - self._began,
        }
        return ReleaseReport(**values | facts)

    def _count(self, client: AsyncClient) -> None:
        for name, number in client.statistics.take().items():
            self.calls[name] = self.calls.get(name, 0) + number


class _Release:
    """What is done after the approval; `run` returns members of the report."""

    def __init__(self, side: AccountSide, plan: ReleasePlan) -> None:
        self._side = side
        self._plan = plan
        self._drafts = Drafts(side, plan.key, plan.creation)

    async def run(self) -> dict[str, Any]:
        await self._side.read_clock()
        before = await self._released()
        if before is None:
            draft = await self._drafts.ready()
            sent = await self._send(draft)
        else:
            draft, sent = before, False
        try:
            return await self._look(draft, sent=sent, was_there=before is not None)
        except GetResponseError as error:
            return {
                "status": "unknown",
                "newsletter_id": draft.id,
                "problem": f"It could not be read again: {error}",
                "advice": "Run it again: nothing is sent twice.",
            }

    async def _all(self) -> list[Made]:
        return await newsletters_of(self._side, self._plan.key)

    async def _released(self) -> Made | None:
        return released(await self._all(), self._plan.key, self._plan.hash)

    async def _send(self, draft: Made) -> bool:
        """Send a draft; whether GetResponse has said that it did."""
        # Once more, as late as can be: another run may have sent one, or a person edited this one.
        if await self._released():
            return False
        if not self._drafts.is_ours(await read(self._side, draft.id)):
            raise OutcomeUnknown(
                "the draft was edited or sent just now; this run sends nothing",
                advice="Run it again.",
            )
        if is_past(self._plan.text.release, self._side.now, AHEAD):
            raise InvalidArguments(
                f"send_on is over, or less than {AHEAD.seconds // 60} minutes ahead;"
                " nothing was sent",
                advice="Choose a later time and have it approved again.",
            )
        settings = self._plan.creation.settings
        try:
            await self._side.account.call(
                send_newsletter_draft, message_id=draft.id, send_settings=settings
            )
        except (OutcomeUnknown, StateForbids):
            return False  # what became of it is read
        return True

    async def _look(self, draft: Made, *, sent: bool, was_there: bool) -> dict[str, Any]:
        """Read what was sent while it can be cancelled, and say what became of it."""
        newsletter = await read(self._side, draft.id)
        others = [each for each in await self._all() if not each.is_draft and each.id != draft.id]
        if newsletter is None or newsletter.get("type") == "draft":
            same = [each for each in others if each.hash == draft.hash]
            if not same:
                return self._unknown(draft, len(others))
            draft, others, was_there = same[0], [x for x in others if x != same[0]], True
            newsletter = await read(self._side, draft.id) or {}
        if others:
            # Whoever sent last sees the other one and takes its own back; a later run clears up.
            said = f"{len(others) + 1} newsletters of this key were on their way."
            return await self._take_back(
                draft, others if was_there else [draft], "sent_twice", said
            )
        if wrong := await self._difference(newsletter):
            said = f"The newsletter is not what was approved: {wrong} differs."
            return await self._take_back(draft, [draft], "changed", said)
        return self._facts(
            draft,
            "released" if sent else "already_released",
            1,
            people=_people(newsletter) or self._plan.audience.people,
        )

    async def _difference(self, newsletter: dict[str, Any]) -> str:
        """Say what of a newsletter is not as approved; empty if all is."""
        if not self._drafts.is_ours(newsletter) and not self._drafts.also:
            await self._drafts.learn()
        if not self._drafts.is_ours(newsletter):
            return "its text, sender or list"
        time = self._plan.resolved.time
        return goes_as_approved(newsletter, self._plan.creation, time.at if time else None)

    async def _take_back(
        self, draft: Made, victims: Sequence[Made], status: Status, said: str
    ) -> dict[str, Any]:
        """Cancel newsletters that must not go, and say so."""
        for each in victims:
            try:
                await self._side.account.call(cancel_newsletter, newsletter_id=each.id)
            except (NotFound, StateForbids):
                pass  # it is a draft again, or on its way: its state tells
            except GetResponseError as error:
                said += f" Cancelling failed: {error}"
        on_their_way = [each for each in await self._all() if not each.is_draft]
        left = {each.id for each in victims} & {each.id for each in on_their_way}
        if left:
            advice = f"Stop it in GetResponse now: {', '.join(sorted(left))}."
        elif on_their_way:
            advice = "All but one were cancelled and are drafts again."
        else:
            advice = "It was cancelled and is a draft again. Look at it, then release once more."
        return self._facts(draft, status, len(on_their_way), problem=said, advice=advice)

    def _unknown(self, draft: Made, others: int) -> dict[str, Any]:
        if others:
            said = "Another text was sent under this key at the same time; this one was not."
            return self._facts(
                draft, "sent_twice", others, problem=said, advice="A new text needs a new key."
            )
        return self._facts(
            draft,
            "unknown",
            0,
            problem="GetResponse did not say whether it was sent, and it is a draft still.",
            advice="Run it again in a minute: nothing is sent twice.",
        )

    def _facts(self, draft: Made, status: Status, sent: int, **others: Any) -> dict[str, Any]:
        left = tuple(f"{one} ({why})" for one, why in self._drafts.left.items())
        return {
            "status": status,
            "newsletter_id": draft.id,
            "sent": sent,
            "left_drafts": left,
            **others,
        }


def _people(newsletter: dict[str, Any]) -> int:
    metrics: dict[str, Any] = newsletter.get("sendMetrics") or {}
    total = str(metrics.get("total", ""))
    return int(total) if total.isdigit() else 0

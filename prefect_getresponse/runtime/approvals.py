"""Approvals: a plan is put before a person, and what was approved is what is done.

The hash of a plan stands for it.  A run of a deployment suspends: its process ends, a form in
Prefect's UI waits for the answer, and the run goes on afterwards on any worker, where the plan is
made again.  The hash is the key of the question, so a plan that has changed meanwhile is asked
about again.  Elsewhere a hash that was given beforehand is the answer, or the run ends before it
has done anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.reporting.streams import never_stopping

ApprovalPolicy = Literal["never", "over_limit", "always"]
"""When a person is asked: never, if the plan is beyond its limits, or always."""
Ending = Literal["completed", "failed", "cancelled"]
HOURS = 24.0
"""How long an answer is waited for."""
_LABEL = "getresponse.approval."


@dataclass(frozen=True)
class Subject:
    """What a plan is about, as events name it.

    Attributes:
        flow: The flow, such as `release_newsletter`.
        resource_id: Resource of its ending event.
        name: What is released, undone and so on.
        account: Name of the account.
    """

    flow: str
    resource_id: str
    name: str
    account: str

    def as_labels(self) -> dict[str, str]:
        """Return it as labels of a flow run, which outlive its process."""
        return {f"{_LABEL}{name}": value for name, value in vars(self).items()}


def tell_ending(subject: Subject, ending: Ending, status: str, payload: dict[str, Any]) -> None:
    """Emit the event with which a flow ends.

    Args:
        subject: What the flow was about.
        ending: How it ended.
        status: What became of it, in a word.
        payload: The report, without addresses.
    """
    from prefect.events import emit_event

    emit_event(
        f"getresponse.{subject.flow}.{ending}",
        resource={
            "prefect.resource.id": subject.resource_id,
            "prefect.resource.name": subject.name,
            "getresponse.status": status,
        },
        related=[
            {
                "prefect.resource.id": f"getresponse.account.{subject.account}",
                "prefect.resource.role": "getresponse-account",
                "prefect.resource.name": subject.account,
            }
        ],
        payload=payload,
    )


def subject_of(labels: dict[str, Any]) -> Subject | None:
    """Read what the labels of a flow run say; None if it asked for no approval."""
    try:
        return Subject(**{name: str(labels[_LABEL + name]) for name in Subject.__annotations__})
    except KeyError:
        return None


class ApprovalNeeded(GetResponseError):
    """A plan waits for its approval; nothing was done.

    Attributes:
        hash: Hash of the plan.
    """

    hash: str = ""


def approval_needed(plan_hash: str, advice: str) -> ApprovalNeeded:
    """Return the error that a plan without approval ends with."""
    error = ApprovalNeeded(f"needs approval: approve={plan_hash}", advice=advice)
    error.hash = plan_hash
    return error


@dataclass(frozen=True)
class Question:
    """A plan that may need approval.

    Attributes:
        hash: Hash of the plan: what is approved.
        plan: The plan, in Markdown.
        is_over_limit: Whether it is beyond what needs no approval under `over_limit`.
        subject: What it is about, for the event of an approval that nobody gave in time.
    """

    hash: str
    plan: str
    is_over_limit: bool
    subject: Subject | None = None

    def is_asked(self, policy: ApprovalPolicy) -> bool:
        """Whether a person has to answer."""
        return policy == "always" or (policy == "over_limit" and self.is_over_limit)


@dataclass(frozen=True)
class Answer:
    """What a person has said about a plan.

    Attributes:
        approved: Whether it may be done.
        by: Who said so.
        note: What else they said.
    """

    approved: bool
    by: str = ""
    note: str = ""


def given(question: Question, policy: ApprovalPolicy, approve: str, by: str) -> Answer | None:
    """Return the answer if no person has to be asked any more; None if one has to.

    Args:
        question: The plan.
        policy: When a person is asked.
        approve: Hash that was approved beforehand; empty for none.
        by: Who gave it.
    """
    if not question.is_asked(policy):
        return Answer(approved=True, by="no approval needed")
    return Answer(approved=True, by=by) if approve == question.hash else None


def ask_in_run(
    question: Question,
    policy: ApprovalPolicy,
    *,
    approve: str = "",
    by: str = "",
    hours: float = HOURS,
) -> Answer:
    """Have a plan approved in a flow run, which suspends until the form is filled in.

    Call it in the body of a flow, before anything has been done: the body runs again afterwards.

    Args:
        question: The plan.
        policy: When a person is asked.
        approve: Hash that was approved beforehand, for runs that cannot suspend.
        by: Who gave it.
        hours: How long an answer is waited for; then the run fails with nothing done.

    Raises:
        ApprovalNeeded: This run cannot suspend, as it has no deployment or is part of another run.
    """
    if answer := given(question, policy, approve, by):
        return answer
    if not _can_suspend():
        raise approval_needed(
            question.hash,
            "Runs that are part of another run, or have no deployment, cannot wait for a form:"
            " look at the plan, then run it with approve set to this hash.",
        )
    from prefect import get_run_logger
    from prefect.flow_runs import suspend_flow_run
    from prefect.input import RunInput

    class Approval(RunInput):
        """Approve or decline what is described above."""

        decision: Annotated[
            Literal["approve", "decline"],
            Field(title="Decision", description="approve does it, decline ends the run."),
        ]
        your_name: Annotated[
            str,
            Field(title="Your name", min_length=1, max_length=100, description="For the report."),
        ]
        note: Annotated[str, Field(title="Note", max_length=1_000)] = ""

    if question.subject:
        with never_stopping("the labels"):
            _label_run(question.subject)
    get_run_logger().info(
        "waiting %g hours for an approval: choose Resume on the page of this run", hours
    )
    form = Approval.with_initial_data(description=question.plan)
    said = suspend_flow_run(
        wait_for_input=form, timeout=round(hours * 3600), key=f"approval-{question.hash}"
    )
    return Answer(said.decision == "approve", said.your_name, said.note)


def _label_run(subject: Subject) -> None:
    from prefect import get_client
    from prefect.context import FlowRunContext

    context = FlowRunContext.get()
    if context and context.flow_run:
        with get_client(sync_client=True) as client:
            client.update_flow_run_labels(context.flow_run.id, dict(subject.as_labels()))


def _can_suspend() -> bool:
    from prefect.context import FlowRunContext

    context = FlowRunContext.get()
    run = context.flow_run if context else None
    return run is not None and run.deployment_id is not None and run.parent_task_run_id is None

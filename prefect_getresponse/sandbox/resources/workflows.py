"""Workflows (tag Workflows): read, and switched on and off. They do nothing here."""

from __future__ import annotations

from prefect_getresponse.sandbox.contract.dates import DAY, iso
from prefect_getresponse.sandbox.resources.collection import Collection
from prefect_getresponse.sandbox.resources.request import Request
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World


def _switch(_world: World, request: Request, workflow: Record) -> None:
    """Note when it was switched on, and when off."""
    if request.body["status"] == "active":
        workflow.members["dateStart"] = iso(request.now)
        workflow.members.pop("dateStop", None)
    elif "dateStart" in workflow.members:
        workflow.members["dateStop"] = iso(request.now)


WORKFLOWS = Collection(
    "workflows",
    "/workflow/{workflowId}",
    created="",
    updated="",
    linked=False,
    on_update=_switch,
)


def _seed(world: World, now: float) -> None:
    """Give the account a workflow in each state."""
    started = {"dateStart": iso(now - 30 * DAY)}
    for name, status, dates, counts in (
        ("Welcome new customers", "active", started, (4, 3)),
        ("Ask for a review", "inactive", {**started, "dateStop": iso(now - 2 * DAY)}, (12, 0)),
        ("Abandoned cart", "incomplete", {}, (0, 0)),
    ):
        statistics = dict(zip(("completedCount", "inProgressCount"), counts, strict=True))
        members = {"name": name, "status": status, **dates, "subscriberStatistics": statistics}
        WORKFLOWS.add(world, members, now)


BEHAVIOURS = WORKFLOWS.behaviours(
    listing="getWorkflowList", get="getWorkflow", update="updateWorkflow"
)
SEED = _seed

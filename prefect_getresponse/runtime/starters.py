"""Who started a flow run: a person, a program, or a schedule that somebody set up."""

from __future__ import annotations

from typing import NamedTuple

from prefect import get_client
from prefect.context import FlowRunContext


class Starter(NamedTuple):
    """Who started a run.

    Attributes:
        name: Who did, or who made the deployment; empty if Prefect does not know.
        is_schedule: Whether a schedule did, so that nobody is there.
        is_person: Whether somebody started it by hand from a deployment.
    """

    name: str
    is_schedule: bool
    is_person: bool = False


def starter() -> Starter:
    """Find out who started the flow run that is at work."""
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    if run is None:
        return Starter("", is_schedule=False)
    name = "" if run.auto_scheduled else _name(run.created_by)
    if not name and run.deployment_id is not None:
        with get_client(sync_client=True) as client:
            name = _name(client.read_deployment(run.deployment_id).created_by)
    by_hand = run.deployment_id is not None and not run.auto_scheduled
    return Starter(name, is_schedule=run.auto_scheduled, is_person=by_hand)


def _name(by: object) -> str:
    return getattr(by, "display_value", None) or ""

"""Tell that nobody has approved a run in time.

A run whose approval expires is ended by Prefect's server, when no process of it is alive. Deployed
beside `release-newsletter`, this flow is started by that and emits the event with which the run
would have ended.
"""

from __future__ import annotations

from uuid import UUID

from prefect import flow, get_client, get_run_logger

from prefect_getresponse.runtime.approvals import subject_of, tell_ending
from prefect_getresponse.runtime.ending_states import ends_in_a_sentence


@flow(name="approval-expired")
@ends_in_a_sentence
def approval_expired(run: str = "") -> str:
    """Emit `getresponse.<flow>.cancelled` for a run whose approval has expired.

    Args:
        run: Id of the flow run, or its resource `prefect.flow-run.ID`: the deployment's trigger
            gives it.

    Returns:
        Name of what was not approved; empty if the run asked for no approval.
    """
    if not run:
        return ""
    run_id = UUID(run.removeprefix("prefect.flow-run."))
    with get_client(sync_client=True) as client:
        expired = client.read_flow_run(run_id)
    subject = subject_of(expired.labels)
    if subject is None:
        get_run_logger().info("%s asked for no approval", expired.name)
        return ""
    why = expired.state.message if expired.state else None
    facts = {"status": "expired", "flow_run_id": str(run_id), "problem": why or ""}
    tell_ending(subject, "cancelled", "expired", facts)
    return subject.name

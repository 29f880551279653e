"""Read how a released newsletter went, beside the last ones to its list.

`release-newsletter` starts it an hour, a day and a week after a newsletter was sent.
"""

from __future__ import annotations

import time

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.events import emit_event
from prefect.runtime import flow_run

from prefect_getresponse.client.privacy.masking import mask
from prefect_getresponse.credentials import GetResponseCredentials
from prefect_getresponse.newsletters.account_side import AccountSide
from prefect_getresponse.newsletters.afterwards import ReleaseStatistics
from prefect_getresponse.newsletters.afterwards import release_statistics as read_statistics
from prefect_getresponse.reporting.streams import never_stopping
from prefect_getresponse.runtime.artifact_keys import artifact_key
from prefect_getresponse.runtime.ending_states import ends_in_a_sentence
from prefect_getresponse.runtime.event_loops import run_on_loop


def _flow_run_name() -> str:
    parameters = flow_run.parameters
    account = parameters["credentials"].account_name
    return mask(f"statistics of the release {parameters['key']} to {account}")


@flow(name="release-statistics", flow_run_name=_flow_run_name)
@ends_in_a_sentence
def release_statistics(credentials: GetResponseCredentials, key: str) -> ReleaseStatistics:
    """Read how a release went: an artifact, and an event that says whether it is far from usual.

    Args:
        credentials: Block of the GetResponse account; a deployment's own unless another is chosen.
        key: Key of the release.

    Returns:
        Its numbers.

    Raises:
        NotReleased: No newsletter of the key was sent.
    """
    found = run_on_loop(
        lambda: read_statistics(AccountSide(credentials.get_async_client(), time.time), key)
    )
    with never_stopping("the statistics"):
        create_markdown_artifact(
            found.markdown(),
            key=artifact_key("release-statistics", key),
            description=f"Statistics of the release {key}",
        )
    with never_stopping("the event"):
        emit_event(
            "getresponse.release_statistics.completed",
            resource={
                "prefect.resource.id": f"getresponse.release.{credentials.account_name}.{key}",
                "prefect.resource.name": key,
                "getresponse.far-off": "yes" if found.far_off else "no",
            },
            payload=found.as_dict(),
        )
    if found.far_off:
        get_run_logger().warning("far from usual: %s", ", ".join(found.far_off))
    return found

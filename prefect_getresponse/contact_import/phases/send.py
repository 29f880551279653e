"""Send: do what the plan says, and remove who is gone from a mirrored source."""

from __future__ import annotations

from functools import partial

from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.contact_import.active_run import JobRun, at_work
from prefect_getresponse.contact_import.ledger import Phase
from prefect_getresponse.contact_import.sending.remove import remove_gone
from prefect_getresponse.contact_import.sending.sender import recover, send_planned
from prefect_getresponse.runtime.event_loops import apart, left_apart


async def send(run: JobRun, client: AsyncClient) -> None:
    """Send what the plan says and what a crash left unsent.

    Args:
        run: The run.
        client: The account's client.

    Raises:
        GetResponseError: The run cannot go on; what was not sent stays planned in the ledger.
    """
    async with left_apart(at_work(run, client, Phase.SENDING)) as active:
        if active is not None:
            await apart(partial(recover, active))
            await send_planned(active)
            await remove_gone(active)

"""The account's callback address: there is one, and somebody else's is never taken."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from prefect_getresponse.client.errors import Conflict, NotFound
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.tasks.accounts import get_callbacks, update_callbacks


class ForeignCallbacks(Conflict):
    """Callbacks of the account go to an address that is not ours."""

    default_advice = (
        "If nobody needs them there any more, remove that address in GetResponse (or with"
        " `disable_callbacks`), then run again."
    )


async def callbacks_of(client: AsyncClient) -> dict[str, Any] | None:
    """Where callbacks go and about what; None while they are off."""
    try:
        found: dict[str, Any] = (await client.send(get_callbacks.operation.request({}))).data
    except NotFound:
        return None
    return found


def same_place(one: str, other: str) -> bool:
    """Whether two addresses are the same but for their queries, which hold secrets."""
    first, second = urlsplit(one), urlsplit(other)
    return (first.scheme, first.netloc.lower(), first.path.rstrip("/")) == (
        second.scheme,
        second.netloc.lower(),
        second.path.rstrip("/"),
    )


async def register_callbacks(client: AsyncClient, url: str, actions: dict[str, bool]) -> str:
    """Let an account's callbacks come to an address, unless they go elsewhere.

    Args:
        client: The account's client.
        url: The address, with its secret.
        actions: What to be told of.

    Returns:
        `registered`, or `updated` if they came here before.

    Raises:
        ForeignCallbacks: They go elsewhere; nothing was changed.
    """
    present = await callbacks_of(client)
    if present is not None and not same_place(str(present.get("url", "")), url):
        # What follows the host may be a secret of whoever listens there.
        parts = urlsplit(str(present.get("url", "")))
        raise ForeignCallbacks(
            f"the account's callbacks go to {parts.scheme}://{parts.hostname}, which is not this"
            " receiver; they were left as they are"
        )
    arguments = {"url": url, "actions": actions}
    await client.send(update_callbacks.operation.request(arguments))
    return "registered" if present is None else "updated"

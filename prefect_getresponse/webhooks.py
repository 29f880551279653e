"""Receive GetResponse's webhooks and callbacks, each kept before it is acknowledged.

    prefect-getresponse receive --port 8300

Or any ASGI server, `uvicorn --factory prefect_getresponse.webhooks:app --no-access-log`, or
mounted in an application of yours by `receiver`. What was received lies in the inbox until the flow
`drain_events` has written it into your tables and given it to your handlers (`on_event`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from importlib import import_module

from pydantic import SecretStr
from starlette.applications import Starlette

from prefect_getresponse.client.errors import InvalidConfiguration
from prefect_getresponse.contact_import.options import state_folder
from prefect_getresponse.events.draining.handlers import Event, on_event
from prefect_getresponse.events.inbox.inbox import Inbox
from prefect_getresponse.events.receiving.application import application
from prefect_getresponse.events.receiving.doorbell import Doorbell, Emit, Send, send_to_prefect
from prefect_getresponse.runtime.garbage import keep_for_good
from prefect_getresponse.settings import GetResponseSettings

__all__ = ["Event", "app", "on_event", "receiver"]

_SHORTEST_SECRET = 43  # 32 random bytes in base64


def app() -> Starlette:
    """The receiver as the settings describe it, for uvicorn's `--factory`.

    Raises:
        InvalidConfiguration: There is no usable `WEBHOOK_SECRET`, or no usable inbox.
    """
    settings = GetResponseSettings()
    given = (settings.webhook_secret, settings.webhook_secret_previous)
    secrets = [secret for secret in given if secret.get_secret_value()]
    made = receiver(secrets, account_name=settings.account_name, inbox=settings.inbox_url)
    keep_for_good()  # the process is the receiver's own
    return made


def receiver(
    secrets: Sequence[SecretStr],
    *,
    account_name: str = "default",
    inbox: str | Inbox = "",
    emit: Emit = "filled",
    send: Send | None = None,
    clock: Callable[[], float] = time.time,
) -> Starlette:
    """Make an ASGI application that takes `/webhooks` and `/callbacks`.

    Args:
        secrets: What the query parameter `secret` may be: one, or two while a new one is put into
            the panel.  At least 43 characters each, as `secrets.token_urlsafe(32)` makes them.
        account_name: Name of the account in Prefect events.
        inbox: SQLAlchemy's URL of the database in which notices are kept; a file in the state
            folder if empty.
        emit: Prefect events: `filled` when something came, `each` for every notice too, `none`.
        send: Hands events on; to Prefect if not given, and if `PREFECT_API_URL` names a server.
        clock: Seconds since the epoch.

    Raises:
        InvalidConfiguration: There is no secret, or it is too short.
        InboxError: The inbox cannot be opened.
    """
    check_secrets(secrets)
    doorbell = Doorbell(account_name, *_bell(emit, send))
    if isinstance(inbox, Inbox):
        return application(inbox, secrets, doorbell.kept, clock)
    ours = Inbox(inbox, state_folder(""))
    return application(ours, secrets, doorbell.kept, clock, ours.close)


def check_secrets(secrets: Sequence[SecretStr]) -> None:
    """Make sure that nobody can guess the secret.

    Raises:
        InvalidConfiguration: There is none, or it is too short.
    """
    if not secrets or min(len(each.get_secret_value()) for each in secrets) < _SHORTEST_SECRET:
        raise InvalidConfiguration(
            "webhooks need a secret of at least 32 random bytes",
            advice="Set WEBHOOK_SECRET to what `python -c 'import secrets; "
            "print(secrets.token_urlsafe(32))'` prints, and put ?secret=... into the URL.",
        )


def _bell(emit: Emit, send: Send | None) -> tuple[Emit, Send]:
    if send is not None:
        return emit, send
    from prefect.settings import get_current_settings

    if emit == "none" or not get_current_settings().api.url:
        # Without a server to tell, Prefect would start one for each event.
        return "none", send_to_prefect
    import_module("prefect.events.clients")  # a second's work: not when the first webhook comes
    return emit, send_to_prefect

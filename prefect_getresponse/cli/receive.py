"""`prefect-getresponse receive`."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal
from urllib.parse import quote

from cyclopts import Parameter
from pydantic import SecretStr

from prefect_getresponse.cli.accounts import load_credentials
from prefect_getresponse.cli.console import OK, print_line
from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.settings import GetResponseSettings

CallbackAction = Literal["open", "click", "subscribe", "unsubscribe", "survey"]


def receive(
    *,
    host: str = "127.0.0.1",
    port: int = 8300,
    inbox: str = "",
    emit: Literal["filled", "each", "none"] = "filled",
    callbacks: str = "",
    action: Annotated[
        list[CallbackAction] | None, Parameter(consume_multiple=True, negative="")
    ] = None,
    block: str | None = None,
) -> int:
    """Receive webhooks and callbacks into the inbox.

    Needs PREFECT_INTEGRATIONS_GETRESPONSE_WEBHOOK_SECRET. Put a proxy with a certificate in front,
    and register https://YOUR-HOST/webhooks?secret=... in GetResponse.

    Example: prefect-getresponse receive --port 8300

    Args:
        host: Address to listen on.
        port: Port to listen on, 0 for a free one.
        inbox: Database of the inbox, as SQLAlchemy's URL; the setting INBOX_URL, or a file in the
            state folder, otherwise.
        emit: Prefect events: `filled` when something came, `each` for every notice too, `none`.
        callbacks: Public https address of /callbacks, without the secret, to register for the
            account's callbacks. Somebody else's address is left alone, with an error.
        action: What callbacks are to tell of; unsubscribe if not given.
        block: Name of a GetResponseCredentials block for --callbacks;
            PREFECT_INTEGRATIONS_GETRESPONSE_* otherwise.
    """
    from prefect_getresponse.events.opening import inbox_named
    from prefect_getresponse.events.receiving.server import serve
    from prefect_getresponse.webhooks import receiver

    settings = GetResponseSettings()
    given = (settings.webhook_secret, settings.webhook_secret_previous)
    secrets = [secret for secret in given if secret.get_secret_value()]
    place = inbox_named(inbox)
    try:
        application = receiver(secrets, account_name=settings.account_name, inbox=place, emit=emit)
        if callbacks:
            done = _register(callbacks, secrets[0], action or ["unsubscribe"], block)
            print_line(f"callbacks: {done} for {callbacks}")

        def ready(url: str) -> None:
            print_line(f"receiver: {url}/webhooks  inbox: {place.name}  (Ctrl-C ends it)")

        if not serve(application, host, port, ready):
            raise InvalidArguments(
                f"the receiver cannot listen on {host}, port {port}",
                advice="Choose another --port, or end what listens there.",
            )
    finally:
        place.close()
    return OK


def _register(url: str, secret: SecretStr, actions: list[CallbackAction], block: str | None) -> str:
    from prefect_getresponse.events.receiving.registration import register_callbacks

    joint = "&" if "?" in url else "?"
    whole = f"{url}{joint}secret={quote(secret.get_secret_value())}"
    credentials = load_credentials(block)
    wanted = {name: name in actions for name in CallbackAction.__args__}  # type: ignore[attr-defined]

    async def register() -> str:
        return await register_callbacks(credentials.get_async_client(), whole, wanted)

    return asyncio.run(register())

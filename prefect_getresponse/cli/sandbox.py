"""`prefect-getresponse sandbox`."""

from __future__ import annotations

from prefect_getresponse.cli.console import OK, print_line
from prefect_getresponse.client.errors import InvalidArguments


def sandbox(
    *,
    host: str = "127.0.0.1",
    port: int = 8088,
    api_key: str = "sandbox-key",
    speed: float = 1.0,
    seed_contacts: int = 0,
    client_id: str = "sandbox-client",
    client_secret: str = "sandbox-secret",  # noqa: S107 - a secret of the sandbox only
    redirect_url: str = "http://127.0.0.1:8750/",
    domain: str = "",
    strict: bool = False,
    queue_answer: int = 409,
) -> int:
    """Serve a local GetResponse to try things against.

    Example: prefect-getresponse sandbox --port 8088 --speed 60

    Args:
        host: Address to listen on.
        port: Port to listen on, 0 for a free one.
        api_key: Key that callers must send.
        speed: Speed-up of GetResponse's background work (queues, imports, sending); call limits
            stay as they are.
        seed_contacts: Confirmed contacts on the default list from the start.
        client_id: Client id of the OAuth application that may ask for access tokens.
        client_secret: Its client secret.
        redirect_url: Where the authorize page sends people with a code.
        domain: Domain of a MAX account, which callers must send; a retail account without.
        strict: Take the contract only, not what GetResponse is known to take beyond it.
        queue_answer: HTTP status for an address that is sent again while it is in the queue: 409 or
            400. Which of them GetResponse answers is not known.
    """
    from prefect_getresponse.sandbox import Sandbox

    def ready(url: str) -> None:
        print_line(f"sandbox: {url}  key: {api_key}  (Ctrl-C ends it)")

    try:
        service = Sandbox(
            api_key=api_key,
            speed=speed,
            seed_contacts=seed_contacts,
            client_id=client_id,
            client_secret=client_secret,
            redirect_url=redirect_url,
            domain=domain,
            strict=strict,
            queue_status=queue_answer,
        )
        service.serve_forever(host, port, on_ready=ready)
    except (ValueError, OSError, OverflowError) as error:
        raise InvalidArguments(
            f"the sandbox cannot start: {str(error).rstrip('.')}",
            advice="Correct the option, or use --port 0.",
        ) from None
    except KeyboardInterrupt:
        pass
    return OK

"""`prefect-getresponse oauth`: let an OAuth 2.0 application into an account."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from prefect_getresponse.cli.accounts import find_block
from prefect_getresponse.cli.console import FAILED, OK, complain, print_line
from prefect_getresponse.client.errors import GetResponseError, InvalidArguments
from prefect_getresponse.credentials import GetResponseCredentials

oauth = App(name="oauth", help="Authorize an OAuth 2.0 application.")


@oauth.command
def login(
    *,
    block: str | None = None,
    port: int = 8750,
    paste: Annotated[bool, Parameter(negative="")] = False,
    show_secrets: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Let an OAuth application into an account, and keep its refresh token.

    Prints a page to open. The person who agrees there is sent back to this machine with a code,
    which becomes a refresh token. The application's redirect URL must be http://127.0.0.1:PORT/.

    Example: prefect-getresponse oauth login --block main

    Args:
        block: Block to keep the refresh token in. It gives the client id and secret too, if it
            exists; else PREFECT_INTEGRATIONS_GETRESPONSE_CLIENT_ID and _CLIENT_SECRET do.
        port: Port on this machine that the application's redirect URL names.
        paste: Ask for the address that the browser was sent to, on machines without a browser.
        show_secrets: Print the settings with the refresh token, instead of a block or as well.
    """
    from prefect_getresponse.accounts.oauth_login import applicant_of, get_code, keep

    if block is None and not show_secrets:
        raise InvalidArguments(
            "there is no place for the refresh token",
            advice="Name a block (--block NAME), or print it with --show-secrets.",
        )
    stored = find_block(block) if block else None
    applicant = applicant_of(stored or GetResponseCredentials.from_settings())
    code = get_code(applicant, None if paste else port, print_line)
    try:
        keep(applicant.exchange_code(code), block, print_line, show_secrets=show_secrets)
    except GetResponseError as error:
        complain(error)
        return FAILED
    return OK

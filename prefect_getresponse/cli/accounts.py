"""Which account a command is about: that of a block, or of the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from prefect_getresponse.accounts.access import Access
from prefect_getresponse.cli.console import one_line
from prefect_getresponse.client.errors import InvalidArguments, InvalidConfiguration
from prefect_getresponse.runtime.prefect_files import api_url
from prefect_getresponse.settings import GetResponseSettings

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials


def load_credentials(block: str | None) -> Access:
    """Credentials of a block, or of the settings.

    Raises:
        InvalidConfiguration: They are missing or cannot work.
    """
    if block is None:
        return Access.from_settings()
    found = find_block(block)
    if found is None:
        raise InvalidArguments(
            f"--block {block}: there is no GetResponseCredentials block of this name",
            advice="`prefect block ls` lists all blocks.",
        )
    return found


def find_block(name: str) -> GetResponseCredentials | None:
    """The block of a name; None if there is none.

    Raises:
        InvalidArguments: The Prefect server is not known, or the block cannot be used.
        InvalidConfiguration: The Prefect server does not answer, or it refuses.
    """
    if not api_url():
        raise InvalidArguments(
            "--block needs a Prefect server, and PREFECT_API_URL is not set",
            advice="Set it, or use PREFECT_INTEGRATIONS_GETRESPONSE_API_KEY instead of a block.",
        )
    from prefect.exceptions import ObjectNotFound

    from prefect_getresponse.credentials import GetResponseCredentials

    try:
        return GetResponseCredentials.load(name)
    except ValueError as error:
        if isinstance(error.__cause__, ObjectNotFound):
            return None
        raise InvalidArguments(f"--block {name}: {one_line(error)}") from None
    except httpx.HTTPError as error:
        raise InvalidConfiguration(
            f"--block {name}: the Prefect server does not give it: {error}",
            advice="Check PREFECT_API_URL and the key; `prefect server status` tells more.",
        ) from None


def account_of(block: str | None) -> tuple[str, str]:
    """Name and endpoint of the account of a block, or of the settings, which need no key for it."""
    if block:
        credentials = load_credentials(block)
        return credentials.account_name, credentials.endpoint
    settings = GetResponseSettings()
    return settings.account_name, settings.base_url.rstrip("/")

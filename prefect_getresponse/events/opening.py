"""Opens the inbox that is named, or the one of the settings."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from prefect_getresponse.contact_import.options import state_folder
from prefect_getresponse.events.inbox.inbox import Inbox
from prefect_getresponse.settings import GetResponseSettings


def inbox_named(given: str) -> Inbox:
    """Open an inbox; its owner closes it.

    Args:
        given: URL or path; the setting `INBOX_URL` if empty, and without that a file in the state
            folder.

    Raises:
        InboxError: It cannot be used.
    """
    return Inbox(given or GetResponseSettings().inbox_url, state_folder(""))


@contextmanager
def opened(given: str) -> Generator[Inbox]:
    """Open an inbox for a while.

    Raises:
        InboxError: It cannot be used.
    """
    inbox = inbox_named(given)
    try:
        yield inbox
    finally:
        inbox.close()

"""URLs of databases, as sources and destinations take them."""

from __future__ import annotations

import asyncio
import os
import re
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, cast

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from prefect_getresponse.client.privacy.masking import mask
from prefect_getresponse.runtime.prefect_files import api_url

_MESSAGE_SHOWN = 200
AGREED = ("GETRESPONSE_SOURCE_", "GETRESPONSE_TARGET_")
"""Variables that are meant for URLs: no other secret of a worker goes to a host of a parameter."""
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_LIBPQ = ("postgresql+psycopg", "postgresql+psycopg2")
_HOLD_CELLS = ("DataError", "InvalidTextRepresentation")


class DatabaseUrlError(ValueError):
    """A URL cannot be used; the arguments are the fault and what to do about it."""

    @property
    def what(self) -> str:
        """The fault, without a full stop."""
        return str(self.args[0])

    @property
    def advice(self) -> str:
        """What to do about it, without a full stop."""
        return str(self.args[1])


def database_url(url: str) -> URL:
    """Read the URL of a database; `postgresql://` means psycopg.

    Args:
        url: SQLAlchemy's URL. A password written as `${GETRESPONSE_SOURCE_NAME}` (or
            `_TARGET_`) is taken from the environment, or else from the Prefect secret of that name
            in small letters, with dashes.

    Raises:
        DatabaseUrlError: It cannot be understood, or the password is nowhere.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise DatabaseUrlError(
            "the URL of the database cannot be understood",
            "Write it like postgresql://user:${GETRESPONSE_SOURCE_PASSWORD}@host/database",
        ) from None
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername in _LIBPQ and "client_encoding" not in parsed.query:
        # Texts of a database in SQL_ASCII would be bytes otherwise, which SQLAlchemy cannot read.
        parsed = parsed.update_query_dict({"client_encoding": "utf8"})
    variable = _VARIABLE.fullmatch(parsed.password or "")
    if variable is None:
        return parsed
    if not variable[1].startswith(AGREED):
        raise DatabaseUrlError(
            f"the password is to be {variable[0]}, and URLs take only variables whose names begin"
            f" with {' or '.join(AGREED)}",
            f"Set it as {AGREED[0]}PASSWORD, and write ${{{AGREED[0]}PASSWORD}}",
        )
    return parsed.set(password=_secret(variable[1]))


def _secret(name: str) -> str:
    """What an agreed name stands for: a variable of this process, or else a secret of Prefect.

    Raises:
        DatabaseUrlError: It is neither.
    """
    if name in os.environ:
        return os.environ[name]
    block = name.lower().replace("_", "-")
    found = _prefect_secret(block)
    if found is None:
        raise DatabaseUrlError(
            f"the password is to be ${{{name}}}, which is not in the environment, and no Prefect"
            f" secret {block} can be read",
            f"Set the variable, or make a Secret block {block} on the Prefect server",
        )
    return found


def _prefect_secret(block: str) -> str | None:
    """The text of a Secret block; None if there is none, or no server that could have it."""
    if not api_url():
        return None
    from prefect.blocks.system import Secret

    async def load() -> Any:
        loaded = cast("Secret[Any]", await Secret.aload(block))  # pyright: ignore[reportUnknownMemberType]
        return loaded.get()

    try:
        with ThreadPoolExecutor(1) as other:  # a loop may be running in this thread
            value = other.submit(copy_context().run, asyncio.run, load()).result()
    except Exception:  # whatever a server says
        return None
    return value if isinstance(value, str) else None


def public_url_of(url: URL) -> URL:
    """The URL without what may be secret: password and options."""
    return URL.create(
        url.drivername.partition("+")[0],
        url.username,
        host=url.host,
        port=url.port,
        database=url.database,
    )


def reason(error: Exception, url: URL) -> str:
    """Why a database refuses, on one line, without the password and without cells."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    kind = type(cause or error).__name__
    if cause is None or kind in _HOLD_CELLS:
        return kind
    lines = str(cause).splitlines() or [""]
    secret = url.password if isinstance(url.password, str) else ""
    text = lines[0].replace(secret, "***") if secret else lines[0]
    return f"{kind}: {mask(text[:_MESSAGE_SHOWN])}"

"""Opens the database of an inbox, and words what goes wrong with it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.client.privacy.masking import mask
from prefect_getresponse.sources.database_urls import (
    DatabaseUrlError,
    database_url,
    public_url_of,
    reason,
)

WAIT_SECONDS = 2.0
"""How long a writer waits for another one: GetResponse waits 5 seconds for an answer."""
_DRIVERS = {"mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql"}
_PORTS = {"postgresql": 5432, "mysql": 3306, "mariadb": 3306}


class InboxError(GetResponseError):
    """The inbox cannot be used."""

    default_advice = "Check the address in INBOX_URL (or --inbox), the disk and the database."


class InboxTooNew(InboxError):
    """The inbox was made by a newer version of this package."""

    default_advice = "Upgrade prefect-getresponse on this machine, or name another inbox."


def inbox_url(given: str, state_dir: Path) -> URL:
    """The address of an inbox.

    Args:
        given: SQLAlchemy's URL, or a path of a SQLite file; a password may be written as `${NAME}`,
            which is taken from the environment. Empty for a file in the state folder.
        state_dir: The state folder.

    Raises:
        InboxError: It cannot be understood, or a variable is missing.
    """
    if not given:
        return URL.create("sqlite", database=str(state_dir / "inbox.sqlite"))
    if "://" not in given:
        return URL.create("sqlite", database=str(Path(given).expanduser()))
    try:
        url = database_url(given)
    except DatabaseUrlError as error:
        raise InboxError(f"the inbox: {error.what}", advice=f"{error.advice}.") from None
    return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))


def shown(url: URL) -> str:
    """An address as people may see it."""
    public = public_url_of(url)
    anonymous = URL.create(
        public.drivername, host=public.host, port=public.port, database=public.database
    )
    return anonymous.render_as_string()


def same_database(url: URL, other: str) -> bool:
    """Whether an inbox lies in a database that another URL names."""
    try:
        there = database_url(other)
    except DatabaseUrlError:
        return False
    return _place(url) == _place(there)


def _place(url: URL) -> tuple[object, ...]:
    kind = url.get_backend_name()
    if kind == "sqlite":
        return kind, str(Path(url.database or "").expanduser().resolve())
    return kind, url.host or "localhost", url.port or _PORTS.get(kind), url.database


def open_database(url: URL) -> Engine:
    """Connect, lazily, to a database.

    Raises:
        InboxError: A driver is missing, or the folder of a file.
    """
    options: dict[str, Any] = {"hide_parameters": True, "pool_pre_ping": True}
    is_file = url.get_backend_name() == "sqlite"
    if is_file:
        _make_folder(url)
        options["connect_args"] = {"timeout": WAIT_SECONDS, "check_same_thread": False}
    try:
        engine = create_engine(url, **options)
    except (ImportError, NoSuchModuleError, ArgumentError) as error:
        raise InboxError(
            f"the inbox {shown(url)} needs a driver that is missing: {mask(str(error))}",
            advice="pip install 'prefect-getresponse[sql]' brings the one for PostgreSQL.",
        ) from None
    if is_file:
        event.listen(engine, "connect", _prepare_file)
        event.listen(engine, "begin", _begin)
    return engine


def explained(url: URL, error: SQLAlchemyError | OSError) -> InboxError:
    """What a database said, without what it was sent."""
    return InboxError(f"the inbox {shown(url)} cannot be used: {reason(error, url)}")


def _make_folder(url: URL) -> None:
    if url.database and url.database != ":memory:":
        folder = Path(url.database).parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # It holds addresses: nobody else on this machine may read it.
            os.close(os.open(url.database, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise explained(url, error) from None


def _prepare_file(connection: Any, _record: object) -> None:
    # The driver's own transactions begin late and cannot be told to take the lock at once.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    # What was acknowledged survives a power cut, not only a killed process.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")

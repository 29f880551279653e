"""Find the kind of a destination by its URL."""

from __future__ import annotations

from prefect_getresponse.sinks.sink import Sink
from prefect_getresponse.sinks.sql import SqlSink


def open_sink(url: str) -> Sink:
    """Open a destination.

    Args:
        url: SQLAlchemy's URL of a database.

    Raises:
        SinkNotFound: It cannot be understood, or a driver is missing.
    """
    return SqlSink(url)

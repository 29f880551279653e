"""Find the kind of a destination by its URL."""

from __future__ import annotations

from prefect_getresponse.sinks.parquet import folder, is_folder
from prefect_getresponse.sinks.sink import Sink
from prefect_getresponse.sinks.sql import SqlSink


def open_sink(url: str) -> Sink:
    """Open a destination.

    Args:
        url: SQLAlchemy's URL of a database; or a folder, or the URL of one (s3://...), for Parquet.

    Raises:
        SinkNotFound: It cannot be understood, or a driver or package is missing.
    """
    return folder(url) if is_folder(url) else SqlSink(url)

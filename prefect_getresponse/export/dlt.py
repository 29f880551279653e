"""The account as a source of dlt, for the destinations that only dlt has.

It is an adapter: the export writes its tables into a copy, a SQLite file, and dlt takes them from
there, with their keys and types. So what dlt loads is proved as any export is. Needs
`pip install "prefect-getresponse[dlt]"`.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import finalize

from prefect_getresponse.export.engine import chosen_tables, run_export
from prefect_getresponse.export.options import ExportOptions, export_options
from prefect_getresponse.export.report import failure
from prefect_getresponse.export.schema.catalogue import RUNS, shaped_tables
from prefect_getresponse.sinks.opening import open_sink
from prefect_getresponse.sinks.tables import SYNCED_AT, Kind, Table, Where

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

LAG = timedelta(days=1)
"""How far a load goes back behind the last one."""
_ROWS_AT_ONCE = 5_000
_REPLACED = ("contact_tags", "contact_custom_fields", "order_lines", "cart_lines")
"""Tables whose rows go without a trace, and that are loaded whole therefore."""
_TYPES = {
    Kind.TEXT: "text",
    Kind.INTEGER: "bigint",
    Kind.NUMBER: "double",
    Kind.BOOLEAN: "bool",
    Kind.TIMESTAMP: "timestamp",
    Kind.DAY: "date",
    Kind.JSON: "json",
}
Row = dict[str, Any]


def getresponse_source(
    credentials: GetResponseCredentials,
    streams: Sequence[str] = (),
    *,
    copy: str = "",
    **options: Any,
) -> Any:
    """Export the account into a copy, and make its tables a source of dlt.

    Args:
        credentials: The account.
        streams: What to export, such as contacts or newsletters; everything if empty.
        copy: Path of the copy. It is kept, so that the next load reads what changed since; without
            it the account is read whole each time, into a file that goes with the source.
        options: Further options of the export, such as `details`.

    Returns:
        The source, for `pipeline.run(...)`: a resource for each table.

    Raises:
        ExportFailed: Something is missing that nothing explains, or the export broke off.
        InvalidArguments: A stream or an option is unknown.
    """
    dlt: Any = import_module("dlt")
    folder = None if copy else tempfile.TemporaryDirectory(prefix="getresponse-dlt-")
    path = copy or str(Path(folder.name if folder else "") / "copy.sqlite")
    chosen = export_options(to=f"sqlite:///{path}", streams=tuple(streams), **options)
    with ThreadPoolExecutor(1) as thread:  # where no event loop is running, as in a notebook
        thread.submit(asyncio.run, _export(credentials, chosen)).result()
    tables = [*chosen_tables(chosen, shaped_tables()), RUNS]
    source = dlt.source(
        lambda: [_resource(dlt, chosen.to, table) for table in tables], name="getresponse"
    )()
    if folder:
        finalize(source, folder.cleanup)
    return source


async def _export(credentials: GetResponseCredentials, options: ExportOptions) -> None:
    with closing(open_sink(options.to)) as sink:
        client = credentials.get_async_client()
        report = await run_export(options, credentials.account_name, client, sink)
    if report.problem:
        raise failure(report)


def _resource(dlt: Any, to: str, table: Table) -> Any:
    """A table as dlt takes it: only rows that are new, unless rows of it go without a trace."""
    hints: dict[str, Any] = {
        "name": table.name,
        "primary_key": list(table.key),
        "columns": {
            each.name: {"name": each.name, "data_type": _TYPES[each.kind]}
            for each in table.all_columns
        },
    }
    if table.name in _REPLACED:
        return dlt.resource(lambda: _rows(to, table), write_disposition="replace", **hints)
    cursor = dlt.sources.incremental(SYNCED_AT, lag=LAG.total_seconds())

    def changed(since: Any = cursor) -> Iterator[list[Row]]:
        last = since.last_value
        yield from _rows(to, table, *([Where(SYNCED_AT, ">=", last)] if last else []))

    return dlt.resource(changed, write_disposition="merge", **hints)


def _rows(to: str, table: Table, *where: Where) -> Iterator[list[Row]]:
    names = [column.name for column in table.all_columns]
    with closing(open_sink(to)) as sink:
        rows = iter(sink.select(table, names, *where))
        while part := list(islice(rows, _ROWS_AT_ONCE)):
            yield [dict(zip(names, row, strict=True)) for row in part]

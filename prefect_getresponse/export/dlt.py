"""The account as a source of dlt, for the destinations that only dlt has.

It is an adapter: tables, keys and types are those of the export, rows are read and turned by the
same code. How far it has come is kept by dlt. Needs `pip install "prefect-getresponse[dlt]"`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

from prefect_getresponse.client.paginate import iterate_pages
from prefect_getresponse.export.options import export_options
from prefect_getresponse.export.schema.catalogue import ENTITIES, Entity, Shaped, shaped_tables
from prefect_getresponse.export.schema.rows import RowShape
from prefect_getresponse.operation import OperationTask
from prefect_getresponse.segments import section
from prefect_getresponse.sinks.tables import Column, Kind
from prefect_getresponse.tasks.accounts import get_account
from prefect_getresponse.tasks.campaigns import list_campaigns
from prefect_getresponse.tasks.contacts import Contact, list_contacts
from prefect_getresponse.tasks.search_contacts import list_contacts_by_conditions

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

LAG = timedelta(days=1)
"""How far a load goes back behind the last one."""
_TYPES = {
    Kind.TEXT: "text",
    Kind.INTEGER: "bigint",
    Kind.NUMBER: "double",
    Kind.BOOLEAN: "bool",
    Kind.TIMESTAMP: "timestamp",
    Kind.DAY: "date",
    Kind.JSON: "json",
}
_OWN_WAY = ("contacts", "removals")
Row = dict[str, Any]


def getresponse_source(credentials: GetResponseCredentials, streams: Sequence[str] = ()) -> Any:
    """Make the account a source of dlt.

    Args:
        credentials: The account.
        streams: Names of tables: those that are read whole, `contacts` (by `changed_on`, with a lag
            of a day) and `removals`; all of these if empty.

    Returns:
        The source, for `pipeline.run(...)`.

    Raises:
        InvalidArguments: A stream is unknown.
    """
    dlt: Any = import_module("dlt")
    export_options(to="dlt", streams=tuple(streams))
    account_id = str(_call(credentials, get_account)["accountId"])
    tables = shaped_tables()

    def resources() -> Iterator[Any]:
        for entity in ENTITIES:
            if not entity.of_shop and (not streams or entity.name in streams):
                shaped = tables[entity.name]
                rows = _rows_of(credentials, account_id, entity, shaped)
                yield _resource(dlt, shaped, shaped.table.columns, rows, "replace")
        if not streams or "removals" in streams:
            rows = _removals(credentials, account_id, tables["removals"])
            columns = tables["removals"].table.columns
            yield _resource(dlt, tables["removals"], columns, rows, "merge")
        if not streams or "contacts" in streams:
            yield _contacts(dlt, credentials, account_id, tables["contacts"])

    return dlt.source(resources, name="getresponse")()


def _resource(
    dlt: Any, shaped: Shaped, columns: Sequence[Column], rows: Iterator[list[Row]], how: str
) -> Any:
    table = shaped.table
    return dlt.resource(
        rows,
        name=table.name,
        primary_key=list(table.key),
        write_disposition=how,
        columns=_hints(columns),
    )


def _hints(columns: Sequence[Column]) -> dict[str, dict[str, str]]:
    return {each.name: {"name": each.name, "data_type": _TYPES[each.kind]} for each in columns}


def _contacts(
    dlt: Any, credentials: GetResponseCredentials, account_id: str, shaped: Shaped
) -> Any:
    listed = RowShape(Contact)
    columns = (Column("account_id"), *listed.columns)
    names = [column.name for column in columns]

    cursor = dlt.sources.incremental("changed_on", lag=LAG.total_seconds())

    def contacts(since: Any = cursor) -> Iterator[list[Row]]:
        last: datetime | None = since.last_value
        window = {"changed_from": (last - LAG).strftime("%Y-%m-%dT%H:%M:%S+0000")} if last else {}
        for page in _pages(credentials, list_contacts, sort_email="ASC", **window):
            yield [dict(zip(names, (account_id, *row), strict=True)) for row in listed.rows(page)]

    return dlt.resource(
        contacts,
        name="contacts",
        primary_key=list(shaped.table.key),
        write_disposition="merge",
        columns=_hints(columns),
    )


def _rows_of(
    credentials: GetResponseCredentials, account_id: str, entity: Entity, shaped: Shaped
) -> Iterator[list[Row]]:
    for page in _pages(credentials, entity.task, **entity.sort):
        yield _named(shaped, shaped.rows(account_id, page))


def _removals(
    credentials: GetResponseCredentials, account_id: str, shaped: Shaped
) -> Iterator[list[Row]]:
    lists = [each["campaignId"] for page in _pages(credentials, list_campaigns) for each in page]
    left = _pages(
        credentials,
        list_contacts_by_conditions,
        subscribers_type=["removed"],
        section_logic_operator="and",
        section=[section(lists)],
        sort_email="ASC",
    )
    for page in left:
        yield _named(shaped, shaped.rows(account_id, page))


def _named(shaped: Shaped, rows: list[tuple[Any, ...]]) -> list[Row]:
    return [dict(zip(shaped.table.names, row, strict=True)) for row in rows]


def _pages(
    credentials: GetResponseCredentials, task: OperationTask[..., Any], **arguments: object
) -> Iterator[list[Row]]:
    request = task.operation.request(arguments)
    for page in iterate_pages(credentials.get_client(), request):
        if page.items:
            yield page.items


def _call(
    credentials: GetResponseCredentials, task: OperationTask[..., Any], **arguments: object
) -> Any:
    return credentials.get_client().send(task.operation.request(arguments)).data

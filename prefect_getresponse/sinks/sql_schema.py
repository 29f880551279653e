"""What a database must have before rows go there: schema, tables, columns."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, Inspector, inspect
from sqlalchemy import Table as SqlTable
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateColumn, CreateSchema, CreateTable

from prefect_getresponse.sinks.sink import NotOurTable, SinkError
from prefect_getresponse.sinks.sql_statements import SqlTables
from prefect_getresponse.sinks.tables import SYNCED_AT, Table


def creation(engine: Engine, tables: SqlTables, wanted: Sequence[Table]) -> list[str]:
    """The statements that make schema and tables, as the database understands them."""
    dialect = engine.dialect
    schema = [CreateSchema(tables.schema, if_not_exists=True)] if tables.schema else []
    statements: list[CreateSchema | CreateTable] = [*schema]
    statements += [CreateTable(each) for table in wanted for each in _both(tables, table)]
    return [f"{str(each.compile(dialect=dialect)).strip()};" for each in statements]


def make_missing(engine: Engine, tables: SqlTables, wanted: Sequence[Table]) -> list[str]:
    """Make the schema, tables and columns that are missing.

    Returns:
        What was made.

    Raises:
        NotOurTable: A table exists that was not made by this package.
        SinkError: Something is missing, and the database does not let it be made.
    """
    made: list[str] = []
    with engine.begin() as connection:
        seen = inspect(connection)
        if tables.schema and not seen.has_schema(tables.schema):
            connection.execute(CreateSchema(tables.schema))
            made.append(f"schema {tables.schema}")
        there = set(seen.get_table_names(schema=tables.schema))
        for table in wanted:
            for each in _both(tables, table):
                if each.name in there:
                    made += _add_columns(connection, seen, each)
                else:
                    _allowed(connection, CreateTable(each), f"table {each.name} is missing")
                    made.append(f"table {each.name}")
    return made


def _both(tables: SqlTables, table: Table) -> list[SqlTable]:
    """The table itself and, where rows go through one, its staging table."""
    return [tables.table(table), *([tables.staging(table)] if tables.staged else [])]


def _add_columns(connection: Connection, seen: Inspector, table: SqlTable) -> list[str]:
    names = {column["name"] for column in seen.get_columns(table.name, schema=table.schema)}
    if SYNCED_AT not in names:
        raise NotOurTable(f"a table {table.name} is there that has no column {SYNCED_AT}")
    missing = [column for column in table.columns if column.name not in names]
    preparer = connection.dialect.identifier_preparer
    for column in missing:
        column_text = str(CreateColumn(column).compile(dialect=connection.dialect))
        statement = f"ALTER TABLE {preparer.format_table(table)} ADD {column_text}"
        _allowed(connection, statement, f"column {table.name}.{column.name} is missing")
    return [f"column {table.name}.{column.name}" for column in missing]


def _allowed(connection: Connection, statement: CreateTable | str, missing: str) -> None:
    try:
        if isinstance(statement, str):
            connection.exec_driver_sql(statement)
        else:
            connection.execute(statement)
    except SQLAlchemyError as error:
        if "exist" in str(error).lower() and "permission" not in str(error).lower():
            raise  # made by another process meanwhile
        raise SinkError(
            f"{missing}, and the database does not let it be made",
            advice="Let somebody who may make it run what `export --print-ddl` prints.",
        ) from None

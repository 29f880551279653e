"""`prefect-getresponse operations`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.table import Table

from prefect_getresponse.cli import console
from prefect_getresponse.cli.console import OK, print_line
from prefect_getresponse.client.errors import InvalidArguments

if TYPE_CHECKING:
    from prefect_getresponse.tasks import OperationRow


def operations(
    *words: str, json_: Annotated[bool, Parameter(name="--json", negative="")] = False
) -> int:
    """List the operations of the API and the tasks that call them.

    Example: prefect-getresponse operations contacts delete

    Args:
        words: Only operations whose task, module, method or path holds all of these words.
        json_: Print JSON: a list of objects with task, module, method, path and deprecated.
    """
    from prefect_getresponse.tasks import operation_rows

    rows = [row for row in operation_rows() if _holds(row, words)]
    if not rows:
        raise InvalidArguments(
            f"no operation holds {' and '.join(words)}",
            advice="Without words, all are listed.",
        )
    if json_:
        print_line(json.dumps(rows, indent=2))
    elif console.out.is_terminal:
        console.out.print(operation_table(rows))
    else:
        for row in rows:
            cells = [f"{row['module']}.{row['task']}", row["method"], row["path"]]
            print_line("  ".join([*cells, "deprecated"] if row["deprecated"] else cells))
    return OK


def _holds(row: OperationRow, words: Sequence[str]) -> bool:
    text = f"{row['module']}.{row['task']} {row['method']} {row['path']}".casefold()
    return all(word.casefold() in text for word in words)


def operation_table(rows: list[OperationRow]) -> Table:
    """Operations as a table for a terminal, deprecated ones dimmed."""
    table = Table("module", "task", "method", "path", title=f"{len(rows)} operations")
    for row in rows:
        module = row["module"].rpartition(".")[2]
        style = "dim strike" if row["deprecated"] else ""
        table.add_row(module, row["task"], row["method"], row["path"], style=style)
    return table

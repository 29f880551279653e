"""`prefect-getresponse operations`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.table import Table

from prefect_getresponse.cli import console
from prefect_getresponse.cli.console import OK, print_line

if TYPE_CHECKING:
    from prefect_getresponse.tasks import OperationRow


def operations(*, json_: Annotated[bool, Parameter(name="--json", negative="")] = False) -> int:
    """List every operation of the API and the task that calls it.

    Example: prefect-getresponse operations --json

    Args:
        json_: Print JSON: a list of objects with task, module, method, path and deprecated.
    """
    from prefect_getresponse.tasks import operation_rows

    rows = operation_rows()
    if json_:
        print_line(json.dumps(rows, indent=2))
    elif console.out.is_terminal:
        console.out.print(operation_table(rows))
    else:
        for row in rows:
            words = [f"{row['module']}.{row['task']}", row["method"], row["path"]]
            print_line("  ".join([*words, "deprecated"] if row["deprecated"] else words))
    return OK


def operation_table(rows: list[OperationRow]) -> Table:
    """Operations as a table for a terminal, deprecated ones dimmed."""
    table = Table("module", "task", "method", "path", title=f"{len(rows)} operations")
    for row in rows:
        module = row["module"].rpartition(".")[2]
        style = "dim strike" if row["deprecated"] else ""
        table.add_row(module, row["task"], row["method"], row["path"], style=style)
    return table

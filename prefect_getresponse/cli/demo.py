"""`prefect-getresponse demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from prefect_getresponse.cli.console import check_writable
from prefect_getresponse.client.errors import InvalidArguments


def demo(
    *, rows: int | None = None, json_: Annotated[Path | None, Parameter(name="--json")] = None
) -> int:
    """Watch a nightly contact import run as a Prefect flow against the sandbox.

    Example: prefect-getresponse demo --rows 5000

    Args:
        rows: Number of customers; the example file as it is if not given.
        json_: Write the report to this file.
    """
    from prefect_getresponse.cli.demonstration import start_demo

    if rows is not None and rows < 1:
        raise InvalidArguments("--rows must be at least 1")
    check_writable(json_)
    return start_demo(rows, json_)

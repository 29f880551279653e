"""`prefect-getresponse undo`: take back the people whom the last import of a list has added."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from prefect_getresponse.cli.accounts import load_credentials
from prefect_getresponse.cli.console import FAILED, OK, check_writable, print_line, write_json
from prefect_getresponse.cli.dialogue import ensure_approved
from prefect_getresponse.cli.failures import failures_told_to
from prefect_getresponse.contact_import.account import Account
from prefect_getresponse.contact_import.job import private_dir
from prefect_getresponse.contact_import.options import state_folder
from prefect_getresponse.contact_import.undoing.plan import UndoPlan, plan_undo
from prefect_getresponse.contact_import.undoing.undo import UndoReport
from prefect_getresponse.contact_import.undoing.undo import undo as undo_import

if TYPE_CHECKING:
    from prefect_getresponse.accounts.access import Access


def undo(
    list_name: str,
    *,
    approve: str = "",
    block: str | None = None,
    state_dir: str = "",
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    no_input: Annotated[bool, Parameter(negative="")] = False,
    json_: Annotated[Path | None, Parameter(name="--json")] = None,
) -> int:
    """Remove the people whom the last import into a list has added and who have not changed since.

    Shows the plan and asks at a terminal; elsewhere `--approve` with the plan's hash is the answer.
    People who were on the list before stay as the import left them.

    Example: prefect-getresponse undo Newsletter --dry-run

    Args:
        list_name: Name of the list, or its id.
        approve: Hash of the plan that you approve; `--dry-run` shows it.
        block: Name of a GetResponseCredentials block; PREFECT_INTEGRATIONS_GETRESPONSE_* otherwise.
        state_dir: Folder of the ledgers; <PREFECT_HOME>/getresponse if not given.
        dry_run: Stop after the plan.
        no_input: Ask nothing at a terminal.
        json_: Write plan and report to this file, or why it stopped.
    """
    check_writable(json_)
    with failures_told_to(json_):
        return _undo(
            list_name,
            private_dir(state_folder(state_dir)),
            load_credentials(block),
            approve=approve,
            dry_run=dry_run,
            no_input=no_input,
            json_file=json_,
        )


def _undo(
    list_name: str,
    folder: Path,
    credentials: Access,
    *,
    approve: str,
    dry_run: bool,
    no_input: bool,
    json_file: Path | None,
) -> int:
    """Plan it, have it approved, do it, and say what came of it."""

    async def look() -> UndoPlan:
        return await plan_undo(Account(credentials.get_async_client()), list_name, folder)

    plan = asyncio.run(look())
    print_line(plan.markdown())
    planned = {"plan_hash": plan.hash, "planned": len(plan.arrivals), "error": None}
    if dry_run or not plan.arrivals:
        if json_file:
            write_json(json_file, planned)
        return OK
    question = f"Remove up to {len(plan.arrivals):,} people from {plan.campaign.name}?"
    ensure_approved(plan.hash, approve, question, no_input=no_input)

    async def work() -> UndoReport:
        return await undo_import(Account(credentials.get_async_client()), plan, plan.hash)

    report = asyncio.run(work())
    if json_file:
        write_json(json_file, planned | report.as_dict() | {"error": report.problem or None})
    print_line(report.sentence())
    if report.problem:
        print_line(f"some could not be removed: {report.problem} Run it again.")
    return FAILED if report.failed or not report.balanced else OK

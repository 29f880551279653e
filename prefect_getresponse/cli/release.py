"""`prefect-getresponse release`: send a newsletter that was checked and approved, once."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

from cyclopts import App, Parameter
from rich.markdown import Markdown

from prefect_getresponse.cli import console
from prefect_getresponse.cli.accounts import load_credentials
from prefect_getresponse.cli.console import (
    FAILED,
    OK,
    Stopped,
    check_writable,
    print_line,
    write_json,
)
from prefect_getresponse.cli.contact_import import operator
from prefect_getresponse.cli.dialogue import ensure_approved
from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.newsletters.account_side import AccountSide
from prefect_getresponse.newsletters.afterwards import cancel_release, release_statistics
from prefect_getresponse.newsletters.content.links import LinkCheck
from prefect_getresponse.newsletters.engine import Approval, Releasing
from prefect_getresponse.newsletters.plan import ReleaseHasErrors, ReleasePlan
from prefect_getresponse.newsletters.release_file import read_release
from prefect_getresponse.newsletters.report import ReleaseReport
from prefect_getresponse.runtime.approvals import ApprovalNeeded

T = TypeVar("T")

release = App(name="release", help="Send a newsletter that was checked and approved, once.")


@release.default
def release_(
    file: str,
    *,
    approve: str = "",
    block: str | None = None,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    no_input: Annotated[bool, Parameter(negative="")] = False,
    links: bool = True,
    json_: Annotated[Path | None, Parameter(name="--json")] = None,
) -> int:
    """Check a release against its account, have it approved, and send it once.

    Shows the plan and asks at a terminal; elsewhere `--approve` with the plan's hash is the answer.
    The same command again sends nothing twice.

    Example: prefect-getresponse release spring.yaml --dry-run

    Args:
        file: Release file (.yaml, .json).
        approve: Hash of the plan that you approve; `--dry-run` shows it.
        block: Name of a GetResponseCredentials block; PREFECT_INTEGRATIONS_GETRESPONSE_* otherwise.
        dry_run: Stop after the plan.
        no_input: Ask nothing at a terminal.
        links: Follow the links of the newsletter; dead ones are errors.
        json_: Write the report to this file.
    """
    check_writable(json_)
    text = read_release(file)
    credentials = load_credentials(block)
    followed = LinkCheck.from_settings() if links else None
    run = Releasing(text, credentials.account_name, time.time, followed)

    def report() -> ReleaseReport:
        plan = asyncio.run(_with(credentials.get_async_client, run.plan))
        _show(plan.markdown())
        if dry_run:
            return run.report(plan)
        approval = _approval(plan, approve, no_input=no_input)
        return asyncio.run(
            _with(
                credentials.get_async_client,
                lambda client: run.release(client, plan, approval),
            )
        )

    try:
        made = report()
    except (GetResponseError, Stopped) as error:
        if json_:
            write_json(json_, _stop(error))
        raise
    if json_:
        write_json(json_, made.as_dict() | {"error": made.problem})
    if not dry_run:
        _show(made.markdown())
    return FAILED if made.problem else OK


@release.command(name="stats")
def stats_(
    key: str,
    *,
    block: str | None = None,
    json_: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> int:
    """Show how a release went, beside the last newsletters to its list.

    Example: prefect-getresponse release stats spring

    Args:
        key: Key of the release.
        block: Name of a GetResponseCredentials block; PREFECT_INTEGRATIONS_GETRESPONSE_* otherwise.
        json_: Print it as JSON.
    """
    found = _ask(block, lambda side: release_statistics(side, key))
    if json_:
        print_line(json.dumps(found.as_dict(), indent=2, ensure_ascii=False))
    else:
        _show(found.markdown())
    return OK


@release.command(name="cancel")
def cancel_(key: str, *, block: str | None = None) -> int:
    """Stop a release that waits to be sent; its newsletter becomes a draft again.

    Example: prefect-getresponse release cancel spring

    Args:
        key: Key of the release.
        block: Name of a GetResponseCredentials block; PREFECT_INTEGRATIONS_GETRESPONSE_* otherwise.
    """
    newsletter = _ask(block, lambda side: cancel_release(side, key))
    print_line(f"cancelled: newsletter {newsletter} of the release {key} is a draft again")
    return OK


def _approval(plan: ReleasePlan, approve: str, *, no_input: bool) -> Approval:
    """Return who approves a plan: `--approve`, or a person at the terminal.

    Raises:
        ApprovalNeeded: There is nobody to ask.
        Stopped: It was declined.
    """
    if not plan.before:
        question = f"Release {plan.key} to {plan.audience.sentence()}?"
        ensure_approved(plan.hash, approve, question, no_input=no_input)
    return Approval(plan.hash, operator())


def _ask(block: str | None, work: Callable[[AccountSide], Coroutine[Any, Any, T]]) -> T:
    credentials = load_credentials(block)
    return asyncio.run(
        _with(credentials.get_async_client, lambda client: work(AccountSide(client, time.time)))
    )


async def _with(
    client: Callable[[], AsyncClient], work: Callable[[AsyncClient], Coroutine[Any, Any, T]]
) -> T:
    return await work(client())


def _stop(error: Exception) -> dict[str, Any]:
    findings = error.findings if isinstance(error, ReleaseHasErrors) else ()
    return {
        "error": str(error) or "declined",
        "hash": error.hash if isinstance(error, ApprovalNeeded) else "",
        "findings": [each.as_dict() for each in findings],
    }


def _show(markdown: str) -> None:
    if console.out.is_terminal:
        console.out.print(Markdown(markdown))
    else:
        print_line(markdown)

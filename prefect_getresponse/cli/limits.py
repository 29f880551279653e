"""`prefect-getresponse limits`: the limits of an account that all workers share through Prefect."""

from __future__ import annotations

import asyncio

from cyclopts import App

from prefect_getresponse.accounts.access import Access
from prefect_getresponse.cli.accounts import account_of, load_credentials
from prefect_getresponse.cli.console import FAILED, OK, one_line, print_line
from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.limits.budgets import FRAME_SECONDS

limits = App(name="limits", help="Limits of an account that all workers share through Prefect.")

PATIENCE = 10.0
"""Seconds in which other workers give a slot to ask GetResponse with."""


@limits.command(name="ensure")
def ensure_(*, block: str | None = None) -> int:
    """Create the limits of an account in Prefect, or repair them.

    Workers create them by themselves; this repairs what was changed by hand.

    Example: prefect-getresponse limits ensure --block main

    Args:
        block: Block of the account; PREFECT_INTEGRATIONS_GETRESPONSE_ACCOUNT_NAME otherwise.
    """
    from prefect_getresponse.accounts.shared_limits import ensure_limits

    account, endpoint = account_of(block)
    ensure_limits(account)
    return _show(account, endpoint)


@limits.command(name="show")
def show_(*, block: str | None = None) -> int:
    """Show what workers use of an account: slots, endpoint budgets, and the running frame.

    Asks GetResponse for the frame, by one call, if there are credentials. Exits with 1 if the
    limits are not as workers need them.

    Example: prefect-getresponse limits show --block main

    Args:
        block: Block of the account; PREFECT_INTEGRATIONS_GETRESPONSE_ACCOUNT_NAME otherwise.
    """
    code = _show(*account_of(block))
    print_line(f"frame: {_frame(block)}")
    return code


@limits.command(name="reset")
def reset_(*, block: str | None = None) -> int:
    """Release all slots and budgets, e.g. after the Prefect server restarted.

    Use it when nothing works on the account: workers that run do not notice.

    Example: prefect-getresponse limits reset --block main

    Args:
        block: Block of the account; PREFECT_INTEGRATIONS_GETRESPONSE_ACCOUNT_NAME otherwise.
    """
    from prefect_getresponse.accounts.shared_limits import reset_limits

    account, endpoint = account_of(block)
    reset_limits(account, endpoint)
    return _show(account, endpoint)


def _show(account: str, endpoint: str) -> int:
    """Print the limits of an account, and say whether they are right as an exit code."""
    from prefect_getresponse.accounts.shared_limits import read_budgets, read_limits

    states = read_limits(account)
    for state in states:
        if state.size is None:
            print_line(f"{state.name}: missing; the first worker creates it")
        else:
            remark = "" if state.is_right else "; changed by hand, `limits ensure` repairs it"
            print_line(f"{state.name}: {state.taken} of {state.size} taken{remark}")
    for budget in read_budgets(account, endpoint):
        window = "10 minutes" if budget.seconds <= FRAME_SECONDS else "24 hours"
        print_line(f"{budget.name}: {budget.used} of {budget.calls} calls of {window} used")
    return OK if all(state.is_right for state in states) else FAILED


def _frame(block: str | None) -> str:
    """What GetResponse says of the running frame, in words."""
    try:
        return asyncio.run(_asked_frame(load_credentials(block)))
    except GetResponseError as error:
        return f"not known ({one_line(error)})"
    except TimeoutError:
        return "not known (no slot became free for the question)"


async def _asked_frame(credentials: Access) -> str:
    from prefect_getresponse.client.request import ApiRequest, RetryClass

    client = credentials.get_async_client()
    async with asyncio.timeout(PATIENCE):
        await client.send(ApiRequest("GET", "/accounts", "/accounts", RetryClass.READ))
    frame = client.throttle.frame
    if frame is None:
        return "not known (GetResponse did not tell)"
    left, seconds = frame
    return f"{left:,} calls left for {seconds:.0f} s"

"""`prefect-getresponse limits`: the limits of an account that all workers share through Prefect."""

from __future__ import annotations

from cyclopts import App

from prefect_getresponse.cli.accounts import account_of
from prefect_getresponse.cli.console import FAILED, OK, print_line

limits = App(name="limits", help="Limits of an account that all workers share through Prefect.")


@limits.command(name="ensure")
def ensure_(*, block: str | None = None) -> int:
    """Create the limits of an account in Prefect, or repair them.

    Workers create them by themselves; this repairs what was changed by hand.

    Example: prefect-getresponse limits ensure --block main

    Args:
        block: Block of the account; PREFECT_INTEGRATIONS_GETRESPONSE_ACCOUNT_NAME otherwise.
    """
    from prefect_getresponse.limits import ensure_limits

    account = account_of(block)
    ensure_limits(account)
    return show_limits(account)


@limits.command(name="show")
def show_(*, block: str | None = None) -> int:
    """Show how many slots of an account are taken, and by how many workers.

    Exits with 1 if the limits are not as workers need them.

    Example: prefect-getresponse limits show --block main

    Args:
        block: Block of the account; PREFECT_INTEGRATIONS_GETRESPONSE_ACCOUNT_NAME otherwise.
    """
    return show_limits(account_of(block))


@limits.command(name="reset")
def reset_(*, block: str | None = None) -> int:
    """Free all slots of an account, for what a restart of the Prefect server left behind.

    Use it when nothing works on the account: workers that run do not notice.

    Example: prefect-getresponse limits reset --block main

    Args:
        block: Block of the account; PREFECT_INTEGRATIONS_GETRESPONSE_ACCOUNT_NAME otherwise.
    """
    from prefect_getresponse.limits import reset_limits

    account = account_of(block)
    reset_limits(account)
    return show_limits(account)


def show_limits(account: str) -> int:
    """Print the limits of an account, and say whether they are right as an exit code."""
    from prefect_getresponse.limits import read_limits

    states = read_limits(account)
    for state in states:
        if state.size is None:
            print_line(f"{state.name}: missing; the first worker creates it")
        else:
            remark = "" if state.is_right else "; changed by hand, `limits ensure` repairs it"
            print_line(f"{state.name}: {state.taken} of {state.size} taken{remark}")
    return OK if all(state.is_right for state in states) else FAILED

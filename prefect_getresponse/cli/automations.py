"""`prefect-getresponse automations`: the ones of the package, on a Prefect server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from prefect_getresponse.cli.console import FAILED, OK, print_line

if TYPE_CHECKING:
    from prefect_getresponse.cli.automation_definitions import Standing

automations = App(name="automations", help="Install the automations that come with the package.")


@automations.command(name="install")
def install_(
    *names: str,
    notify: str = "",
    force: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Put automations on the Prefect server; installing twice changes nothing.

    What you have edited in Prefect is left alone, and the command exits with 1.

    Example: prefect-getresponse automations install --notify slack-webhook/ops

    Args:
        names: no-import, too-many-rejects, webhooks-silent, approval-waits, approval-expired; all
            if none is named.
        notify: Type and name of the notification block that tells you, as `prefect block ls`
            shows them.
        force: Overwrite what was edited.
    """
    from prefect_getresponse.cli.automation_definitions import (
        Automations,
        notification_block,
        shipped,
    )
    from prefect_getresponse.cli.deployments import server

    chosen = shipped(names)
    with server() as deployer:
        block = notification_block(deployer.client, notify) if notify else None
        wanted = [each.wanted(block) for each in chosen]
        place = Automations(deployer.client)
        kept = 0
        for standing, automation in zip(place.standing(chosen), wanted, strict=True):
            key = standing.shipped.key
            if standing.is_edited and not force:
                kept += 1
                print_line(f"{key}: left alone, it was edited; --force overwrites it")
            else:
                changed = place.install(automation, standing.there)
                verb = "changed" if standing.there else "installed"
                print_line(f"{key}: {verb if changed else 'as it was'}")
    return FAILED if kept else OK


@automations.command(name="list")
def list_() -> int:
    """Show which automations are on the Prefect server.

    Example: prefect-getresponse automations list
    """
    from prefect_getresponse.cli.automation_definitions import Automations, shipped
    from prefect_getresponse.cli.deployments import server

    with server() as deployer:
        for standing in Automations(deployer.client).standing(shipped()):
            each = standing.shipped
            print_line(f"{each.key}: {_words(standing)}\n  {each.description}")
    return OK


@automations.command(name="remove")
def remove_(*names: str) -> int:
    """Delete automations of the package from the Prefect server.

    Example: prefect-getresponse automations remove no-import

    Args:
        names: Which ones; all if none is named.
    """
    from prefect_getresponse.cli.automation_definitions import Automations, shipped
    from prefect_getresponse.cli.deployments import server

    with server() as deployer:
        place = Automations(deployer.client)
        for standing in place.standing(shipped(names)):
            if standing.there:
                place.remove(standing.there)
            said = "removed" if standing.there else "not installed"
            print_line(f"{standing.shipped.key}: {said}")
    return OK


def _words(standing: Standing) -> str:
    if standing.there is None:
        return "not installed"
    words = ["installed"]
    if standing.is_edited:
        words.append("edited")
    if not standing.there.enabled:
        words.append("paused")
    return ", ".join(words)

"""The command line: `prefect-getresponse`, one module per command.

Exit codes: 0 done and balanced; 1 unbalanced, unknown outcomes, too many rejects, or an error after
the first send; 2 anything wrong before the first send.
"""

from __future__ import annotations

import signal
import sys

from cyclopts import App, CycloptsError

from prefect_getresponse import __version__
from prefect_getresponse.cli import (
    automations,
    contact_import,
    demo,
    deploy,
    doctor,
    export,
    inbox,
    init,
    limits,
    lint,
    map_source,
    oauth,
    operations,
    people,
    purge,
    receive,
    release,
    sandbox,
)
from prefect_getresponse.cli.console import FAILED, NOT_STARTED, OK, complain, err
from prefect_getresponse.cli.dialogue import Stopped
from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.contact_import.ledger.trouble import told_in_a_sentence
from prefect_getresponse.reporting.streams import make_output_lasting
from prefect_getresponse.sources.errors import ImportInputError

app = App(
    name="prefect-getresponse",
    help="GetResponse for Prefect: import contacts, and try everything against a local sandbox.",
    version=__version__,
)
app.register_install_completion_command(
    name="completion", help="Install completion for your shell: bash, zsh or fish."
)
app.command(init.init)
app.command(contact_import.import_, name="import")
app.command(map_source.map_, name="map")
app.command(export.export)
app.command(doctor.doctor)
app.command(sandbox.sandbox)
app.command(demo.demo)
app.command(operations.operations)
app.command(oauth.oauth)
app.command(limits.limits)
app.command(lint.lint)
app.command(lint.preview)
app.command(release.release)
app.command(deploy.deploy)
app.command(automations.automations)
app.command(people.lists)
app.command(people.contacts)
app.command(purge.purge)
app.command(receive.receive)
app.command(inbox.inbox)


def main() -> None:
    """Run the command line and exit with its code; SIGTERM ends it as Ctrl-C does."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # So a script starts its children with `&`; an event loop then takes no interrupt at all.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _interrupt)
    # A terminal that goes away ends the work in order too, unless `nohup` has said otherwise.
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        signal.signal(signal.SIGHUP, _interrupt)
    make_output_lasting()
    code = run(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    sys.exit(code)


def _interrupt(_number: int, _frame: object) -> None:
    signal.raise_signal(signal.SIGINT)


def run(arguments: list[str]) -> int:
    """Run one command.

    Args:
        arguments: The words after the program's name.

    Returns:
        The exit code.
    """
    try:
        with told_in_a_sentence():
            code = app(
                arguments, exit_on_error=False, print_error=False, result_action="return_value"
            )
    except Stopped:
        err.print("stopped: nothing was sent")
        return NOT_STARTED
    except (CycloptsError, GetResponseError, ImportInputError) as error:
        complain(error)
        return FAILED if getattr(error, "after_send", False) else NOT_STARTED
    except KeyboardInterrupt:
        err.print("interrupted; the same command resumes where it stopped")
        return FAILED
    return code if isinstance(code, int) else OK


__all__ = ["FAILED", "NOT_STARTED", "OK", "app", "main", "run"]

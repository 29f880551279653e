"""The command line: `prefect-getresponse`, one module per command.

Exit codes: 0 done and balanced; 1 unbalanced, unknown outcomes, too many rejects, or an error after
the first send; 2 anything wrong before the first send.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Collection
from contextlib import ExitStack
from importlib import import_module

from cyclopts import App, Parameter

from prefect_getresponse.cli.console import FAILED, NOT_STARTED, OK
from prefect_getresponse.reporting.streams import make_output_lasting


def _version() -> str:
    from prefect_getresponse import __version__

    return __version__


COMMANDS = {
    "init": ("init:init", "Set up a nightly import: key, list, source, columns, deployment."),
    "import": (
        "contact_import:import_",
        "Import a contact export into a list and say what became of every row.",
    ),
    "map": (
        "map_source:map_",
        "Decide what the columns of a source are, and keep the answers in a mapping file.",
    ),
    "export": (
        "export:export",
        "Export the account into tables of a database or a folder of Parquet files.",
    ),
    "doctor": ("doctor:doctor", "Find out whether imports will work, without writing anything."),
    "sandbox": ("sandbox:sandbox", "Serve a local GetResponse to try things against."),
    "demo": (
        "demo:demo",
        "Watch a nightly contact import run as a Prefect flow against the sandbox.",
    ),
    "operations": (
        "operations:operations",
        "List the operations of the API and the tasks that call them.",
    ),
    "oauth": ("oauth:oauth", "Authorize an OAuth 2.0 application."),
    "limits": ("limits:limits", "Limits of an account that all workers share through Prefect."),
    "lint": ("lint:lint", "Check newsletters: dynamic content, links and texts. Needs no account."),
    "preview": (
        "lint:preview",
        "Print a newsletter as one person would read it, as far as that can be known here.",
    ),
    "release": ("release:release", "Send a newsletter that was checked and approved, once."),
    "deploy": (
        "deploy:deploy",
        "Create or update deployments of the ready-made flows.",
    ),
    "automations": (
        "automations:automations",
        "Install the automations that come with the package.",
    ),
    "lists": ("people:lists", "Show the lists (campaigns) of an account."),
    "contacts": ("people:contacts", "Find a person on the lists of an account."),
    "undo": (
        "undo:undo",
        "Remove the people whom the last import into a list has added and who have not changed"
        " since.",
    ),
    "purge": ("purge:purge", "Delete personal data that imports no longer need."),
    "receive": ("receive:receive", "Receive webhooks and callbacks into the inbox."),
    "inbox": ("inbox:inbox", "Look at received webhooks and callbacks; drain, replay, purge."),
}
"""Commands: where each is, and what the list of them says of it (the first line of its own help).

A command is imported when it is run: the list of commands and the version need none of them.
"""


_LOOPS_FILES = 3
"""Files that an event loop opens when it is made."""


def _default(value: object) -> str | None:
    """How help shows a default: a switch that is off and an empty text need no word."""
    return None if value is None or value is False or value == "" else str(value)


def application(words: Collection[str]) -> App:
    """Build the application that understands a line of words.

    Args:
        words: The line; what it names is imported, of everything else only the name is known.
    """
    app = App(
        name="prefect-getresponse",
        help="GetResponse for Prefect: import contacts, and try everything against a local"
        " sandbox.",
        version=_version,
        default_parameter=Parameter(show_default=_default),
    )
    app.register_install_completion_command(  # pyright: ignore[reportUnknownMemberType] - cyclopts does not annotate **kwargs
        name="completion", help="Install completion for your shell: bash, zsh or fish."
    )
    for name, (place, summary) in COMMANDS.items():
        module, _, member = place.partition(":")
        if name in words:
            found = getattr(import_module(f"{__name__}.{module}"), member)
            app.command(found, name=None if isinstance(found, App) else name)
        else:
            app.command(f"{__name__}.{place}", name=name, help=summary)
    return app


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


def _check_files() -> None:
    """Make sure that an event loop can be made: one that fails halfway adds a traceback to ours.

    Raises:
        OSError: This process may open too few files.
    """
    with ExitStack() as opened:
        for _ in range(_LOOPS_FILES):
            opened.callback(os.close, os.open(os.devnull, os.O_RDONLY))


def _interrupt(_number: int, _frame: object) -> None:
    signal.raise_signal(signal.SIGINT)


def run(arguments: list[str]) -> int:
    """Run one command.

    Args:
        arguments: The words after the program's name.

    Returns:
        The exit code.
    """
    if not COMMANDS.keys().isdisjoint(arguments):
        # Imported while it can be: what fails later may be that no file can be opened any more.
        import_module(f"{__name__}.failures")
    try:
        _check_files()
        code = application(arguments)(
            arguments, exit_on_error=False, print_error=False, result_action="return_value"
        )
    except (Exception, KeyboardInterrupt) as error:
        from prefect_getresponse.cli.failures import told

        return told(error)
    return code if isinstance(code, int) else OK


__all__ = ["COMMANDS", "FAILED", "NOT_STARTED", "OK", "application", "main", "run"]

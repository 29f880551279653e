"""An import whose questions are answered at a terminal: ask, show the plan, confirm, send."""

from __future__ import annotations

import shlex
from collections.abc import Callable

from prefect_getresponse.cli.console import Stopped, err, show_markdown
from prefect_getresponse.cli.dialogue import Answers, ask, confirm
from prefect_getresponse.contact_import.options import ImportOptions
from prefect_getresponse.contact_import.questions import UndecidedColumns
from prefect_getresponse.contact_import.report import ImportReport
from prefect_getresponse.contact_import.rows.tags import ALL_OTHERS

Run = Callable[[ImportOptions], ImportReport]


def run_asking(options: ImportOptions, undecided: UndecidedColumns, run: Run) -> ImportReport:
    """Ask what is undecided, show the plan, and send it if it is confirmed.

    Args:
        options: What was asked for.
        undecided: The questions.
        run: Runs an import.

    Returns:
        The report; a plan if that was all that was asked for.

    Raises:
        UndecidedColumns: Somebody did not answer.
        Stopped: Somebody did not confirm the plan.
    """
    while True:
        try:
            options = _with(options, ask(undecided.questions))
        except Stopped:
            raise undecided from None
        try:
            plan = run(options.model_copy(update={"dry_run": True}))
            break
        except UndecidedColumns as more:
            undecided = more
    err.print(f"\nThe same answers without questions: {words_of(options)}", markup=False)
    if options.dry_run:
        return plan
    show_markdown(plan)
    if plan.would_stop or not confirm(f"Send this to the list {plan.list_name}?"):
        raise Stopped
    return run(options)


def words_of(options: ImportOptions) -> str:
    """Words of a command that say what was answered."""
    pairs = [f"{column}={meaning}" for column, meaning in options.mapping.columns.items()]
    words = [f"--map {shlex.quote(pair)}" for pair in pairs]
    tags = [f"{tag}={name}" for tag, name in options.mapping.tags.items() if tag != ALL_OTHERS]
    words += [f"--map-tag {shlex.quote(pair)}" for pair in tags]
    return " ".join([*words, *(["--vouch"] if options.vouched else [])])


def _with(options: ImportOptions, answers: Answers) -> ImportOptions:
    mapping = answers.added_to(options.mapping)
    vouched = options.vouched or answers.vouched
    return options.model_copy(update={"mapping": mapping, "vouched": vouched})

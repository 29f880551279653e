"""Warnings of the client in the log of the run they happened in, without any setting."""

from __future__ import annotations

import logging

from prefect.exceptions import MissingContextError
from prefect.logging import get_run_logger
from prefect.settings import get_current_settings
from rich.console import Console

NAME = "prefect_getresponse"


class RunLogHandler(logging.Handler):
    """Passes records on to the logger of the present run; outside of one, to nobody."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log a record in the run."""
        if NAME in (get_current_settings().logging.extra_loggers or ()):
            return  # Prefect passes them on itself
        try:
            run_logger = get_run_logger()
        except MissingContextError:
            return
        run_logger.log(record.levelno, "%s", record.getMessage())


def _leave_texts_as_they_are() -> None:
    """Keep Prefect's console from turning parts of a text such as `root:x:0:0` into emojis."""
    known = [logging.getLogger(name) for name in list(logging.root.manager.loggerDict)]
    for handler in {handler for logger in [logging.root, *known] for handler in logger.handlers}:
        console = getattr(handler, "console", None)
        if isinstance(console, Console):
            vars(console)["_emoji"] = False  # rich has no public way to change it


def show_in_runs() -> None:
    """Let warnings reach the run they happen in, from now on."""
    _leave_texts_as_they_are()
    logger = logging.getLogger(NAME)
    if not any(isinstance(each, RunLogHandler) for each in logger.handlers):
        logger.addHandler(RunLogHandler(level=logging.WARNING))

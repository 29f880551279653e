"""Warnings of the client in the log of the run they happened in, without any setting."""

from __future__ import annotations

import logging

from prefect.exceptions import MissingContextError
from prefect.logging import get_run_logger
from prefect.settings import get_current_settings

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


def show_in_runs() -> None:
    """Let warnings reach the run they happen in, from now on."""
    logger = logging.getLogger(NAME)
    if not any(isinstance(each, RunLogHandler) for each in logger.handlers):
        logger.addHandler(RunLogHandler(level=logging.WARNING))

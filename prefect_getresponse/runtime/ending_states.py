"""Errors that say what to do, as states of flow runs: Prefect logs no traceback for those."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.states import Failed

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.sources.errors import ImportInputError

P = ParamSpec("P")
R = TypeVar("R")


def fails_in_a_sentence(function: Callable[P, R]) -> Callable[P, R]:
    """Let a flow fail with the sentence of its error as the message of its state.

    Whoever calls the flow gets the error raised as ever.

    Args:
        function: What the flow is made of.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except (GetResponseError, ImportInputError) as error:
            if not _is_never_retried():
                raise
            # Without its way up to here, which the log of a worker would show.
            failed: State[R] = Failed(message=str(error), data=error.with_traceback(None))
            return cast(R, failed)

    # Prefect would look the names of types up in this module.
    vars(run)["__signature__"] = inspect.signature(function, eval_str=True)
    return run


def _is_never_retried() -> bool:
    """Whether a flow is at work that has no retries: Prefect 3.8 retries no returned state."""
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        return False
    return not context.flow_run.empirical_policy.retries

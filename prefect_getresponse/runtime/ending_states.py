"""How a flow run ended, in one sentence: the message of its state, which the run list shows.

A report says what became of the rows; an error says what to do, and Prefect logs no traceback.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, Protocol, TypeVar, cast, runtime_checkable

from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.states import Completed, Failed

from prefect_getresponse.client.errors import KnownError
from prefect_getresponse.client.privacy.masking import mask
from prefect_getresponse.runtime.flow_words import in_flow_words
from prefect_getresponse.runtime.form_titles import with_titles

P = ParamSpec("P")
R = TypeVar("R")


@runtime_checkable
class _Told(Protocol):
    """A report that says on one line what became of a run."""

    def line(self) -> str: ...


def ends_in_a_sentence(function: Callable[P, R]) -> Callable[P, R]:
    """Let the state of a flow's run say what the run came to.

    A report with a method `line` gives its line to a completed run, an error its sentence to a
    failed one. Whoever calls the flow gets the report, or the error raised, as ever.

    Args:
        function: What the flow is made of.
    """
    parameters = inspect.signature(function).parameters

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            result = function(*args, **kwargs)
        except KnownError as error:
            if not _is_never_retried():
                raise
            # Without its way up to here, which the log of a worker would show.
            failed: State[R] = Failed(
                message=in_flow_words(str(error), parameters),
                data=error.with_traceback(None),
            )
            return cast(R, failed)
        if isinstance(result, _Told) and FlowRunContext.get() is not None:
            completed: State[R] = Completed(message=mask(result.line()), data=result)
            return cast(R, completed)
        return result

    # Prefect would look the names of types up in this module.
    vars(run)["__signature__"] = with_titles(inspect.signature(function, eval_str=True))
    return run


def _is_never_retried() -> bool:
    """Whether a flow is at work that has no retries: Prefect 3.8 retries no returned state."""
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        return False
    return not context.flow_run.empirical_policy.retries

"""`@operation`: a typed signature with a docstring becomes a Prefect task of one API operation.

The signature says everything: names in the path template fill the path, the rest goes to the query
(GET, DELETE) or to the JSON body (POST), snake_case becomes camelCase, and `Query` or `Body` name
what does not follow the rule.  A parameter of type `Upload` makes the body a form with a file; the
result `bytes` means that the answer is a file.  The task is sync; its async twin is `.aio`;
`.operation` describes it as data.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

from prefect_getresponse.client.request import Method, RetryClass
from prefect_getresponse.operations.declaration import Body, Declared, Operation, Query
from prefect_getresponse.operations.lazy import task_of

if TYPE_CHECKING:
    from prefect_getresponse.operations.task import OperationTask
else:

    def __getattr__(name: str) -> object:
        """Import the class of the tasks when it is first asked for: it needs Prefect."""
        if name != "OperationTask":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from prefect_getresponse.operations.task import OperationTask

        return OperationTask


__all__ = ["Body", "Declared", "Operation", "OperationTask", "Query", "operation"]

P = ParamSpec("P")
R = TypeVar("R")


def operation(
    method: Method,
    path: str,
    *,
    retry_class: RetryClass | None = None,
    budget: str = "",
    deprecated: str = "",
    largest_body: int = 0,
) -> Callable[[Callable[P, R]], OperationTask[P, R]]:
    """Declare an API operation.

    Args:
        method: HTTP method.
        path: Path with snake_case names in braces.
        retry_class: What repeating a call would do; needed for POST.
        budget: Endpoint budget of the throttle that a call uses up.
        deprecated: Why it should not be used; calls then warn.
        largest_body: Most bytes of the JSON body; larger calls are refused unsent.

    Raises:
        TypeError: The declaration contradicts itself.
    """
    usual = {"GET": RetryClass.READ, "DELETE": RetryClass.DELETE}.get(method)

    def declare(function: Callable[P, R]) -> OperationTask[P, R]:
        chosen = retry_class or usual
        if chosen is None:
            raise TypeError(f"{function.__name__}: a POST must say its retry_class")
        declared = Operation(
            function,
            method,
            path,
            chosen,
            (budget,) if budget else (),
            deprecated,
            largest_body,
        )
        missing = set(declared.path_parameters) - set(declared.signature.parameters)
        if missing or next(iter(declared.signature.parameters), "") != "credentials":
            raise TypeError(f"{function.__name__}: {missing or 'credentials'} not in its signature")
        return cast("OperationTask[P, R]", task_of(declared))

    return declare

"""A task that is made when it is first used as one: commands need what it declares, not Prefect."""

from __future__ import annotations

import sys
from functools import cached_property, update_wrapper
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from prefect_getresponse.operations.declaration import Operation
    from prefect_getresponse.operations.task import OperationTask


def task_of(operation: Operation) -> OperationTask[..., Any]:
    """The task of an operation, at once where Prefect is loaded and when it is used elsewhere."""
    if "prefect" in sys.modules:
        return _made(operation)
    return cast("OperationTask[..., Any]", _Unmade(operation))


class _Unmade:
    """Tells its operation, and is the task to whoever asks for anything else."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        update_wrapper(self, operation.function)  # name and docstring, which a class has too

    @cached_property
    def _task(self) -> OperationTask[..., Any]:
        return _made(self.operation)

    @property  # type: ignore[misc]
    def __class__(self) -> type:  # pyright: ignore[reportIncompatibleMethodOverride] - what `isinstance` asks
        return type(self._task)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._task, name)

    def __get__(self, instance: object, owner: type) -> Any:
        return self._task.__get__(instance, owner)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._task(*args, **kwargs)

    def __repr__(self) -> str:
        return repr(self._task)

    def __reduce__(self) -> Any:
        return self._task.__reduce__()


def _made(operation: Operation) -> OperationTask[..., Any]:
    from prefect_getresponse.operations.task import OperationTask

    return OperationTask(operation)

"""An operation as a Prefect task, sync and async, repeated as the law of repeats allows."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Iterable
from datetime import timedelta
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, Unpack, cast

from prefect import Task, unmapped
from prefect.blocks.core import Block
from prefect.cache_policies import NO_CACHE
from typing_extensions import TypedDict

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.client.retry import Decision, decide
from prefect_getresponse.operations.declaration import Operation

if TYPE_CHECKING:
    from prefect.cache_policies import CachePolicy
    from prefect.client.schemas.objects import State, TaskRun

P = ParamSpec("P")
R = TypeVar("R")


class TaskOptions(TypedDict, total=False):
    """Options of a task that `with_options` changes, as `prefect.task` takes them."""

    name: str
    description: str
    tags: Iterable[str]
    cache_policy: CachePolicy
    cache_expiration: timedelta
    task_run_name: str | Callable[[], str]
    retries: int
    retry_delay_seconds: float | list[float]
    retry_jitter_factor: float
    retry_condition_fn: Callable[[Task[..., Any], TaskRun, State[Any]], bool]
    persist_result: bool
    timeout_seconds: float
    log_prints: bool
    refresh_cache: bool


class _Mapped(Task[P, R], Generic[P, R]):
    """A task that is mapped over everything but its credentials."""

    if not TYPE_CHECKING:  # editors see Prefect's overloads

        def map(self, *args: Any, **kwargs: Any) -> Any:
            """Map as Prefect does, which would take a block for a list of its fields."""
            named = {name: _alone(value) for name, value in kwargs.items()}
            return super().map(*map(_alone, args), **named)


def _alone(value: Any) -> Any:
    return unmapped(value) if isinstance(value, Block) else value


class OperationTask(_Mapped[P, R], Generic[P, R]):
    """A Prefect task of one API operation.

    Attributes:
        operation: The operation as data.
    """

    operation: Operation

    def __init__(self, operation: Operation, **options: Unpack[TaskOptions]) -> None:
        self.operation = operation
        self._options = options
        send = _sender(operation)
        # Prefect reads the source of what a task wraps, and that is most of the cost of a
        # declaration. Here it sees a function of a few lines; `source_code` is read when wanted.
        vars(send).pop("__wrapped__")
        vars(send)["__signature__"] = operation.signature
        super().__init__(send, **_task_options(operation, options))
        vars(send)["__wrapped__"] = operation.function
        del self.source_code

    def __repr__(self) -> str:
        """Say which call it is."""
        operation = self.operation
        return f"<task {self.name}: {operation.method} {operation.template}>"

    def __reduce__(
        self,
    ) -> tuple[Callable[..., OperationTask[..., Any]], tuple[Operation, TaskOptions]]:
        """Pickle as the name of the operation and the changed options."""
        return _task, (self.operation, self._options)

    @cached_property
    def source_code(self) -> str | None:  # type: ignore[override]  # pyright: ignore[reportIncompatibleVariableOverride] - Prefect sets it at once
        """Source of the declaration, for cache policies; None where it is not at hand."""
        try:
            return inspect.getsource(self.operation.function)
        except (OSError, TypeError):
            return None

    @cached_property
    def aio(self) -> Task[P, Coroutine[Any, Any, R]]:
        """The async twin: the same task for async flows."""
        return _Mapped(
            _async_sender(self.operation), **_task_options(self.operation, self._options)
        )

    def with_options(self, **options: Unpack[TaskOptions]) -> OperationTask[P, R]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride] - same options, fewer of them
        """Return this task with some options changed, its async twin included."""
        return OperationTask(self.operation, **cast(TaskOptions, {**self._options, **options}))


def _repeats(retry_class: RetryClass) -> Callable[[Task[..., Any], TaskRun, State[Any]], bool]:
    """Prefect's question whether to try again, answered by the law of repeats.

    Of writes it is asked only where somebody wants retries: nothing doubtful is sent again.
    """

    def may_repeat(task: Task[..., Any], task_run: TaskRun, state: State[Any]) -> bool:
        return isinstance(state.data, GetResponseError) and decide(state.data, retry_class) in (
            Decision.REPEAT,
            Decision.WAIT,
        )

    return may_repeat


def _task(operation: Operation, options: TaskOptions) -> OperationTask[..., Any]:
    return OperationTask(operation, **options)


def _task_options(operation: Operation, changed: TaskOptions) -> dict[str, Any]:
    options: dict[str, Any] = {
        "name": operation.name,
        "description": inspect.getdoc(operation.function),
        "task_run_name": "-".join(
            [operation.name, *(f"{{{name}}}" for name in operation.path_parameters)]
        ),
        "cache_policy": NO_CACHE,
        "retries": 0,  # none of Prefect's settings either
        "retry_condition_fn": _repeats(operation.retry_class),
    }
    if operation.retry_class is RetryClass.READ:
        options |= {"retries": 2, "retry_delay_seconds": [60, 300], "retry_jitter_factor": 0.3}
    return {**options, **changed}


def _sender(operation: Operation) -> Callable[..., Any]:
    @wraps(operation.function)
    def send(*args: Any, **kwargs: Any) -> Any:
        credentials, request = operation.bind(*args, **kwargs)
        return credentials.get_client().send(request).data

    return send


def _async_sender(operation: Operation) -> Callable[..., Coroutine[Any, Any, Any]]:
    @wraps(operation.function)
    async def send(*args: Any, **kwargs: Any) -> Any:
        credentials, request = operation.bind(*args, **kwargs)
        return (await credentials.get_async_client().send(request)).data

    return send

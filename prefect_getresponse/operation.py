"""`@operation`: a typed signature with a docstring becomes a Prefect task of one API operation.

The signature says everything: names in the path template fill the path, the rest goes to the query
(GET, DELETE) or to the JSON body (POST), snake_case becomes camelCase, and `Query` or `Body` name
what does not follow the rule.  A parameter of type `Upload` makes the body a form with a file; the
result `bytes` means that the answer is a file.  The task is sync; its async twin is `.aio`;
`.operation` describes it as data.
"""

from __future__ import annotations

import inspect
import types
import warnings
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, wraps
from importlib import import_module
from string import Formatter
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Generic,
    NotRequired,
    ParamSpec,
    Protocol,
    Required,
    TypeVar,
    Union,
    Unpack,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from prefect import Task, unmapped
from prefect.blocks.core import Block
from prefect.cache_policies import NO_CACHE
from pydantic import ConfigDict, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from prefect_getresponse.client.answers.shape import Shape, shape_of
from prefect_getresponse.client.errors import GetResponseError, InvalidArguments
from prefect_getresponse.client.request import ApiRequest, Method, RetryClass, Upload, fill_path
from prefect_getresponse.client.retry import Decision, decide
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.runtime.run_logs import show_in_runs

if TYPE_CHECKING:
    from prefect.cache_policies import CachePolicy
    from prefect.client.schemas.objects import State, TaskRun

    from prefect_getresponse.credentials import GetResponseCredentials

show_in_runs()

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Query:
    """Send this parameter in the query string under `name`."""

    name: str


@dataclass(frozen=True)
class Body:
    """Send this parameter in the body under `name`."""

    name: str


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


@dataclass(frozen=True)
class Operation:
    """One operation of the API, as data.

    Attributes:
        function: The declaration: a signature and a docstring.
        method: HTTP method.
        path: Path template with snake_case names, as declared.
        retry_class: What repeating a call would do.
        budgets: Endpoint budgets a call uses up besides the account's.
        deprecated: Why it should not be used, or empty.
        largest_body: Most bytes of the JSON body; 0 if only the API knows.
    """

    function: Callable[..., Any]
    method: Method
    path: str
    retry_class: RetryClass
    budgets: tuple[str, ...] = ()
    deprecated: str = ""
    largest_body: int = 0

    def __reduce__(self) -> tuple[Callable[..., Operation], tuple[str, str]]:
        """Pickle as a name: elsewhere, a copied function would not know its types any more."""
        return _declared, (self.module_path, self.name)

    @property
    def name(self) -> str:
        """Name of the task."""
        return self.function.__name__

    @property
    def module_path(self) -> str:
        """Name of the task's module, as it is imported."""
        return self.function.__module__

    @property
    def module(self) -> str:
        """Name of the task's module, without its package."""
        return self.module_path.rpartition(".")[2]

    @cached_property
    def template(self) -> str:
        """Path template with the API's own names."""
        return self.path.format_map({name: f"{{{camel(name)}}}" for name in self.path_parameters})

    @cached_property
    def path_parameters(self) -> dict[str, str]:
        """Names of the path, each with the API's name."""
        names = [name for _, name, _, _ in Formatter().parse(self.path) if name]
        return {name: camel(name) for name in names}

    @cached_property
    def signature(self) -> inspect.Signature:
        """Signature of the declaration."""
        return inspect.signature(self.function)

    @cached_property
    def query_parameters(self) -> dict[str, str]:
        """Parameters of the query string, each with the API's name."""
        return {name: mark.name for name, mark in self._marks.items() if isinstance(mark, Query)}

    @cached_property
    def body_parameters(self) -> dict[str, str]:
        """Parameters of the body, each with the API's name."""
        return {name: mark.name for name, mark in self._marks.items() if isinstance(mark, Body)}

    @property
    def required(self) -> set[str]:
        """Parameters without a default."""
        return {
            name
            for name in self._parameters
            if self.signature.parameters[name].default is inspect.Parameter.empty
        }

    def bind(self, *args: Any, **kwargs: Any) -> tuple[GetResponseCredentials, ApiRequest]:
        """Split the arguments of a call into the credentials and the request.  No I/O.

        Raises:
            TypeError: The arguments do not fit the signature.
            InvalidArguments: The API would refuse or ignore something; every fault is named.
        """
        if self.deprecated:
            text = f"{self.name} is deprecated: {self.deprecated}"
            warnings.warn(text, DeprecationWarning, stacklevel=3)
        arguments = dict(self.signature.bind(*args, **kwargs).arguments)
        credentials = arguments.pop("credentials")
        if not hasattr(credentials, "get_client"):
            raise InvalidArguments(
                f"{self.name}: credentials: GetResponseCredentials are needed, "
                f"not {type(credentials).__name__}",
                advice='Load a block: GetResponseCredentials.load("NAME"), or in async code '
                'await GetResponseCredentials.aload("NAME").',
            )
        return credentials, self.request(arguments)

    def request(self, arguments: Mapping[str, object]) -> ApiRequest:
        """Check arguments and build the request.  No I/O.

        Args:
            arguments: Values by parameter name, without the credentials; `OMIT` is left out.

        Raises:
            InvalidArguments: The API would refuse or ignore something; every fault is named.
        """
        given = {name: value for name, value in arguments.items() if value is not OMIT}
        try:
            checked = self._adapter.validate_python(given)
        except ValidationError as error:
            raise InvalidArguments(f"{self.name}: {_faults(error)}") from None
        ids = {name: checked[name] for name in self.path_parameters}
        body = {wire: checked[name] for name, wire in self.body_parameters.items() if name in given}
        uploads = {wire: value for wire, value in body.items() if isinstance(value, Upload)}
        members = {wire: value for wire, value in body.items() if wire not in uploads}
        request = ApiRequest(
            self.method,
            self.template,
            fill_path(self.path, ids),
            self.retry_class,
            tuple(
                (wire, _query_text(checked[name]))
                for name, wire in self.query_parameters.items()
                if name in given
            ),
            members if self.body_parameters else None,
            self.budgets,
            tuple(uploads.items()),
            self.hints["return"] is bytes,
            self.shape,
        )
        if self.largest_body:
            self._check_size(request)
        return request

    def _check_size(self, request: ApiRequest) -> None:
        size = len(request.content() or b"")
        if size > self.largest_body:
            raise InvalidArguments(
                f"{self.name}: {size:,} bytes of JSON are more than {self.largest_body:,}",
                advice="Split it into several calls.",
            )

    @cached_property
    def _parameters(self) -> list[str]:
        return [name for name in self.signature.parameters if name != "credentials"]

    @cached_property
    def hints(self) -> dict[str, Any]:
        """Types of the parameters, with what is annotated on them."""
        names = {"GetResponseCredentials": object}
        return get_type_hints(self.function, localns=names, include_extras=True)

    @cached_property
    def shape(self) -> Shape | None:
        """What an answer must look like, as the type of the result says it."""
        return shape_of(self.hints["return"])

    @cached_property
    def _marks(self) -> dict[str, Query | Body]:
        usual = Body if self.method == "POST" else Query
        marks: dict[str, Query | Body] = {}
        for name in self._parameters:
            if name in self.path_parameters:
                continue
            extras = getattr(self.hints[name], "__metadata__", ())
            given = next((extra for extra in extras if isinstance(extra, Query | Body)), None)
            marks[name] = given or usual(camel(name))
        return marks

    @cached_property
    def _adapter(self) -> TypeAdapter[dict[str, Any]]:
        fields = {
            name: (Required if name in self.required else NotRequired)[sent_type(self.hints[name])]
            for name in self._parameters
        }
        make: Any = TypedDict
        arguments = make(self.name, fields)
        arguments.__pydantic_config__ = ConfigDict(extra="forbid", allow_inf_nan=False)
        return TypeAdapter(arguments)


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


class Declared(Protocol):
    """An `OperationTask` as far as it tells its operation, for attributes that hold one.

    Type checkers take a task in an attribute for a method, and show it as a task of Prefect's.
    """

    @property
    def operation(self) -> Operation:
        """The operation as data."""
        ...


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
        return OperationTask(declared)

    return declare


def camel(name: str) -> str:
    """The API's spelling of a parameter name: `campaign_id` -> `campaignId`."""
    head, *rest = name.split("_")
    return head + "".join(word.title() for word in rest)


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


def _declared(module: str, name: str) -> Operation:
    task: OperationTask[..., Any] = getattr(import_module(module), name)
    return task.operation


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


def sent_type(hint: Any) -> Any:
    """The type of a value that is sent: the hint without `Omit` and our own marks."""
    if get_origin(hint) is Annotated:
        inner, *extras = get_args(hint)
        kept = [extra for extra in extras if not isinstance(extra, Query | Body)]
        return Annotated[(sent_type(inner), *kept)] if kept else sent_type(inner)
    if get_origin(hint) in (Union, types.UnionType):
        return Union[tuple(item for item in get_args(hint) if item is not Omit)]  # noqa: UP007 - as many as there are
    return hint


def _query_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(_query_text, cast("Iterable[Any]", value)))
    return str(value)


def _faults(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, fault['loc'])) or 'arguments'}: {fault['msg']}"
        for fault in error.errors(include_url=False, include_input=False, include_context=False)
    )

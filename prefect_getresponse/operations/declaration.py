"""An operation of the API as data: what a declaration says, and the requests made by it."""

from __future__ import annotations

import inspect
import types
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from string import Formatter
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    NotRequired,
    Protocol,
    Required,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from pydantic import ConfigDict, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from prefect_getresponse.client.answers.shape import Shape, shape_of
from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.client.faults import faults
from prefect_getresponse.client.request import ApiRequest, Method, RetryClass, Upload, fill_path
from prefect_getresponse.omit import OMIT, Omit

if TYPE_CHECKING:
    from prefect_getresponse.accounts.access import Access


@dataclass(frozen=True)
class Query:
    """Send this parameter in the query string under `name`."""

    name: str


@dataclass(frozen=True)
class Body:
    """Send this parameter in the body under `name`."""

    name: str


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

    def bind(self, *args: Any, **kwargs: Any) -> tuple[Access, ApiRequest]:
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
            raise InvalidArguments(f"{self.name}: {faults(error)}") from None
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


class Declared(Protocol):
    """A task as far as it tells its operation, for attributes that hold one.

    Type checkers take a task in an attribute for a method, and show it as a task of Prefect's.
    """

    @property
    def operation(self) -> Operation:
        """The operation as data."""
        ...


def camel(name: str) -> str:
    """The API's spelling of a parameter name: `campaign_id` -> `campaignId`."""
    head, *rest = name.split("_")
    return head + "".join(word.title() for word in rest)


def _declared(module: str, name: str) -> Operation:
    task: Declared = getattr(import_module(module), name)
    return task.operation


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

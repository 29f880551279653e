"""The table of all 220 operations of GetResponse API v3, and which of them a call means.

`operations.json` holds the facts: one object per operation with its path, parameters, body
members, success status and limits, and in `body_checks` what its notes cannot say. Nothing here
knows what an operation does.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

PREFIX = "/v3"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter.

    Attributes:
        name: Name on the wire, `query[createdOn][from]`.
        type: `string`, `integer` or `boolean`.
        format: `int32`, `date`, `date-time`, `ipv4` or empty.
        required: Whether the call is refused without it.
        choices: The words allowed, empty if any.
        several: Whether a comma separates several of the choices.
        minimum: Smallest number allowed.
        maximum: Largest number allowed.
    """

    name: str
    type: str
    format: str
    required: bool
    choices: tuple[str, ...]
    several: bool
    minimum: int | None
    maximum: int | None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Parameter:
        """Read one parameter of the table."""
        name = str(row["name"])
        return cls(
            name=name,
            type=row["type"],
            format=row.get("format", ""),
            required=row["required"],
            choices=tuple(row.get("allowed_values") or row.get("enum") or ()),
            several=name == "additionalFlags",
            minimum=row.get("minimum"),
            maximum=row.get("maximum"),
        )


@dataclass(frozen=True, slots=True)
class BodyChecks:
    """What a body must keep to that type notes do not say. Members are named by path.

    Attributes:
        required: Members that must be there if what holds them is.
        open: Objects whose further members are checked elsewhere.
        items: Fewest and most items of arrays.
        patterns: Patterns that whole texts must match.
        formats: Formats of texts that the contract has only in words.
        any_id: Members, by their own name, that name no resource here though they do elsewhere.
        most_bytes: Most bytes of the body, None if only the server knows.
    """

    required: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    items: Mapping[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    patterns: Mapping[str, str] = field(default_factory=dict[str, str])
    formats: Mapping[str, str] = field(default_factory=dict[str, str])
    any_id: tuple[str, ...] = ()
    most_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Rates:
    """How many calls of one operation GetResponse takes; None where it has no limit of its own.

    Attributes:
        a_second: Calls a second.
        a_frame: Calls a frame of ten minutes.
        a_day: Calls within any 24 hours.
    """

    a_second: int | None = None
    a_frame: int | None = None
    a_day: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One operation of the API.

    Attributes:
        operation_id: Its name in the API's contract, `createContact`.
        method: HTTP method.
        path: Path template without `/v3`, `/contacts/{contactId}`.
        tag: The group it belongs to.
        success_status: HTTP status of a success.
        parameters: Query parameters by name.
        content_type: Media type of the request body, empty if it takes none.
        body_required: Members the body must have.
        body_fields: Type notes by path of the member, `tags[].tagId`.
        body_checks: What else the body must keep to.
        rates: Limits of its own; None for almost all.
    """

    operation_id: str
    method: str
    path: str
    tag: str
    success_status: int
    parameters: Mapping[str, Parameter]
    content_type: str
    body_required: tuple[str, ...]
    body_fields: Mapping[str, str]
    body_checks: BodyChecks
    rates: Rates | None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Operation:
        """Read one row of the table."""
        parameters = [Parameter.from_row(each) for each in row["query_params"]]
        return cls(
            operation_id=row["operation_id"],
            method=row["method"],
            path=row["path"],
            tag=row["tag"],
            success_status=row["success_status"],
            parameters={each.name: each for each in parameters},
            content_type=row["request_content_type"] or "",
            body_required=tuple(row["body_required_fields"]),
            body_fields=row["body_fields"],
            body_checks=BodyChecks(**row.get("body_checks", {})),
            rates=Rates(**row["rates"]) if "rates" in row else None,
        )


@functools.cache
def operations() -> tuple[Operation, ...]:
    """Return all operations, read once."""
    text = (
        files("prefect_getresponse.sandbox.contract").joinpath("operations.json").read_text("utf-8")
    )
    return tuple(Operation.from_row(row) for row in json.loads(text))


@dataclass(frozen=True, slots=True)
class Match:
    """The operation a call means, with the values of its path."""

    operation: Operation
    path_values: Mapping[str, str]


def route(method: str, path: str) -> Match | None:
    """Find the operation of a call.

    Args:
        method: HTTP method, upper case.
        path: Concrete path with `/v3`.

    Returns:
        The match, or None if the API has no such operation. Fixed segments win over
        placeholders: `/contacts/batch` is not a contact.
    """
    if not path.startswith(f"{PREFIX}/"):
        return None
    segments = tuple(path.removeprefix(PREFIX).strip("/").split("/"))
    for names, pattern, operation in _routes().get((method, len(segments)), ()):
        found = pattern.fullmatch("/".join(segments))
        if found:
            return Match(operation, dict(zip(names, found.groups(), strict=True)))
    return None


def is_known(path: str) -> bool:
    """Whether any operation has the path, whatever its method.

    Args:
        path: Concrete path with `/v3`.
    """
    return any(route(method, path) is not None for method in _METHODS)


_METHODS = ("GET", "POST", "DELETE", "PUT")
_Route = tuple[tuple[str, ...], re.Pattern[str], Operation]


@functools.cache
def _routes() -> Mapping[tuple[str, int], list[_Route]]:
    """Return the routes by method and number of segments, fixed ones first."""
    routes: dict[tuple[str, int], list[_Route]] = {}
    for operation in sorted(operations(), key=lambda each: each.path.count("{")):
        segments = operation.path.strip("/").split("/")
        names = tuple(part[1:-1] for part in segments if part.startswith("{"))
        pattern = "/".join("([^/]+)" if part[0] == "{" else re.escape(part) for part in segments)
        key = (operation.method, len(segments))
        routes.setdefault(key, []).append((names, re.compile(pattern), operation))
    return routes

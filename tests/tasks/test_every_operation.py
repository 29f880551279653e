"""Every operation of the table through its task, against the sandbox, with values of the table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ConfigDict, TypeAdapter
from typing_extensions import TypedDict

from prefect_getresponse import InvalidArguments
from prefect_getresponse.operation import OperationTask
from prefect_getresponse.sandbox.contract.operations import Operation, operations
from prefect_getresponse.sandbox.resources import BEHAVIOURS
from tests.conftest import Run
from tests.support.declared import TASKS
from tests.tasks.prepared_account import CLASHES, PreparedAccount, body_of, lawful
from tests.tasks.table_values import (
    Body,
    arguments,
    bodies,
    example_query,
    queries,
    replaced,
    spoiled_bodies,
    spoiled_queries,
)

AnyTask = OperationTask[..., Any]
PYDANTICS_WORDS = re.compile(r"should (be|have|match)|valid |Field required|Extra inputs|permitted")
"""What must hold is said in words of ours."""

DECLARED: dict[tuple[str, str], AnyTask] = {
    (task.operation.method, task.operation.template): task for task in TASKS
}
OPERATIONS = pytest.mark.parametrize(
    ("row", "task"),
    [
        pytest.param(row, DECLARED[row.method, row.path], id=row.operation_id)
        for row in operations()
    ],
)
pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")


@pytest.fixture
def account(request: pytest.FixtureRequest) -> Iterator[PreparedAccount]:
    """A new account, where things have few members or all of them."""
    with PreparedAccount(rich=request.param == "rich") as prepared:
        yield prepared


@pytest.mark.parametrize(
    ("run", "account", "full"),
    [
        pytest.param("sync", "rich", False, id="sync-rich-least"),
        pytest.param("async", "poor", True, id="async-poor-most"),
    ],
    indirect=["run", "account"],
)
@OPERATIONS
def test_answers_as_the_table_says(
    row: Operation, task: AnyTask, full: bool, run: Run, account: PreparedAccount
) -> None:
    path = account.path_of(row)
    body = account.filled(body_of(row, full=full), path)
    query = {
        name: value
        for name, value in account.query_of(row, full=full).items()
        if name not in ("fields", "page", CLASHES.get(row.operation_id))
    }

    credentials: Any = account
    result = run(task, credentials, **arguments(task, path | query | body))

    assert account.log[-1]["status"] == row.success_status
    answer_of(task).validate_python({"result": result})


@cache
def answer_of(task: AnyTask) -> TypeAdapter[Any]:
    """What lets nothing through but results of the declared type, with declared members only."""
    make: Any = TypedDict
    answer = make("Answer", {"result": task.operation.hints["return"]})
    answer.__pydantic_config__ = ConfigDict(extra="forbid", strict=True)
    return TypeAdapter(answer)


@OPERATIONS
@settings(max_examples=4, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_the_table_allows_is_sent_as_it_is(
    row: Operation, task: AnyTask, data: st.DataObject
) -> None:
    path = dict.fromkeys(task.operation.path_parameters.values(), "pV3r")
    query = data.draw(queries(row), label="query")
    body = named(lawful(row, data.draw(bodies(row), label="body"))) if row.content_type else {}

    request = task.operation.request(arguments(task, path | query | body))

    assert request.path == row.path.format_map(path)
    assert dict(request.query) == {name: query_text(value) for name, value in query.items()}
    assert {**(request.body or {}), **dict(request.uploads)} == body
    assert (request.content() is not None) == bool(row.content_type)


@pytest.fixture(scope="module")
def untouched() -> Iterator[PreparedAccount]:
    """An account that no call reaches: all tests of faults share it."""
    with PreparedAccount() as prepared:
        yield prepared


@OPERATIONS
def test_faults_are_refused_before_anything_is_sent(
    row: Operation, task: AnyTask, run: Run, untouched: PreparedAccount
) -> None:
    path: dict[str, Any] = dict.fromkeys(task.operation.path_parameters.values(), "pV3r")
    query = example_query(row, full=False)
    body = named(body_of(row, full=False))
    good = path | query | body
    spoiled = [
        *((f"without {name}", without(good, name)) for name in needed(row)),
        *((fault, good | values) for fault, values in spoiled_queries(row)),
        *((fault, good | named(values)) for fault, values in spoiled_bodies(row)),
        *((f"{name}: no id", good | {name: "../accounts"}) for name in path),
    ]

    credentials: Any = untouched
    told: list[str] = []
    calls = len(untouched.log)
    for fault, wire in spoiled:
        try:
            run(task, credentials, **arguments(task, wire))
        except (TypeError, InvalidArguments) as error:
            told.append(str(error))
            continue
        pytest.fail(f"{fault} was let through: {wire}")
    with pytest.raises(TypeError):
        run(task, credentials, **arguments(task, good), no_such_argument=1)
    assert len(untouched.log) == calls
    assert not [text for text in told if PYDANTICS_WORDS.search(text)]


def test_every_operation_is_declared_and_imitated() -> None:
    assert DECLARED.keys() == {(row.method, row.path) for row in operations()}
    assert BEHAVIOURS.keys() == {row.operation_id for row in operations()}


def needed(row: Operation) -> set[str]:
    """Names of everything that a call must have."""
    parameters = {each.name for each in row.parameters.values() if each.required}
    return {*row.body_required, *parameters}


def without(wire: dict[str, Any], name: str) -> dict[str, Any]:
    return {each: value for each, value in wire.items() if each != name}


def named(body: Body) -> Body:
    """A body with some id in the place of references."""
    return cast("Body", replaced(body, lambda _kind: "pV3r"))


def query_text(value: Any) -> str:
    """A query value as the wire has it."""
    if isinstance(value, list):
        return ",".join(cast("list[str]", value))
    return str(value).lower() if isinstance(value, bool) else str(value)

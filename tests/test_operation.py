"""What `@operation` makes of a signature."""

import inspect
import pickle
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prefect import Task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, StateType
from prefect.settings import PREFECT_TASKS_DEFAULT_RETRIES, temporary_settings

from prefect_getresponse import (
    OMIT,
    GetResponseCredentials,
    InvalidArguments,
    NotFound,
    OutcomeUnknown,
    ServerFailed,
    Throttled,
    Upload,
)
from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.client.retry import LAW, ConnectionTrouble, Decision, Failure
from prefect_getresponse.omit import Omit
from prefect_getresponse.operation import OperationTask, operation
from prefect_getresponse.operations.declaration import camel
from tests.support.declared import TASKS
from tests.support.operations_for_tests import (
    create_thing,
    delete_thing,
    get_picture,
    get_thing,
    list_things,
    update_thing,
    upload_picture,
)

cloudpickle: Any = import_module("cloudpickle")  # has no types
EMPTY: dict[str, object] = {}

OURS: list[OperationTask[..., Any]] = [
    get_thing,
    list_things,
    create_thing,
    update_thing,
    delete_thing,
    upload_picture,
    get_picture,
]


def body(**arguments: object) -> Any:
    return create_thing.operation.request({"first_name": "Ann", **arguments}).body


def refusal(task: OperationTask[..., Any], **arguments: object) -> str:
    with pytest.raises(InvalidArguments) as caught:
        task.operation.request(arguments)
    return str(caught.value)


class TestWhereArgumentsGo:
    def test_into_the_path(self) -> None:
        request = get_thing.operation.request({"shelf_id": "s1", "thing_id": "t2"})

        assert request.path == "/shelves/s1/things/t2"
        assert request.template == "/shelves/{shelfId}/things/{thingId}"
        assert (request.query, request.body) == ((), None)

    def test_into_the_query_of_a_get(self) -> None:
        request = list_things.operation.request(
            {"name": "a&b", "is_default": False, "flags": ["one", "two"], "per_page": 7}
        )

        assert dict(request.query) == {
            "query[name]": "a&b",
            "isDefault": "false",
            "additionalFlags": "one,two",
            "perPage": "7",
        }

    def test_into_the_query_of_a_delete(self) -> None:
        request = delete_thing.operation.request({"thing_id": "t", "message_id": "m"})
        assert (dict(request.query), request.body) == ({"messageId": "m"}, None)

    def test_into_the_body_of_a_post(self) -> None:
        request = create_thing.operation.request(
            {"first_name": "Ann", "odd": "x", "aside": "y", "inner": {"someText": "z"}}
        )

        assert request.body == {
            "firstName": "Ann",
            "oddlyNamed": "x",
            "inner": {"someText": "z"},
        }
        assert request.query == (("aside", "y"),)

    def test_a_post_without_anything_sends_an_empty_object(self) -> None:
        assert update_thing.operation.request({"thing_id": "t"}).body == {}

    def test_what_the_declaration_says_reaches_the_request(self) -> None:
        request = create_thing.operation.request({"first_name": "Ann"})

        assert request.retry_class is RetryClass.KEYED
        assert request.budgets == ("contacts/batch",)
        assert request.endpoint == "POST /things"

    @pytest.mark.parametrize(
        ("name", "wire"), [("per_page", "perPage"), ("id", "id"), ("ip_address_v6", "ipAddressV6")]
    )
    def test_camel(self, name: str, wire: str) -> None:
        assert camel(name) == wire


class TestFiles:
    def test_make_the_body_a_form(self) -> None:
        picture, copy = Upload("a.png", b"\x89PNG"), Upload("b.gif", b"GIF", "image/gif")
        request = upload_picture.operation.request(
            {"thing_id": "t", "file": picture, "small_copy": copy, "title": "x"}
        )

        assert request.uploads == (("file", picture), ("small", copy))
        assert request.body == {"title": "x"}

    @pytest.mark.parametrize(
        ("file", "named"),
        [
            (Upload("", b"x"), "file.name: must not be empty"),
            (Upload("a.png", "text"), "file.content: must be bytes"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
            (b"x", "file: must be of the class Upload"),
        ],
    )
    def test_are_checked(self, file: object, named: str) -> None:
        assert named in refusal(upload_picture, thing_id="t", file=file)

    def test_do_not_show_their_content(self) -> None:
        assert "canary" not in repr(Upload("a.png", b"canary"))
        assert "canary" not in refusal(upload_picture, thing_id="t", file=Upload("", b"canary"))

    def test_are_read_where_the_result_is_bytes(self) -> None:
        assert get_picture.operation.request({"thing_id": "t"}).binary
        assert not get_thing.operation.request({"shelf_id": "s", "thing_id": "t"}).binary


class TestOmittedNullAndEmpty:
    def test_are_three_things(self) -> None:
        assert body(note=OMIT) == {"firstName": "Ann"}
        assert body(note=None) == {"firstName": "Ann", "note": None}
        assert body(note="", many=[]) == {"firstName": "Ann", "note": "", "many": []}

    def test_null_is_refused_where_the_contract_does_not_allow_it(self) -> None:
        assert "odd: " in refusal(create_thing, first_name="Ann", odd=None)
        assert "name: " in refusal(list_things, name=None)

    def test_omit_cannot_stand_for_what_is_needed(self) -> None:
        assert "first_name: is missing" in refusal(create_thing, first_name=OMIT)

    def test_omit_keeps_its_identity(self) -> None:
        assert pickle.loads(pickle.dumps(OMIT)) is OMIT
        assert isinstance(OMIT, Omit)
        assert repr(OMIT) == "OMIT"

    def test_numbers_stay_what_they_are(self) -> None:
        assert repr(body(score=5)["score"]) == "5"
        assert repr(body(score=5.5)["score"]) == "5.5"


class TestRefusals:
    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ({"first_name": "A"}, "first_name: must have at least 2"),
            ({"first_name": "Annabel"}, "first_name: must have at most 5"),
            ({"first_name": 5}, "first_name: must be a text"),
            (
                {"first_name": "Ann", "inner": {"someTxt": "x"}},
                "inner.someTxt: there is no such argument",
            ),
            ({"first_name": "Ann", "inner": []}, "inner: "),
            ({"first_name": "Ann", "many": [EMPTY, {"someNumber": "x"}]}, "many.1.someNumber: "),
            ({"first_name": "Ann", "many": [EMPTY] * 3}, "many: must have at most 2 entries"),
            ({"first_name": "Ann", "score": float("nan")}, "score"),
            ({"first_name": "Ann", "bogus": 1}, "bogus: there is no such argument"),
        ],
    )
    def test_name_the_argument(self, arguments: dict[str, object], named: str) -> None:
        assert named in refusal(create_thing, **arguments)

    def test_name_every_fault_and_the_task(self) -> None:
        text = refusal(create_thing, first_name="", inner={"no": 1}, many=5, note=7)

        assert text.startswith("create_thing: ")
        assert all(f"{name}: " in text for name in ("first_name", "inner.no", "many", "note"))
        assert "\n" not in text

    def test_words_and_numbers_are_checked(self) -> None:
        assert "flags.0: must be 'one' or 'two'" in refusal(list_things, flags=["three"])
        assert "per_page: " in refusal(list_things, per_page=1001)
        assert "per_page: " in refusal(list_things, per_page=0)

    @pytest.mark.parametrize("bad", ["../x", "", "a b", "a/b"])
    def test_ids_are_checked(self, bad: str) -> None:
        assert "thing_id: not an id" in refusal(delete_thing, thing_id=bad)

    @given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=6))
    def test_never_show_a_value(self, secret: str) -> None:
        marked = f"canary{secret}"
        texts = [
            refusal(create_thing, first_name=marked),
            refusal(create_thing, first_name="Ann", inner=marked, many=[marked], score=marked),
            refusal(list_things, flags=[marked], per_page=marked, is_default=marked),
        ]
        assert not [text for text in texts if marked in text]

    def test_never_show_an_address_that_became_a_name(self) -> None:
        assert "jane@" not in refusal(create_thing, first_name="Ann", inner={"jane@a.example": 1})

    def test_nothing_is_chained_that_holds_values(self) -> None:
        with pytest.raises(InvalidArguments) as caught:
            create_thing.operation.request({"first_name": "jane@a.example"})
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__

    def test_arguments_that_do_not_fit_the_signature(
        self, credentials: GetResponseCredentials
    ) -> None:
        with pytest.raises(TypeError, match=r"missing a required .*argument: 'first_name'"):
            create_thing.operation.bind(credentials)
        with pytest.raises(TypeError, match="unexpected keyword argument 'bogus'"):
            create_thing.operation.bind(credentials, first_name="Ann", bogus=1)


class TestDeclarationErrors:
    def declare(self, function: Callable[..., Any], method: Any, path: str) -> None:
        operation(method, path, retry_class=RetryClass.UPDATE)(function)

    def test_a_post_must_say_what_repeating_means(self) -> None:
        def create_it(credentials: GetResponseCredentials) -> None: ...

        with pytest.raises(TypeError, match="create_it: a POST must say its retry_class"):
            operation("POST", "/its")(create_it)

    def test_names_of_the_path_must_be_parameters(self) -> None:
        def get_it(credentials: GetResponseCredentials) -> None: ...

        with pytest.raises(TypeError, match=r"get_it: \{'it_id'\} not in its signature"):
            self.declare(get_it, "GET", "/its/{it_id}")

    def test_credentials_come_first(self) -> None:
        def get_it(it_id: str, credentials: GetResponseCredentials) -> None: ...

        with pytest.raises(TypeError, match="get_it: credentials not in its signature"):
            self.declare(get_it, "GET", "/its/{it_id}")


def flavours(task: OperationTask[..., Any]) -> list[Task[..., Any]]:
    return [task, task.aio]


def check_description(task: OperationTask[..., Any]) -> None:
    for each in flavours(task):
        assert each.name == task.operation.name
        assert each.description == inspect.getdoc(task.operation.function)
        assert inspect.signature(each.fn) == task.operation.signature
        assert f"def {task.operation.name}(" in (each.source_code or "")
    assert not inspect.iscoroutinefunction(task.fn)
    assert inspect.iscoroutinefunction(task.aio.fn)


def check_that_nothing_is_cached_or_tagged(task: OperationTask[..., Any]) -> None:
    for each in flavours(task):
        assert each.cache_policy is NO_CACHE
        assert each.tags == set()


def check_that_prefect_repeats_reads_alone(task: OperationTask[..., Any]) -> None:
    is_read = task.operation.retry_class is RetryClass.READ
    for each in flavours(task):
        assert (each.retries > 0) == is_read
        # Prefect takes nothing but plain functions here, and treats the rest as "never".
        assert inspect.isfunction(each.retry_condition_fn)


def check_repr(task: OperationTask[..., Any]) -> None:
    method, template = task.operation.method, task.operation.template
    assert repr(task) == f"<task {task.name}: {method} {template}>"


def check_that_the_run_name_shows_ids_only(task: OperationTask[..., Any]) -> None:
    shown = str(task.task_run_name)
    ids = dict.fromkeys(task.operation.path_parameters, "ID")

    assert shown.format(**ids) == "-".join([task.operation.name, *["ID"] * len(ids)])


def check_pickling(task: OperationTask[..., Any]) -> None:
    changed = task.with_options(retries=7)
    for dumped in (pickle.dumps(changed), cloudpickle.dumps(changed)):
        twin = pickle.loads(dumped)
        assert twin.operation is task.operation
        assert (twin.retries, twin.aio.retries) == (7, 7)
    assert pickle.loads(cloudpickle.dumps(task.aio)).name == task.name


CHECKS = (
    check_description,
    check_that_nothing_is_cached_or_tagged,
    check_that_prefect_repeats_reads_alone,
    check_repr,
    check_that_the_run_name_shows_ids_only,
    check_pickling,
)


@pytest.mark.parametrize("task", [*OURS, *TASKS], ids=lambda task: task.operation.name)
def test_every_task_is_one(task: OperationTask[..., Any]) -> None:
    for check in CHECKS:
        check(task)


class TestOptions:
    def test_change_a_copy_and_its_async_twin(self) -> None:
        changed = list_things.with_options(name="mine", retries=5, timeout_seconds=3)

        assert isinstance(changed, OperationTask)
        assert changed.operation is list_things.operation
        for each in (changed, changed.aio):
            assert (each.name, each.retries, each.timeout_seconds) == ("mine", 5, 3.0)
            assert each.cache_policy is NO_CACHE
        assert (list_things.name, list_things.retries) == ("list_things", 2)

    def test_add_up(self) -> None:
        changed = list_things.with_options(name="mine").with_options(retries=0)
        assert (changed.name, changed.retries, changed.aio.name) == ("mine", 0, "mine")


class TestPrefectRetries:
    @pytest.mark.parametrize(
        ("error", "again"),
        [
            (ConnectionTrouble("x"), True),
            (ServerFailed("x"), True),
            (Throttled("x"), True),
            (NotFound("x"), False),
            (InvalidArguments("x"), False),
            (OutcomeUnknown("x"), False),
            (RuntimeError("x"), False),
        ],
    )
    def test_come_for_long_outages_only(self, error: Exception, again: bool) -> None:
        condition: Any = list_things.retry_condition_fn
        state: State[Any] = State(type=StateType.FAILED, data=error)

        assert condition(list_things, None, state) is again

    @pytest.mark.parametrize("failure", Failure)
    def test_of_writes_who_wants_some_gets_those_that_do_no_harm(self, failure: Failure) -> None:
        error = ConnectionTrouble("x")
        error.failure = failure
        state: State[Any] = State(type=StateType.FAILED, data=error)
        for task in (create_thing, update_thing, delete_thing):
            condition: Any = task.with_options(retries=3).aio.retry_condition_fn
            harmless = LAW[failure, task.operation.retry_class] in (Decision.REPEAT, Decision.WAIT)

            assert condition(task, None, state) is harmless

    def test_settings_of_prefect_repeat_no_write(self) -> None:
        with temporary_settings({PREFECT_TASKS_DEFAULT_RETRIES: 3}):
            task = create_thing.with_options(name="create")

            assert (task.retries, task.aio.retries) == (0, 0)


@pytest.mark.parametrize("given", ["my-block", None])
def test_what_is_no_block_is_refused_with_the_way_to_load_one(given: Any) -> None:
    with pytest.raises(InvalidArguments, match=r"credentials: .* not (str|NoneType)\. Load"):
        list_things.fn(given)


def test_deprecated_operations_warn_where_they_are_called(
    credentials: GetResponseCredentials,
) -> None:
    with pytest.warns(DeprecationWarning, match="update_thing is deprecated: it is old"):
        update_thing.operation.bind(credentials, "t1")

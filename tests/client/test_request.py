"""Requests and answers as plain data."""

import json
import math
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.client.errors import (
    AccessDenied,
    AuthenticationFailed,
    Conflict,
    GetResponseError,
    InvalidArguments,
    NotFound,
    PayloadTooLarge,
    ServerFailed,
    Throttled,
    ValidationFailed,
)
from prefect_getresponse.client.request import (
    ApiAnswer,
    ApiRequest,
    MaintenancePage,
    Paging,
    Redirected,
    RetryClass,
    UnreadableSuccess,
    Upload,
    fill_path,
    leading_integer,
    read_answer,
    read_limits,
)
from prefect_getresponse.limits.budgets import RateLimits

BASE = "https://api.getresponse.com/v3"


def get(**values: Any) -> ApiRequest:
    return ApiRequest("GET", "/contacts", "/contacts", RetryClass.READ, **values)


def post(**values: Any) -> ApiRequest:
    return ApiRequest("POST", "/contacts", "/contacts", RetryClass.KEYED, **values)


class TestUrl:
    def test_brackets_and_plus_signs_are_encoded(self) -> None:
        request = get(query=(("query[email]", "user+test@example.com"),))

        assert request.url(BASE) == f"{BASE}/contacts?query%5Bemail%5D=user%2Btest%40example.com"

    def test_no_query_no_question_mark(self) -> None:
        assert get().url(BASE) == f"{BASE}/contacts"

    @given(st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=5))
    def test_any_query_arrives_as_it_was(self, query: list[tuple[str, str]]) -> None:
        url = get(query=tuple(query)).url(BASE)

        assert url.isascii()
        assert parse_qsl(urlsplit(url).query, keep_blank_values=True) == query

    def test_with_query_replaces_and_keeps(self) -> None:
        request = post(query=(("page", "1"), ("sort[name]", "ASC")), body={}, budgets=("b",))

        changed = request.with_query(page="2", perPage="10")

        assert dict(changed.query) == {"sort[name]": "ASC", "page": "2", "perPage": "10"}
        assert (changed.body, changed.budgets, changed.method) == ({}, ("b",), "POST")
        assert dict(request.query)["page"] == "1"


class TestPath:
    def test_ids_are_filled_in(self) -> None:
        assert fill_path("/contacts/{contact_id}/tags", {"contact_id": "pV3r"}) == (
            "/contacts/pV3r/tags"
        )

    @pytest.mark.parametrize("given_id", ["", "a/b", "..", "a b", "a%2Fb", "a?x=1", "ż", "x" * 65])
    def test_anything_else_is_refused_and_not_repeated(self, given_id: str) -> None:
        with pytest.raises(InvalidArguments, match="contact_id: not an id") as caught:
            fill_path("/contacts/{contact_id}", {"contact_id": given_id})
        assert not given_id or given_id not in str(caught.value)


class TestBody:
    def test_is_compact_utf_8(self) -> None:
        assert post(body={"name": "Łucja", "note": None}).content() == (
            '{"name":"Łucja","note":null}'.encode()
        )

    def test_none_sends_nothing_and_an_empty_object_does(self) -> None:
        assert get().content() is None
        assert post(body={}).content() == b"{}"

    @pytest.mark.parametrize("value", ["\ud800", math.nan, object()])
    def test_what_json_cannot_hold_is_refused(self, value: object) -> None:
        with pytest.raises(InvalidArguments, match="JSON") as caught:
            post(body={"lexpad": {"a": value}}).content()

        assert caught.value.__suppress_context__

    def test_nor_does_a_url_hold_half_a_character(self) -> None:
        with pytest.raises(InvalidArguments, match="URL"):
            get(query=(("query[name]", "\ud800"),)).url(BASE)


class TestBoundary:
    def test_is_that_of_the_files(self) -> None:
        one, other = (
            post(uploads=(("file", Upload("a.png", content)),)) for content in (b"1", b"2")
        )

        assert one.boundary() == post(uploads=one.uploads).boundary() != other.boundary()


class TestLimits:
    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("432 seconds", 432),
            ("7", 7),
            (" 5s", 5),
            ("soon", None),
            (None, None),
            ("1790000000", None),
            ("9" * 5000, None),
        ],
    )
    def test_leading_integer(self, text: str | None, number: int | None) -> None:
        assert leading_integer(text) == number

    def test_are_read_from_the_headers(self) -> None:
        headers = {
            "x-ratelimit-limit": "30000",
            "x-ratelimit-remaining": "29999",
            "x-ratelimit-reset": "432 seconds",
        }
        assert read_limits(headers) == RateLimits(30000, 29999, 432.0)
        del headers["x-ratelimit-reset"]
        assert read_limits(headers) is None


class TestSuccess:
    def test_json_and_paging(self) -> None:
        headers = {"totalcount": "1234", "totalpages": "2", "currentpage": "1"}

        assert read_answer(get(), 200, headers, b'[{"contactId": "a"}]') == ApiAnswer(
            200, [{"contactId": "a"}], Paging(1234, 2)
        )

    @pytest.mark.parametrize(("request_", "status"), [(post(), 202), (post(), 200), (get(), 204)])
    def test_no_body_is_no_data(self, request_: ApiRequest, status: int) -> None:
        assert read_answer(request_, status, {}, b"").data is None

    def test_a_read_without_body_is_unreadable(self) -> None:
        with pytest.raises(UnreadableSuccess):
            read_answer(get(), 200, {}, b" ")

    def test_broken_json_is_unreadable(self) -> None:
        with pytest.raises(UnreadableSuccess):
            read_answer(post(), 201, {}, b'{"contactId": ')

    def test_endless_nesting_is_unreadable(self) -> None:
        with pytest.raises(UnreadableSuccess):
            read_answer(post(), 201, {}, b"[" * 200_000)

    def test_a_web_page_is_not_the_api(self) -> None:
        with pytest.raises(MaintenancePage):
            read_answer(get(), 200, {"content-type": "text/html"}, b"<html>")

    def test_a_redirect_is_refused(self) -> None:
        with pytest.raises(Redirected):
            read_answer(get(), 302, {"location": "https://elsewhere.example"}, b"")


def refusal(status: int, body: object, headers: dict[str, str] | None = None) -> GetResponseError:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(GetResponseError) as caught:
        read_answer(post(), status, headers or {}, content)
    return caught.value


class TestFile:
    @pytest.mark.parametrize("content", [b"\x89PNG\r\n", b"{", b'{"no": "JSON here"}'])
    def test_its_bytes_are_the_data(self, content: bytes) -> None:
        headers = {"content-type": "image/png"}

        assert read_answer(get(binary=True), 200, headers, content).data == content

    def test_a_web_page_is_not_a_file(self) -> None:
        with pytest.raises(MaintenancePage):
            read_answer(get(binary=True), 200, {"content-type": "text/html; a=b"}, b"<html>")

    @pytest.mark.parametrize("content", [None, b""])
    def test_half_a_file_is_none(self, content: bytes | None) -> None:
        with pytest.raises(UnreadableSuccess):
            read_answer(get(binary=True), 200, {"content-type": "image/png"}, content)

    def test_errors_are_json(self) -> None:
        with pytest.raises(NotFound, match="gone"):
            read_answer(get(binary=True), 404, {}, b'{"code": 1013, "message": "gone"}')


class TestRefusal:
    @pytest.mark.parametrize(
        ("status", "meaning"),
        [
            (400, ValidationFailed),
            (401, AuthenticationFailed),
            (403, AccessDenied),
            (404, NotFound),
            (409, Conflict),
            (413, PayloadTooLarge),
            (418, ValidationFailed),
            (429, Throttled),
            (500, ServerFailed),
            (503, ServerFailed),
        ],
    )
    @pytest.mark.parametrize(
        "body", [{"code": 7, "message": "No."}, b"<html>", b"", b"[]", b"1", b"[" * 200_000]
    )
    def test_the_status_decides(
        self, status: int, meaning: type[GetResponseError], body: object
    ) -> None:
        assert type(refusal(status, body)) is meaning

    def test_code_1014_is_about_the_key_under_any_status(self) -> None:
        assert type(refusal(403, {"code": 1014, "message": "x"})) is AuthenticationFailed

    def test_carries_what_the_api_said(self) -> None:
        error = refusal(
            409,
            {"code": 1008, "message": "Taken.", "context": {"value": "news"}, "uuid": "u-1"},
        )

        assert (error.method, error.path, error.status) == ("POST", "/contacts", 409)
        assert (error.code, error.uuid, error.context) == (1008, "u-1", {"value": "news"})
        assert str(error).startswith(
            "POST /contacts: Taken [value: news] (HTTP 409, code 1008, uuid u-1). "
        )

    @pytest.mark.parametrize(
        ("context", "shown"),
        [
            (["Empty value. ID: y8jnp"], "[Empty value. ID: y8jnp]"),
            (
                [{"fieldName": "email", "errorDescription": "bad"}, {"fieldName": "name"}],
                "[fieldName: email, errorDescription: bad; fieldName: name]",
            ),
            ({"fieldName": "ip"}, "[fieldName: ip]"),
            ([str(number) for number in range(8)], "[0; 1; 2; 3; 4 and 3 more]"),
            (None, "Broken (HTTP"),
        ],
    )
    def test_every_shape_of_context_is_shown(self, context: object, shown: str) -> None:
        error = refusal(400, {"code": 1000, "message": "Broken", "context": context})

        assert shown in str(error)
        assert error.context == context

    def test_the_token_it_sends_back_is_dropped(self) -> None:
        error = refusal(
            401,
            {"code": 1014, "message": "expired", "context": {"sentToken": "t0k3n", "a": 1}},
        )

        assert error.context == {"a": 1}
        assert "t0k3n" not in str(error)

    def test_the_token_is_dropped_wherever_it_stands(self) -> None:
        context = [{"sentToken": "t0k3n"}, {"a": {"sentToken": "t0k3n", "b": ["c"]}}]
        error = refusal(401, {"code": 1014, "message": "expired", "context": context})

        assert error.context == [{}, {"a": {"b": ["c"]}}]
        assert "t0k3n" not in str(error)

    def test_addresses_are_masked(self) -> None:
        error = refusal(
            400, {"message": "jane@example.com is bad", "context": {"value": ["jane@example.com"]}}
        )

        assert "jane@" not in str(error) + repr(error) + repr(error.context)
        assert error.context == {"value": ["j***@example.com"]}

    def test_the_longest_text_is_masked_and_cut(self) -> None:
        error = refusal(400, {"message": "jane@example.com " + "x" * 2_000_000})

        assert str(error).startswith("POST /contacts: j***@example.com xxx")
        assert len(str(error)) < 1500

    def test_it_stays_on_a_line(self) -> None:
        assert "one  [31m two" in str(refusal(400, {"message": "one\n\x1b[31m\ud800two"}))

    def test_endless_nesting_is_no_explanation(self) -> None:
        body = b'{"code": 1000, "context": ' + b'{"a": ' * 900 + b"1" + b"}" * 901

        assert refusal(400, body).context is None

    def test_without_explanation(self) -> None:
        assert "no explanation given (HTTP 502)" in str(refusal(502, b"<html>"))

    @given(st.binary(max_size=60), st.integers(200, 599))
    def test_any_answer_is_an_answer_or_a_typed_error(self, content: bytes, status: int) -> None:
        try:
            seen: int | None = read_answer(get(), status, {}, content).status
        except GetResponseError as error:
            seen = error.status
        assert seen == status

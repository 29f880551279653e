"""Requests and answers as plain data: everything about the protocol that needs no network.

Source: GetResponse API v3 reference, sections on requests, errors, pagination and limits.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, TypedDict, cast
from urllib.parse import quote, urlencode

from pydantic import ConfigDict, Field

from prefect_getresponse.client.answers.json_text import UNREADABLE, read
from prefect_getresponse.client.answers.shape import Shape
from prefect_getresponse.client.catalogue import ADVICE, meaning
from prefect_getresponse.client.errors import (
    GetResponseError,
    InvalidArguments,
    Throttled,
    TransportFailed,
)
from prefect_getresponse.client.privacy.masking import mask
from prefect_getresponse.limits.budgets import RateLimits

Method = Literal["GET", "POST", "DELETE"]

MAX_ANSWER_BYTES = 64 * 1024 * 1024
"""Most bytes of an answer that are read, counted when they are unpacked."""
MAX_ANSWER_DEPTH = 64
"""Most levels of objects and arrays in an answer."""

_HEX = "[0-9A-Fa-f]"
# Popups and forms of the new kind have UUIDs, all else has short ids.
_ID = re.compile(rf"[A-Za-z0-9]{{1,32}}|{_HEX}{{8}}(-{_HEX}{{4}}){{3}}-{_HEX}{{12}}")
# Ten digits are a date in seconds, as one source has X-RateLimit-Reset, and no number of seconds.
_LEADING_INTEGER = re.compile(r"\s*(\d{1,9})(?!\d)", re.ASCII)
_NAME = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
_MEDIA_TYPE = re.compile(rf"{_NAME}/{_NAME}( ?; ?{_NAME}=({_NAME}|\"[ !#-\[\]-~]*\"))*")
_FALLBACK_WAIT = 5.0


class RetryClass(StrEnum):
    """What repeating a call would do; the law of repeats reads it (see `client/retry.py`)."""

    READ = "read"
    DELETE = "delete"
    UPDATE = "update"
    """Sets absolute values on a resource named by its id."""
    KEYED = "keyed"
    """Creates a resource that a natural key finds again (e-mail on a list, tag name, ...)."""
    ONCE = "once"
    """Creates or sends without a key: a repeat may reach people twice."""
    BATCH = "batch"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to be uploaded; a call that carries one is sent as `multipart/form-data`.

    Attributes:
        name: File name with its extension, as GetResponse shows it.
        content: The bytes of the file.
        media_type: Media type such as `image/png`; empty leaves it to the extension.
    """

    # Operations check their arguments with pydantic, which trusts an instance unless told not to.
    __pydantic_config__: ClassVar = ConfigDict(revalidate_instances="always")

    name: Annotated[str, Field(min_length=1)]
    content: Annotated[bytes, Field(strict=True)] = field(repr=False)
    media_type: str = ""

    def __post_init__(self) -> None:
        """Refuse a media type that would end its line, and begin another header.

        Raises:
            InvalidArguments: It is not of the form `image/png`.
        """
        if self.media_type and not _MEDIA_TYPE.fullmatch(self.media_type):
            raise InvalidArguments(
                "media_type: not a media type",
                advice="Write it like image/png, or leave it out.",
            )


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One call, ready to be sent.

    Attributes:
        method: HTTP method.
        template: Path with the API's parameter names, for logs, errors and statistics.
        path: The same path with ids filled in.
        retry_class: What repeating it would do.
        query: Names and values of the query string, in order.
        body: JSON body, as data or as the bytes that it is; or the texts of a form with `uploads`;
            None sends none.
        budgets: Names of the endpoint budgets it uses up besides the account's own.
        uploads: Files by the name of their part, in order.
        binary: Whether the answer is a file: bytes, not JSON.
        shape: What the data of an answer must look like; None if anything will do.
    """

    media_type: ClassVar[str] = "application/json"

    method: Method
    template: str
    path: str
    retry_class: RetryClass
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None
    budgets: tuple[str, ...] = ()
    uploads: tuple[tuple[str, Upload], ...] = ()
    binary: bool = False
    shape: Shape | None = None

    @property
    def endpoint(self) -> str:
        """Method and path template, as statistics count calls."""
        return f"{self.method} {self.template}"

    def url(self, base_url: str) -> str:
        """Full URL, keys and values of the query percent-encoded as the API wants them."""
        with _writing():
            query = urlencode(self.query, quote_via=quote, safe="")
        return f"{base_url}{self.path}" + (f"?{query}" if query else "")

    def content(self) -> bytes | None:
        """Body as UTF-8 JSON, or None.

        Raises:
            InvalidArguments: JSON cannot hold something in it.
        """
        if self.body is None or isinstance(self.body, bytes):
            return self.body
        with _writing():
            return _to_json(self.body).encode()

    def boundary(self) -> str:
        """Line between the parts of a form: the same at every attempt, and in none of its files."""
        digest = hashlib.sha256()
        for _, upload in self.uploads:
            digest.update(upload.content)
        return digest.hexdigest()

    def with_query(self, **values: str) -> ApiRequest:
        """Copy of this request with some query values set."""
        kept = tuple(item for item in self.query if item[0] not in values)
        return replace(self, query=kept + tuple(values.items()))


_to_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


@contextmanager
def _writing() -> Generator[None]:
    """Refuse what cannot be written down: broken Unicode, NaN, objects of Python."""
    try:
        yield
    except (ValueError, TypeError, RecursionError):
        raise InvalidArguments(
            "an argument cannot be encoded as JSON or in a URL",
            advice="Send texts of whole characters, finite numbers, lists, and dicts of these.",
        ) from None


def fill_path(template: str, values: Mapping[str, object]) -> str:
    """Put ids into a path template.

    Raises:
        InvalidArguments: An id is empty or not of the form the API uses.
    """
    for name, value in values.items():
        if not _ID.fullmatch(str(value)):
            raise InvalidArguments(
                f"{name}: not an id of GetResponse",
                advice="Ids are letters and digits, as the API prints them.",
            )
    return template.format(**values)


@dataclass(frozen=True, slots=True)
class Paging:
    """The paging headers of a listing."""

    total_count: int | None = None
    total_pages: int | None = None


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """A success: status, decoded body (None when there is none) and headers that matter."""

    status: int
    data: Any = None
    paging: Paging = field(default_factory=Paging)
    date: str = ""


def leading_integer(text: str | None) -> int | None:
    """Integer at the start of a header such as `432 seconds`; None without one of 9 digits."""
    match = _LEADING_INTEGER.match(text or "")
    return int(match[1]) if match else None


def read_limits(headers: Mapping[str, str]) -> RateLimits | None:
    """Read the X-RateLimit headers of an answer (names in lower case); None if incomplete."""
    limit, remaining, reset = (
        leading_integer(headers.get(f"x-ratelimit-{name}"))
        for name in ("limit", "remaining", "reset")
    )
    if limit is None or remaining is None or reset is None:
        return None
    return RateLimits(limit, remaining, float(reset))


def read_answer(
    request: ApiRequest,
    status: int,
    headers: Mapping[str, str],
    content: bytes | None,
    conceal: Callable[[str], str] = str,
) -> ApiAnswer:
    """Turn a success into an answer, anything else into a typed error.  The status decides first.

    Args:
        request: The call that was answered.
        status: HTTP status.
        headers: Response headers, names in lower case.
        content: Response body, as far as it was read; None if it broke off.
        conceal: Takes keys and tokens out of a text that the API may have repeated.

    Raises:
        UnreadableSuccess: A 2xx whose body broke off, should be JSON and is not, or has another
            shape than the call's answers have.
        AnswerBeyondLimits: A 2xx whose body is too large or too deeply nested.
        GetResponseError: The error that the status and the API's envelope mean.
    """
    if 200 <= status < 300:
        return _read_success(request, status, headers, content)
    if 300 <= status < 400:
        raise Redirected(
            "the API answered with a redirect, which is never followed",
            **_where(request, status),
            advice="Check the endpoint in the credentials block.",
        )
    readable = content if content and len(content) <= MAX_ANSWER_BYTES else b""
    raise _read_error(request, status, headers, readable, conceal)


class UnreadableSuccess(TransportFailed):
    """A 2xx answer whose body could not be read: accepted, but the result is not known."""


class AnswerBeyondLimits(TransportFailed):
    """A 2xx answer larger or deeper than any of the API: accepted, but the result is not read."""

    default_advice = "Ask for less at once; if that does not help, check the endpoint."


class MaintenancePage(TransportFailed):
    """A 2xx answer with a web page: a proxy or maintenance page, not the API."""


class Redirected(TransportFailed):
    """A 3xx answer."""


_NOT_JSON = object()
_BLANK = b"\xef\xbb\xbf \t\r\n"


class _Where(TypedDict):
    method: str
    path: str
    status: int


def _where(request: ApiRequest, status: int) -> _Where:
    return {"method": request.method, "path": request.template, "status": status}


def _read_success(
    request: ApiRequest, status: int, headers: Mapping[str, str], content: bytes | None
) -> ApiAnswer:
    if content is None:
        raise UnreadableSuccess("the API's answer broke off", **_where(request, status))
    if len(content) > MAX_ANSWER_BYTES:
        raise AnswerBeyondLimits(
            f"the API's answer is larger than {MAX_ANSWER_BYTES:,} bytes", **_where(request, status)
        )
    paging = Paging(
        leading_integer(headers.get("totalcount")),
        leading_integer(headers.get("totalpages")),
    )
    date = headers.get("date", "")
    if not content.strip():
        if request.retry_class is RetryClass.READ and status != 204:
            raise UnreadableSuccess("the API's answer has no body", **_where(request, status))
        return ApiAnswer(status, None, paging, date)
    media_type = headers.get("content-type", "").lower()
    # Whatever it calls itself: no JSON begins like that.
    is_markup = not request.binary and content.lstrip(_BLANK).startswith(b"<")
    if "html" in media_type or is_markup:
        raise MaintenancePage(
            "got an HTML page instead of an API response", **_where(request, status)
        )
    if request.binary:
        return ApiAnswer(status, content, paging, date)
    return ApiAnswer(status, _read_json(request, status, media_type, content), paging, date)


def _read_json(request: ApiRequest, status: int, media_type: str, content: bytes) -> Any:
    """Data of a success; an answer without a media type is read as JSON."""
    try:
        is_json = not media_type or "json" in media_type
        data, is_deeper = read(content, MAX_ANSWER_DEPTH) if is_json else (_NOT_JSON, False)
    except UNREADABLE:
        data, is_deeper = _NOT_JSON, False
    if data is _NOT_JSON:
        raise UnreadableSuccess(
            "the API's answer is not readable JSON", **_where(request, status)
        ) from None
    if request.shape is not None and (fault := request.shape.fault(data)):
        raise UnreadableSuccess(f"the API's answer is {fault}", **_where(request, status))
    if is_deeper:
        raise AnswerBeyondLimits(
            f"the API's answer is nested deeper than {MAX_ANSWER_DEPTH} levels",
            **_where(request, status),
        )
    return data


_EXPLANATIONS = ("message", "codeDescription", "error")
_LONGEST_TEXT = 1000
_SECRET_MEMBER = "sentToken"  # noqa: S105 - the name of a member, not a secret


def _read_error(
    request: ApiRequest,
    status: int,
    headers: Mapping[str, str],
    content: bytes,
    conceal: Callable[[str], str],
) -> GetResponseError:
    envelope = cast("dict[str, Any]", _concealed(_envelope(content), conceal))
    code = _code(envelope.get("code"))
    context = _without_secrets(envelope.get("context"))
    message = next(filter(None, map(envelope.get, _EXPLANATIONS)), "no explanation given")
    error = meaning(status, code)(
        _on_a_line(str(message)).rstrip(". ") + _on_a_line(_details(context)),
        **_where(request, status),
        code=code,
        uuid=_on_a_line(str(envelope["uuid"])) if envelope.get("uuid") else None,
        context=context,
        advice=ADVICE.get(code, "") if code else "",
    )
    if isinstance(error, Throttled):
        error.wait = _wait_asked(headers, context)
    return error


def _on_a_line(text: str) -> str:
    """A text of the API as logs can show it: no line breaks, no control characters, not endless."""
    text = mask(text)
    line = "".join(char if char.isprintable() else " " for char in text[:_LONGEST_TEXT])
    return line if len(text) <= _LONGEST_TEXT else f"{line}..."


def _envelope(content: bytes) -> dict[str, Any]:
    try:
        body, is_deeper = read(content, MAX_ANSWER_DEPTH)
    except UNREADABLE:
        return {}
    if not isinstance(body, dict) or is_deeper:
        return {}
    return cast("dict[str, Any]", body)


def _code(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _concealed(value: Any, conceal: Callable[[str], str]) -> Any:
    """The same value without keys and tokens of ours, whatever text they stand in."""
    match value:
        case str():
            return conceal(value)
        case list():
            return [_concealed(item, conceal) for item in cast("Sequence[Any]", value)]
        case dict():
            members = cast("dict[str, Any]", value).items()
            return {conceal(name): _concealed(item, conceal) for name, item in members}
        case _:
            return value


def _without_secrets(value: Any) -> Any:
    """The same value without the token that an answer repeats, however deep it stands."""
    match value:
        case list():
            return [_without_secrets(item) for item in cast("Sequence[Any]", value)]
        case dict():
            members = cast("dict[str, Any]", value).items()
            return {
                name: _without_secrets(item) for name, item in members if name != _SECRET_MEMBER
            }
        case _:
            return value


def _details(context: Any) -> str:
    """Readable tail of a message for the context shapes seen: object, texts, objects."""
    items = cast("Sequence[Any]", context if isinstance(context, list) else [context])
    if not context:
        return ""
    texts: list[str] = []
    for item in items[:5]:
        if isinstance(item, dict):
            pairs = cast("dict[str, Any]", item).items()
            texts.append(", ".join(f"{name}: {value}" for name, value in pairs))
        else:
            texts.append(str(item))
    more = f" and {len(items) - 5} more" if len(items) > 5 else ""
    return f" [{'; '.join(texts)}{more}]"


def _wait_asked(headers: Mapping[str, str], context: Any) -> float:
    """Seconds a 429 asks to wait: Retry-After, then timeToReset, then X-RateLimit-Reset."""
    retry_after = headers.get("retry-after", "")
    if (seconds := leading_integer(retry_after)) is not None:
        return float(seconds)
    if retry_after:
        try:
            until = parsedate_to_datetime(retry_after)
            sent = parsedate_to_datetime(headers.get("date", ""))
            return max(0.0, (until - sent).total_seconds())
        except (ValueError, TypeError):  # no dates, or one without a time zone
            pass
    if isinstance(context, dict):
        members = cast("dict[str, Any]", context)
        seconds = leading_integer(str(members.get("timeToReset", "")))
        if seconds is not None:
            return float(seconds)
    seconds = leading_integer(headers.get("x-ratelimit-reset"))
    return float(seconds) if seconds is not None else _FALLBACK_WAIT

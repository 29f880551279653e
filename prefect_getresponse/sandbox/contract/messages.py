"""What goes into the sandbox and what comes out, independent of any HTTP library."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import unquote

JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request.

    Attributes:
        method: HTTP method, upper case.
        path: Path without the query, percent-decoded, with `/v3`.
        query_string: The query as it was sent, without the question mark.
        headers: Header values by lower-case name.
        body: The body, decoded from any transfer coding.
        client_id: What tells this caller from others in the log.
    """

    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes
    client_id: str

    @classmethod
    def received(
        cls,
        method: str,
        target: str,
        headers: Iterable[tuple[str, str]],
        body: bytes,
        peer: str = "",
    ) -> Call:
        """Build a call from the parts of a request line and its headers.

        Args:
            method: HTTP method.
            target: Path and query as on the request line.
            headers: Header names and values in the order sent.
            body: The whole body.
            peer: Address of the other end, empty inside one process.
        """
        path, _, query_string = target.partition("?")
        by_name = {name.lower(): value for name, value in headers}
        client = by_name.get("x-sandbox-client") or peer or by_name.get("user-agent", "")
        return cls(method.upper(), unquote(path), query_string, by_name, body, client)


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP response.

    Attributes:
        status: HTTP status.
        body: The whole body.
        headers: Header values by name, without Content-Length.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def with_headers(self, headers: Mapping[str, str]) -> Answer:
        """Return the same answer with `headers` added; those it has already win."""
        return Answer(self.status, self.body, {**headers, **self.headers})


@dataclass(frozen=True, slots=True)
class Exchange:
    """What happens on the wire after a call.

    Attributes:
        answer: The answer as it would arrive undisturbed.
        delay: Seconds to wait before the first byte.
        ending: `complete`, or `reset` (connection reset, nothing sent), or `truncate` (headers
            promise the whole body, half of it is sent, then the connection closes).
    """

    answer: Answer
    delay: float = 0.0
    ending: Literal["complete", "reset", "truncate"] = "complete"


def json_answer(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Answer:
    """Return an answer with a JSON body."""
    body = json.dumps(value, separators=(",", ":")).encode()
    return Answer(status, body, {"Content-Type": JSON_TYPE, **(headers or {})})


def file_answer(content: bytes, media_type: str) -> Answer:
    """Return an answer with a file, such as an image."""
    return Answer(200, content, {"Content-Type": media_type})

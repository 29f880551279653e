"""Faults that are set from outside: what goes wrong, with which calls, how often."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, cast

from prefect_getresponse.sandbox.contract.errors import (
    CODE_OF_STATUS,
    DESCRIPTIONS,
    INTERNAL,
    ApiError,
    throttled,
)
from prefect_getresponse.sandbox.contract.messages import Answer, Call, Exchange
from prefect_getresponse.sandbox.people.contact_book import email_key
from prefect_getresponse.sandbox.wire.limits import frame_headers

STATUS = "status"
DELAY = "delay"
RESET = "reset"
TRUNCATE = "truncate"
HTML = "html"
COMMIT_THEN_FAIL = "commit_then_fail"
REJECT = "reject"
KINDS = (STATUS, DELAY, RESET, TRUNCATE, HTML, COMMIT_THEN_FAIL, REJECT)
FOR_EVER = 0

_PREVENTING = frozenset({STATUS, RESET, HTML})
_PAGE = b"<!DOCTYPE html><html><body><h1>Maintenance</h1><p>We are back soon.</p></body></html>"
_TYPES: Mapping[str, tuple[type, ...]] = {
    "method": (str,),
    "path": (str,),
    "kind": (str,),
    "status": (int,),
    "code": (int,),
    "seconds": (int, float),
    "after": (int,),
    "times": (int,),
    "email": (str,),
}


@dataclass(slots=True)
class Fault:
    """One fault.

    Attributes:
        kind: One of `KINDS`.
        method: HTTP method, or `*`.
        path: Glob of the concrete path with `/v3`.
        status: HTTP status of `status` and `commit_then_fail`; 0 there means a reset.
        code: Code of the error catalogue; 0 for the usual one of the status.
        seconds: Length of a `delay`; time to reset that a 429 names.
        after: How many matches pass undisturbed first.
        times: How many matches are hit then; 0 or less: all.
        email: Glob of the addresses that `reject` drops.
    """

    kind: str
    method: str = "*"
    path: str = "*"
    status: int = 500
    code: int = 0
    seconds: float = 1.0
    after: int = 0
    times: int = 1
    email: str = "*"
    seen: int = 0

    def matches(self, call: Call) -> bool:
        """Whether the fault is about calls like this."""
        return self.method in ("*", call.method) and fnmatchcase(call.path, self.path)

    def hits(self) -> bool:
        """Count one match and say whether it is hit."""
        self.seen += 1
        return self.seen > self.after and (
            self.times <= FOR_EVER or self.seen <= self.after + self.times
        )

    @property
    def prevents(self) -> bool:
        """Whether a call that is hit is not executed."""
        return self.kind in _PREVENTING

    def instead(self) -> Exchange:
        """Return what happens instead of executing the call."""
        if self.kind == RESET:
            return Exchange(Answer(0), ending="reset")
        if self.kind == HTML:
            return Exchange(Answer(200, _PAGE, {"Content-Type": "text/html; charset=utf-8"}))
        raise self._error()

    def spoil(self, answer: Answer) -> Exchange:
        """Return what happens after the call was executed."""
        if self.kind == DELAY:
            return Exchange(answer, delay=self.seconds)
        if self.kind == TRUNCATE:
            return Exchange(answer, ending="truncate")
        if self.status == 0:
            return Exchange(Answer(0), ending="reset")
        raise self._error()

    def _error(self) -> ApiError:
        if self.status == 429:
            return throttled(30_000, self.seconds, frame_headers(0, self.seconds))
        code = self.code or CODE_OF_STATUS.get(self.status, INTERNAL)
        return ApiError(self.status, code, "A fault that was set in the sandbox")


class Faults:
    """The faults in force, in the order they were set; the first that hits a call wins."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def replace(self, rows: Any) -> int:
        """Put other faults in force.

        Args:
            rows: Array of objects as sent to `POST /_sandbox/faults`.

        Returns:
            How many there are now.

        Raises:
            ValueError: If one of them is not a fault; then nothing changes.
        """
        if not isinstance(rows, list):
            raise ValueError("faults is not an array")
        self._faults = [_parse(row) for row in cast("Sequence[Any]", rows)]
        return len(self._faults)

    def take(self, call: Call) -> Fault | None:
        """Return the fault that hits this call, if any does."""
        for fault in self._matching(call):
            if fault.kind != REJECT and fault.hits():
                return fault
        return None

    def rejects(self, call: Call, email: str) -> bool:
        """Whether a fault drops an address that this call brings, counted by address."""
        if not self._faults:
            return False
        key = email_key(email)
        return any(
            fnmatchcase(key, email_key(fault.email)) and fault.hits()
            for fault in self._matching(call)
            if fault.kind == REJECT
        )

    def _matching(self, call: Call) -> Iterator[Fault]:
        return (fault for fault in self._faults if fault.matches(call))


def _parse(row: Any) -> Fault:
    if not isinstance(row, dict):
        raise ValueError("a fault is not an object")
    members = cast("dict[str, Any]", row)
    for name, value in members.items():
        if name not in _TYPES:
            raise ValueError(f"a fault has no member {name!r}; it has {', '.join(_TYPES)}")
        if not isinstance(value, _TYPES[name]) or isinstance(value, bool):
            raise ValueError(f"{name} of a fault has the wrong type: {value!r}")
    kind = members.get("kind")
    if kind not in KINDS:
        raise ValueError(f"kind of a fault must be one of {', '.join(KINDS)}, not {kind!r}")
    status = members.get("status", 500)
    if not (100 <= status <= 599 or (status == 0 and kind == COMMIT_THEN_FAIL)):
        raise ValueError(f"status of a fault is no HTTP status: {status}")
    if members.get("code", INTERNAL) not in DESCRIPTIONS:
        raise ValueError(f"code of a fault is not in the catalogue: {members['code']}")
    if members.get("seconds", 0) < 0 or members.get("after", 0) < 0:
        raise ValueError("seconds and after of a fault cannot be negative")
    defaults: dict[str, Any] = {"times": FOR_EVER} if kind == REJECT else {}
    return Fault(**{**defaults, **members, "method": members.get("method", "*").upper()})

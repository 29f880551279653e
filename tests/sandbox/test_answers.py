"""What every answer of the sandbox carries."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from tests.sandbox.conftest import Api


@pytest.mark.parametrize(
    ("method", "path", "fault"),
    [
        ("GET", "/accounts", None),
        ("GET", "/no-such-thing", None),
        ("GET", "/campaigns", {"kind": "status", "status": 503}),
        ("GET", "/campaigns", {"kind": "html"}),
    ],
)
def test_every_answer_tells_the_time_of_the_sandbox(
    api: Api, method: str, path: str, fault: dict[str, Any] | None
) -> None:
    if fault is not None:
        api.control("POST", "faults", {"faults": [{"method": method, "path": "/v3*", **fault}]})
    answer = api.call(method, path)
    assert parsedate_to_datetime(answer.headers["Date"]).timestamp() == api.now

"""The law of repeats, with failures that a real socket makes."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import httpx
import pytest

from prefect_getresponse.client import errors
from prefect_getresponse.client.request import ApiAnswer, RetryClass
from prefect_getresponse.client.retry import LAW, MAX_ATTEMPTS, Decision, Failure, RetryQuota
from tests.client import fault_server
from tests.client.fault_server import Behaviour, FaultServer, answer, unused_url
from tests.client.senders import MakeSender, Sender, call

CLASSES = ["read", "delete", "update", "keyed", "once", "batch", "import"]

ENVELOPE = {
    "httpStatus": 400,
    "code": 1000,
    "codeDescription": "General error of validation process",
    "message": "Check the context",
    "context": [{"fieldName": "email", "errorDescription": "jane.doe@example.com is broken"}],
    "uuid": "c6a7d8e9",
}
TOO_MANY = {"code": 1015, "message": "Quota", "context": {"timeToReset": "7 seconds"}}
PAGE = "<html><body>Back soon</body></html>"

# What the server does, and a letter for each class of call, in the order of CLASSES:
# R repeat, C look before repeating, ? unknown, X raise, W wait and repeat, O done.
FAULTS: dict[str, tuple[Behaviour, str]] = {
    "reset": (fault_server.reset, "RRRC?CC"),
    "closed": (fault_server.close, "RRRC?CC"),
    "time-out": (fault_server.hang, "RRRC?CC"),
    "cut short": (fault_server.cut_short, "ROOOOOO"),
    "not JSON": (answer(200, "OK then"), "ROOOOOO"),
    "web page": (answer(200, PAGE, "text/html; charset=utf-8"), "RCRC?CC"),
    "301": (answer(301, headers={"Location": "http://127.0.0.1:9/v3"}), "XXXXXXX"),
    "307": (answer(307, headers={"Location": "http://127.0.0.1:9/v3"}), "XXXXXXX"),
    "400": (answer(400, ENVELOPE), "XXXXXXX"),
    "401": (answer(401, {"code": 1014, "message": "no"}), "XXXXXXX"),
    "403": (answer(403, {"code": 1023, "message": "no"}), "XXXXXXX"),
    "404": (answer(404, {"code": 1013, "message": "no"}), "XOXXXXX"),
    "409": (answer(409, {"code": 1008, "message": "taken"}), "XXXXXXX"),
    "413": (answer(413, PAGE, "text/html"), "XXXXXXX"),
    "429": (answer(429, TOO_MANY), "WWWWWWW"),
    "500": (answer(500, {"code": 1, "message": "oops"}), "RRRC?CC"),
    "502": (answer(502, PAGE, "text/html"), "RRRC?CC"),
    "503": (answer(503, {"code": 1019, "message": "maintenance"}), "RRRC?CC"),
    "504": (answer(504, PAGE, "text/html"), "RRRC?CC"),
}
CELLS = [
    pytest.param(behaviour, RetryClass(retry_class), letter, id=f"{name}-{retry_class}")
    for name, (behaviour, letters) in FAULTS.items()
    for retry_class, letter in zip(CLASSES, letters, strict=True)
]


@dataclass
class Outcome:
    """What one call came to."""

    answer: ApiAnswer | None
    error: errors.GetResponseError | None
    arrived: int
    waits: list[float]


Play = Callable[[RetryClass, list[Behaviour]], Outcome]


@pytest.fixture
def outcome(sender: MakeSender, monkeypatch: pytest.MonkeyPatch) -> Play:
    def play(retry_class: RetryClass, script: list[Behaviour]) -> Outcome:
        patience = httpx.Timeout(0.15 if fault_server.hang in script else 10.0)
        monkeypatch.setattr("prefect_getresponse.client.send.TIMEOUT", patience)
        with FaultServer(*script) as server:
            client = sender(server.url)
            result, error = attempt(client, retry_class)
            return Outcome(result, error, len(server.requests), client.waits)

    return play


def attempt(
    client: Sender, retry_class: RetryClass
) -> tuple[ApiAnswer | None, errors.GetResponseError | None]:
    try:
        return client.send(call(retry_class)), None
    except errors.GetResponseError as error:
        return None, error


@pytest.mark.parametrize(("behaviour", "retry_class", "letter"), CELLS)
def test_law(behaviour: Behaviour, retry_class: RetryClass, letter: str, outcome: Play) -> None:
    seen = outcome(retry_class, [behaviour, answer(200, {"ok": True})])

    if letter in "RW":
        assert seen.answer == ApiAnswer(200, {"ok": True})
        assert seen.arrived == 2
        assert len(seen.waits) >= 1
    elif letter == "O":
        assert seen.answer is not None
        assert seen.answer.data is None
        assert seen.arrived == 1
    else:
        assert seen.error is not None
        assert seen.arrived == 1
        assert isinstance(seen.error, errors.OutcomeUnknown) == (letter in "C?")
    if isinstance(seen.error, errors.OutcomeUnknown):
        assert seen.error.reconcilable == (letter == "C")


@pytest.mark.parametrize("retry_class", [RetryClass(name) for name in CLASSES])
def test_a_refused_connection_is_tried_again_whatever_the_call(
    retry_class: RetryClass, sender: MakeSender
) -> None:
    client = sender(unused_url())
    _, error = attempt(client, retry_class)

    assert type(error).__mro__[1] is errors.TransportFailed
    assert client.calls.total() == MAX_ATTEMPTS


def test_every_cell_of_the_law_is_decided() -> None:
    assert LAW.keys() == {(failure, each) for failure in Failure for each in RetryClass}
    for retry_class in RetryClass:
        assert LAW[Failure.NOT_SENT, retry_class] is Decision.REPEAT
        assert LAW[Failure.BAD_CERTIFICATE, retry_class] is Decision.RAISE
        assert LAW[Failure.NOT_WRITTEN, retry_class] is LAW[Failure.NO_ANSWER, retry_class]


def test_gives_up_after_five_attempts_with_growing_jitter(outcome: Play) -> None:
    seen = outcome(RetryClass.READ, [answer(503, {"code": 1019, "message": "maintenance"})])

    assert isinstance(seen.error, errors.ServerFailed)
    assert seen.error.code == 1019
    assert seen.arrived == MAX_ATTEMPTS
    backoffs = seen.waits[-(MAX_ATTEMPTS - 1) :]
    assert all(wait <= 0.5 * 2**number for number, wait in enumerate(backoffs, start=1))


class TestWaitingForTheLimit:
    @pytest.mark.parametrize(
        ("headers", "context", "seconds"),
        [
            ({"Retry-After": "3"}, {"timeToReset": "9 seconds"}, 3),
            (
                {
                    "Date": "Tue, 24 Nov 2026 10:00:00 GMT",
                    "Retry-After": "Tue, 24 Nov 2026 10:00:04 GMT",
                },
                None,
                4,
            ),
            ({"X-RateLimit-Reset": "8 seconds"}, {"timeToReset": "9 seconds"}, 9),
            ({"X-RateLimit-Reset": "8 seconds"}, None, 8),
            ({"Retry-After": "soon", "X-RateLimit-Reset": "8"}, None, 8),
            ({}, None, 5),
        ],
    )
    def test_waits_as_long_as_asked(
        self,
        headers: dict[str, str],
        context: dict[str, str] | None,
        seconds: int,
        outcome: Play,
    ) -> None:
        body = {"code": 1015, "message": "Quota", "context": context}
        seen = outcome(RetryClass.ONCE, [answer(429, body, headers=headers), answer(200, {})])

        assert seen.answer is not None
        assert seconds < sum(seen.waits) < seconds + 1.2

    def test_waits_are_not_attempts(self, outcome: Play) -> None:
        seen = outcome(RetryClass.ONCE, [answer(429, TOO_MANY)] * 20 + [answer(200, {})])

        assert seen.arrived == 21
        assert seen.answer is not None

    def test_gives_up_after_one_frame(self, outcome: Play) -> None:
        seen = outcome(RetryClass.READ, [answer(429, TOO_MANY)])

        assert isinstance(seen.error, errors.Throttled)
        assert seen.error.wait == 7
        assert 600 <= sum(seen.waits) < 620

    def test_a_wait_for_the_calls_of_another_day_is_left_to_the_caller(self, outcome: Play) -> None:
        body = {"code": 1015, "message": "Quota", "context": {"timeToReset": "43200 seconds"}}
        seen = outcome(RetryClass.IMPORT, [answer(429, body)])

        assert isinstance(seen.error, errors.Throttled)
        assert (seen.error.wait, seen.arrived) == (43_200, 1)


class TestQuota:
    def test_an_outage_uses_it_up(self) -> None:
        quota = RetryQuota()
        assert sum(quota.spend(5) for _ in range(1000)) == RetryQuota.CAPACITY // 5
        for _ in range(5):
            quota.earn()
        assert quota.spend(5)
        assert not quota.spend(5)

    def test_successes_never_fill_it_beyond_its_capacity(self) -> None:
        quota = RetryQuota()
        for _ in range(10):
            quota.earn()
        assert sum(quota.spend(10) for _ in range(1000)) == RetryQuota.CAPACITY // 10

    def test_without_quota_nothing_is_repeated(self, sender: MakeSender) -> None:
        client = sender(unused_url())
        for _ in range(50):
            with contextlib.suppress(errors.TransportFailed):
                client.send(call())
        used = client.calls.total()

        with pytest.raises(errors.TransportFailed):
            client.send(call())

        assert client.calls.total() == used + 1
        assert used == 50 + RetryQuota.CAPACITY // 5

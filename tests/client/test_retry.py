"""How the law of repeats is carried out: attempts, waits, quota; `test_law.py` has its cells."""

import contextlib
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import httpx
import pytest
from pydantic import SecretStr
from tenacity import RetryCallState, Retrying

from prefect_getresponse.client import errors
from prefect_getresponse.client.auth import ApiKeyAuth
from prefect_getresponse.client.connection import Connection
from prefect_getresponse.client.request import ApiAnswer, RetryClass
from prefect_getresponse.client.retry import (
    BACKOFF_CAP,
    LAW,
    MAX_ATTEMPTS,
    Attempts,
    Decision,
    Failure,
    RetryQuota,
)
from tests.client.fault_server import (
    Behaviour,
    FaultServer,
    answer,
    crowded_url,
    reset,
    unused_url,
)
from tests.client.senders import Flavour, MakeSender, Sender, call

ENVELOPE = {
    "httpStatus": 400,
    "code": 1000,
    "codeDescription": "General error of validation process",
    "message": "Check the context",
    "context": [{"fieldName": "email", "errorDescription": "jane.doe@example.com is broken"}],
    "uuid": "c6a7d8e9",
}
TOO_MANY = {"code": 1015, "message": "Quota", "context": {"timeToReset": "7 seconds"}}


@dataclass
class Outcome:
    """What one call came to."""

    answer: ApiAnswer | None
    error: errors.GetResponseError | None
    arrived: int
    waits: list[float]


Play = Callable[[RetryClass, list[Behaviour]], Outcome]


@pytest.fixture
def outcome(sender: MakeSender) -> Play:
    def play(retry_class: RetryClass, script: list[Behaviour]) -> Outcome:
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
            ({"X-RateLimit-Reset": "1790000000"}, None, 5),
            (
                {
                    "Date": "Tue, 24 Nov 2026 10:00:00 GMT",
                    "Retry-After": "Tue, 24 Nov 2026 10:00:04 -0000",
                },
                None,
                5,
            ),
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

    def test_who_keeps_refusing_is_asked_less_often(self, outcome: Play) -> None:
        seen = outcome(RetryClass.READ, [answer(429, headers={"Retry-After": "0"})])

        assert isinstance(seen.error, errors.Throttled)
        assert seen.arrived < 40

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

    @pytest.mark.parametrize("flavour", ["sync", "async"])
    def test_repeats_after_a_time_out_cost_twice_as_much(self, flavour: Flavour) -> None:
        hasty = Connection(timeout=httpx.Timeout(10.0, connect=0.01))
        with crowded_url() as url, Sender(flavour, url, connection=hasty) as client:
            for _ in range(20):
                with contextlib.suppress(errors.TransportFailed):
                    client.send(call())

        assert client.calls.total() == 20 + RetryQuota.CAPACITY // 10


class Chance(random.Random):
    """Always draws the most, and notes down the limits it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.limits: list[tuple[float, float]] = []

    def uniform(self, a: float, b: float) -> float:
        self.limits.append((a, b))
        return b


def test_jitter_is_full_and_its_limit_doubles_up_to_the_cap() -> None:
    chance = Chance()
    attempts = Attempts(call(), RetryQuota(), chance, lambda _: "", lambda: 0.0)
    waits: list[float] = []
    options = attempts.options(waits.append)

    def fail() -> None:
        raise errors.ServerFailed("no", method="GET", path="/contacts", status=500)

    with pytest.raises(errors.ServerFailed):
        Retrying(**options)(fail)
    attempts.failed = 20
    attempts.options(waits.append)["wait"](RetryCallState(Retrying(), None, (), {}))

    assert waits == [1, 2, 4, 8]
    assert chance.limits == [(0, 1), (0, 2), (0, 4), (0, 8), (0, BACKOFF_CAP)]


class TestOutcomeUnknown:
    @pytest.mark.parametrize("retry_class", [RetryClass.KEYED, RetryClass.ONCE])
    def test_says_what_was_sent_and_when(self, retry_class: RetryClass, outcome: Play) -> None:
        before = datetime.now(UTC).replace(microsecond=0)
        seen = outcome(retry_class, [answer(429, TOO_MANY), reset])

        assert isinstance(seen.error, errors.OutcomeUnknown)
        assert (seen.error.operation, seen.error.attempt) == ("POST /contacts", 2)
        assert before <= datetime.fromisoformat(seen.error.sent_at) <= datetime.now(UTC)
        assert seen.error.sent_at in str(seen.error)

    def test_its_fingerprint_tells_bodies_apart_by_a_secret(self) -> None:
        def fingerprint(key: str, text: str) -> str:
            auth = ApiKeyAuth(SecretStr(key), "https://api.getresponse.com/v3", {})
            request = replace(call(RetryClass.ONCE), body={"name": text})
            attempts = Attempts(
                request, RetryQuota(), random.Random(1), auth.fingerprint, lambda: 0.0
            )
            trouble = errors.ServerFailed("no", method="POST", path="/contacts", status=500)
            unknown = attempts.final(trouble)
            assert isinstance(unknown, errors.OutcomeUnknown)
            return unknown.fingerprint

        assert fingerprint("key-1", "a") == fingerprint("key-1", "a")
        assert len({fingerprint(key, text) for key in ("key-1", "key-2") for text in "ab"}) == 4
        assert re.fullmatch("[0-9a-f]{16}", fingerprint("key-1", "a"))

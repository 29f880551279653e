"""Does the receiver's address answer as GetResponse needs it, and is nobody else's taken?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from prefect_getresponse.client.errors import Conflict
from prefect_getresponse.doctor.findings import Outcome
from prefect_getresponse.doctor.webhook_checks import address, callbacks_elsewhere
from prefect_getresponse.events.inbox.inbox import Inbox
from prefect_getresponse.events.receiving.registration import register_callbacks
from prefect_getresponse.webhooks import receiver
from tests.events.loop import Loop
from tests.events.samples import SECRET

URL = "https://hooks.example.com/webhooks"
SECRETS = [SecretStr(SECRET)]


def test_a_receiver_is_as_it_should_be(tmp_path: Path) -> None:
    inbox = Inbox(str(tmp_path / "inbox.sqlite"))
    transport = httpx.ASGITransport(receiver(SECRETS, inbox=inbox, emit="none"))
    found = asyncio.run(address(URL, SECRETS, transport))
    assert [each.outcome for each in found] == [Outcome.OK, Outcome.OK]
    assert inbox.counts() == {}
    wrong = asyncio.run(address(URL, [SecretStr("x" * 43)], transport))
    assert "does not know the secret" in wrong[0].found
    assert not [each for each in (*found, *wrong) if SECRET in str(each)]
    inbox.close()


def answering(answer: httpx.Response) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _request: answer


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (httpx.Response(200, json={"status": "fine"}), "answers 200 without"),
        (httpx.Response(200, text="hello"), "answers 200 without"),
        (httpx.Response(404), "answers 404 without"),
        (httpx.Response(301, headers={"Location": f"{URL}/"}), "redirects"),
        (httpx.Response(503), "cannot write"),
    ],
    ids=str,
)
def test_other_answers_are_problems(answer: httpx.Response, says: str) -> None:
    transport = httpx.MockTransport(answering(answer))
    found = asyncio.run(address(URL, SECRETS, transport))[0]
    assert found.outcome is Outcome.PROBLEM
    assert says in found.found


def test_who_answers_to_everybody_is_a_problem() -> None:
    transport = httpx.MockTransport(answering(httpx.Response(200, json={"status": "OK"})))
    found = asyncio.run(address(URL, SECRETS, transport))
    assert [each.outcome for each in found] == [Outcome.OK, Outcome.PROBLEM]


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (httpx.ConnectError("certificate"), "cannot be reached"),
        (httpx.ReadTimeout("slow"), "does not answer within 5 s"),
    ],
    ids=str,
)
def test_no_answer_is_a_problem(error: Exception, says: str) -> None:
    def fail(_request: httpx.Request) -> httpx.Response:
        raise error

    [found] = asyncio.run(address(URL, SECRETS, httpx.MockTransport(fail)))
    assert says in found.found


@pytest.mark.parametrize("url", ["http://hooks.example.com/webhooks", "hooks.example.com", ""])
def test_only_https_will_do(url: str) -> None:
    assert asyncio.run(address(url, SECRETS))[0].outcome is Outcome.PROBLEM


def test_somebody_elses_callbacks_are_named_and_left_alone(tmp_path: Path) -> None:
    loop = Loop(tmp_path)
    ours, theirs = f"{URL}?secret={SECRET}", "https://crm.example.com/hook?token=canary-token"
    actions = {"unsubscribe": True}

    async def run() -> None:
        async with loop.client() as client:
            assert await register_callbacks(client, ours, actions) == "registered"
            rotated = ours.replace(SECRET, "n" * 43)
            assert await register_callbacks(client, rotated, actions) == "updated"
            assert (await callbacks_elsewhere(client, URL))[0].outcome is Outcome.OK
            loop.api.ok("POST", "/accounts/callbacks", {"url": theirs, "actions": actions})
            with pytest.raises(Conflict, match=r"crm\.example\.com") as caught:
                await register_callbacks(client, ours, actions)
            assert "canary-token" not in str(caught.value)
            assert (await callbacks_elsewhere(client, URL))[0].outcome is Outcome.WARNING

    asyncio.run(run())
    assert loop.api.ok("GET", "/accounts/callbacks")["url"] == theirs
    loop.close()

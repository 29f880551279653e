"""OAuth 2.0: tokens come when they are needed, once for all who wait, and never show themselves."""

import asyncio
import base64
import json
import logging
import pickle
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.client import errors
from prefect_getresponse.client.auth import OAuthAuth
from prefect_getresponse.client.oauth import PATIENCE, Tokens, token_request
from prefect_getresponse.client.request import ApiRequest, Redirected, RetryClass
from prefect_getresponse.client.retry import MAX_ATTEMPTS
from prefect_getresponse.client.send import AsyncClient, Client
from prefect_getresponse.limits.throttle import Throttle
from prefect_getresponse.sandbox import Sandbox
from tests.client.fault_server import Behaviour, FaultServer, answer, reset
from tests.client.senders import Sender, call

ID, SECRET, REFRESH = "canary-client", "canary-secret", "canary-refresh"
BASIC = base64.b64encode(f"{ID}:{SECRET}".encode()).decode()
EXPIRED = answer(
    401,
    {
        "httpStatus": 401,
        "code": 1014,
        "message": "The access token provided is expired",
        "context": {"sentToken": "canary-access-1"},
    },
)
DONE = answer(200, {"ok": True})


def issue(number: int = 1, **members: object) -> Behaviour:
    """The token endpoint's answer; members that are None are left out."""
    body = {"access_token": f"canary-access-{number}", "expires_in": 3600, "token_type": "Bearer"}
    given = (body | members).items()
    return answer(200, {name: value for name, value in given if value is not None})


class Vault:
    """Keeps a refresh token in memory and notes down what happens to it."""

    def __init__(self, *stored: str) -> None:
        self.stored = list(stored)
        self.saved: list[tuple[str, str]] = []
        self.is_kept = False

    def load(self) -> SecretStr | None:
        if not self.stored:
            return None
        return SecretStr(self.stored.pop(0) if len(self.stored) > 1 else self.stored[0])

    async def aload(self) -> SecretStr | None:
        return self.load()

    def save(self, spent: SecretStr, new: SecretStr) -> None:
        self.saved.append((spent.get_secret_value(), new.get_secret_value()))

    async def asave(self, spent: SecretStr, new: SecretStr) -> None:
        self.save(spent, new)


class Account:
    """One client in virtual time, with OAuth tokens."""

    def __init__(self, flavour: Any, url: str, refresh_token: str, vault: Vault) -> None:
        self.now = 0.0
        self.tokens = Tokens(SecretStr(refresh_token), vault, lambda: self.now)
        self.auth = OAuthAuth(ID, SecretStr(SECRET), self.tokens, url, {"X-Domain": "a.example"})
        self.sender = Sender(flavour, url, auth=self.auth)

    def send(self, retry_class: RetryClass = RetryClass.READ) -> Any:
        return self.sender.send(call(retry_class)).data


Make = Callable[..., Account]


@pytest.fixture(params=["sync", "async"])
def account(request: pytest.FixtureRequest) -> Iterator[Make]:
    """Makes an account of both flavours."""
    with ExitStack() as stack:

        def make(url: str, refresh_token: str = "", vault: Vault | None = None) -> Account:
            made = Account(request.param, url, refresh_token, vault or Vault())
            stack.enter_context(made.sender)
            return made

        yield make


def lines(request: str) -> list[str]:
    return request.splitlines()


class TestWire:
    @pytest.mark.parametrize(
        ("refresh_token", "form"),
        [
            ("", "grant_type=client_credentials"),
            (REFRESH, f"grant_type=refresh_token&refresh_token={REFRESH}"),
        ],
    )
    def test_a_token_is_asked_for_before_the_first_call(
        self, refresh_token: str, form: str, account: Make
    ) -> None:
        with FaultServer(issue(), DONE) as server:
            client = account(server.url, refresh_token)
            assert server.requests == []
            client.send()
            client.send()
            asked, *calls = map(lines, server.requests)

        assert asked[0] == "POST /v3/token HTTP/1.1"
        assert f"Authorization: Basic {BASIC}" in asked
        assert "Content-Type: application/x-www-form-urlencoded" in asked
        assert asked[-1] == form
        assert [request[0] for request in calls] == ["GET /v3/contacts HTTP/1.1"] * 2
        assert all("Authorization: Bearer canary-access-1" in request for request in calls)
        assert all("X-Domain: a.example" in request for request in (asked, *calls))
        assert "x-auth-token" not in "".join(server.requests).lower()

    def test_it_counts_as_a_call(self, account: Make) -> None:
        with FaultServer(issue(), DONE) as server:
            client = account(server.url)
            client.send()
        assert client.sender.calls == {"POST /token": 1, "GET /contacts": 1}

    def test_a_code_is_sent_as_it_is(self) -> None:
        request = token_request("authorization_code", SecretStr("a&b c"))
        assert request.content() == b"grant_type=authorization_code&code=a%26b+c"

    def test_it_goes_to_its_own_host_only(self) -> None:
        tokens = Tokens(SecretStr(REFRESH), Vault(), lambda: 0.0)
        auth = OAuthAuth(ID, SecretStr(SECRET), tokens, "https://api.getresponse.com/v3", {})
        for url in ("https://evil.example/v3/token", "http://api.getresponse.com/v3/token"):
            with pytest.raises(errors.InvalidConfiguration, match="refused to send"):
                auth.authorize(httpx.Request("POST", url))


class TestLife:
    @pytest.mark.parametrize(
        ("life", "fresh", "stale"),
        [(3600, 3539.0, 3541.0), (100, 89.0, 91.0), ("100", 89.0, 91.0), (0, 0.8, 0.95)],
    )
    def test_ends_a_little_early(
        self, life: object, fresh: float, stale: float, account: Make
    ) -> None:
        with FaultServer(issue(1, expires_in=life), DONE, DONE, issue(2), DONE) as server:
            client = account(server.url)
            client.send()
            client.now = fresh
            client.send()
            client.now = stale
            client.send()
            paths = [request.split()[1] for request in server.requests]

        token, contacts = "/v3/token", "/v3/contacts"
        assert paths == [token, contacts, contacts, token, contacts]
        assert "Bearer canary-access-2" in server.requests[-1]

    @pytest.mark.parametrize("life", [None, "soon", [1], 10**400])
    def test_without_a_life_the_api_tells_when_it_ends(self, life: object, account: Make) -> None:
        with FaultServer(issue(1, expires_in=life), DONE) as server:
            client = account(server.url)
            client.send()
            client.now = 1e9
            client.send()
            assert len(server.requests) == 3


class TestRefusedToken:
    @pytest.mark.parametrize("retry_class", RetryClass)
    def test_is_renewed_once_and_the_call_sent_again(
        self, retry_class: RetryClass, account: Make
    ) -> None:
        with FaultServer(issue(1), EXPIRED, issue(2), DONE) as server:
            assert account(server.url).send(retry_class) == {"ok": True}
            sent = server.requests

        assert len(sent) == 4
        assert sent[1].replace("canary-access-1", "canary-access-2") == sent[3]

    def test_is_one_under_403_as_well(self, account: Make) -> None:
        refusal = answer(403, {"code": 1014, "message": "no"})
        with FaultServer(issue(1), refusal, issue(2), DONE) as server:
            assert account(server.url).send() == {"ok": True}

    @pytest.mark.parametrize("retry_class", RetryClass)
    def test_twice_is_the_end(self, retry_class: RetryClass, account: Make) -> None:
        with FaultServer(issue(1), EXPIRED, issue(2), EXPIRED) as server:
            with pytest.raises(errors.TokenRefused, match="oauth login") as caught:
                account(server.url).send(retry_class)
            assert len(server.requests) == 4
        assert (caught.value.status, caught.value.code) == (401, 1014)

    def test_a_later_call_has_its_own_second_chance(self, account: Make) -> None:
        with FaultServer(issue(1), EXPIRED, issue(2), DONE, EXPIRED, issue(3), DONE) as server:
            client = account(server.url)
            client.send()
            client.send()
            assert len(server.requests) == 7

    def test_other_failures_between_do_not_count(self, account: Make) -> None:
        busy = answer(500, {"code": 1, "message": "oops"})
        with FaultServer(issue(1), busy, EXPIRED, issue(2), busy, DONE) as server:
            assert account(server.url).send() == {"ok": True}

    @pytest.mark.parametrize(
        ("refusal", "kind"),
        [
            (answer(403, {"code": 1023, "message": "no"}), errors.AccessDenied),
            (answer(404, {"code": 1024, "message": "no"}), errors.DomainNotFound),
            (answer(400, {"code": 1021, "message": "no"}), errors.InvalidHeaders),
        ],
    )
    def test_other_refusals_renew_nothing(
        self, refusal: Behaviour, kind: type[Exception], account: Make
    ) -> None:
        with FaultServer(issue(1), refusal) as server:
            with pytest.raises(kind):
                account(server.url).send()
            assert len(server.requests) == 2


class TestTokenEndpoint:
    @pytest.mark.parametrize(
        ("behaviour", "kind", "says"),
        [
            (answer(400, {"error": "invalid_grant"}), errors.TokenRefused, "oauth login"),
            (answer(401, {"error": "invalid_client"}), errors.TokenRefused, "Check the client id"),
            (answer(400, {"error": "unauthorized_client"}), errors.TokenRefused, "may not do"),
            (answer(401, {"code": 1014, "message": "no"}), errors.TokenRefused, "OAuth client"),
            (answer(400, "nonsense"), errors.TokenRefused, "OAuth client"),
            (answer(404, {"code": 1024, "message": "no"}), errors.DomainNotFound, "domain"),
            (answer(403, {"code": 1017, "message": "no"}), errors.Blocked, "support"),
            (answer(302, headers={"Location": "http://a.example"}), Redirected, "endpoint"),
            (answer(200, {"token_type": "Bearer"}), errors.TokenRefused, "no access token"),
            (answer(200, {"access_token": 1}), errors.TokenRefused, "no access token"),
            (answer(200, []), errors.TokenRefused, "no access token"),
            (issue(access_token="t\u00f6ken"), errors.TokenRefused, "no access token"),
            (issue(access_token="to\nken"), errors.TokenRefused, "no access token"),
        ],
    )
    @pytest.mark.parametrize("retry_class", [RetryClass.READ, RetryClass.ONCE])
    def test_a_refusal_is_explained_and_the_call_not_sent(
        self,
        behaviour: Behaviour,
        kind: type[Exception],
        says: str,
        retry_class: RetryClass,
        account: Make,
    ) -> None:
        with FaultServer(behaviour) as server:
            with pytest.raises(kind, match=says):
                account(server.url).send(retry_class)
            assert len(server.requests) == 1

    @pytest.mark.parametrize(
        ("behaviour", "kind"),
        [
            (answer(500, {"code": 1, "message": "oops"}), errors.ServerFailed),
            (answer(200, "<html>", "text/html"), errors.TransportFailed),
            (reset, errors.TransportFailed),
        ],
    )
    @pytest.mark.parametrize("retry_class", RetryClass)
    def test_trouble_is_tried_again_and_leaves_no_write_in_doubt(
        self, behaviour: Behaviour, kind: type[Exception], retry_class: RetryClass, account: Make
    ) -> None:
        with FaultServer(behaviour) as server:
            with pytest.raises(kind) as caught:
                account(server.url).send(retry_class)
            assert len(server.requests) == MAX_ATTEMPTS
        assert not isinstance(caught.value, errors.OutcomeUnknown)

    def test_recovers_from_trouble(self, account: Make) -> None:
        busy = answer(429, {"code": 1015, "context": {"timeToReset": "7 seconds"}})
        with FaultServer(reset, busy, issue(), DONE) as server:
            client = account(server.url)
            assert client.send() == {"ok": True}
        assert max(client.sender.waits) > 7.0

    def test_a_failure_is_not_remembered(self, account: Make) -> None:
        with FaultServer(answer(400, {"error": "invalid_grant"}), issue(), DONE) as server:
            client = account(server.url)
            with pytest.raises(errors.TokenRefused):
                client.send()
            assert client.send() == {"ok": True}


class TestRotation:
    def test_a_new_refresh_token_is_kept_before_the_call_is_sent(self, account: Make) -> None:
        vault = Vault(REFRESH)
        with FaultServer(issue(1, refresh_token="new"), DONE, issue(2), DONE) as server:
            client = account(server.url, REFRESH, vault)
            client.send()
            assert vault.saved == [(REFRESH, "new")]
            client.now = 4000.0
            client.send()
            assert server.requests[2].endswith("refresh_token=new")
        assert len(vault.saved) == 1

    def test_the_same_refresh_token_is_not_saved_again(self, account: Make) -> None:
        vault = Vault(REFRESH)
        with FaultServer(issue(1, refresh_token=REFRESH), DONE) as server:
            account(server.url, REFRESH, vault).send()
        assert vault.saved == []

    def test_what_another_process_kept_is_used(self, account: Make) -> None:
        vault = Vault(REFRESH, REFRESH, "newer")
        refused = answer(400, {"error": "invalid_grant"})
        with FaultServer(refused, issue(1, refresh_token="newest"), DONE) as server:
            client = account(server.url, REFRESH, vault)
            assert client.send() == {"ok": True}
            assert server.requests[1].endswith("refresh_token=newer")
        assert vault.saved == [("newer", "newest")]
        assert client.sender.waits == list(PATIENCE)

    @pytest.mark.parametrize("stored", [(), ("",), (REFRESH,)])
    def test_without_a_newer_one_it_is_refused(
        self, stored: tuple[str, ...], account: Make
    ) -> None:
        with FaultServer(answer(400, {"error": "invalid_grant"})) as server:
            client = account(server.url, REFRESH, Vault(*stored))
            with pytest.raises(errors.TokenRefused, match="authorize again"):
                client.send()
            assert len(server.requests) == 1


class Together:
    """Both clients of one authorization against a sandbox, in real time."""

    def __init__(self, stack: ExitStack, delay: float = 0.05) -> None:
        sandbox = Sandbox(client_id=ID, client_secret=SECRET)
        self.url = stack.enter_context(sandbox.serve()).url
        self._control = self.url.removesuffix("/v3") + "/_sandbox"
        fault = {"method": "POST", "path": "/v3/token", "kind": "delay", "seconds": delay}
        self.post("faults", {"faults": [fault | {"times": 0}]})
        self.tokens = Tokens(SecretStr(""), Vault(), time.monotonic)
        self.auth = OAuthAuth(ID, SecretStr(SECRET), self.tokens, self.url, {})
        self.throttle = Throttle(clock=lambda: time.monotonic() * 1000, chance=random.Random(1))
        self.sync = stack.enter_context(Client(self.url, self.auth, throttle=self.throttle))

    def asynchronous(self) -> AsyncClient:
        return AsyncClient(self.url, self.auth, throttle=self.throttle)

    def post(self, action: str, body: object = None) -> None:
        httpx.post(f"{self._control}/{action}", json=body, trust_env=False).raise_for_status()

    def token_calls(self) -> list[int]:
        """Statuses of the token endpoint's answers."""
        log = httpx.get(f"{self._control}/log", trust_env=False).json()["calls"]
        return [each["status"] for each in log if each["path"] == "/v3/token"]


@pytest.fixture
def together() -> Iterator[Together]:
    with ExitStack() as stack:
        yield Together(stack)


TAGS = call(path="/tags")


def crowd(together: Together) -> list[Any]:
    """Answers of six threads and twelve tasks that all start at once."""

    async def tasks() -> list[Any]:
        async with together.asynchronous() as client:
            return await asyncio.gather(
                *(client.send(TAGS) for _ in range(12)), return_exceptions=True
            )

    def thread(_number: int) -> Any:
        try:
            return together.sync.send(TAGS)
        except errors.GetResponseError as error:
            return error

    with ThreadPoolExecutor(7) as pool:
        loop = pool.submit(lambda: asyncio.run(tasks()))
        return [*pool.map(thread, range(6)), *loop.result()]


class TestManyCallers:
    def test_share_one_token(self, together: Together) -> None:
        assert [each.status for each in crowd(together)] == [200] * 18
        assert together.token_calls() == [200]

    def test_share_one_renewal(self, together: Together) -> None:
        crowd(together)
        together.post("expire_tokens")
        assert [each.status for each in crowd(together)] == [200] * 18
        assert together.token_calls() == [200, 200]

    def test_those_in_the_throttles_queue_survive_an_expiry(self, together: Together) -> None:
        control = f"{together.url.removesuffix('/v3')}/_sandbox/expire_tokens"
        writes = [
            ApiRequest("POST", "/tags", "/tags", RetryClass.ONCE, body={"name": f"tag_{number}"})
            for number in range(60)
        ]
        slow = {"method": "*", "path": "*", "kind": "delay", "seconds": 0.02, "times": 0}
        together.post("faults", {"faults": [slow]})

        async def tasks() -> list[Any]:
            async with (
                together.asynchronous() as client,
                httpx.AsyncClient(trust_env=False) as http,
            ):
                await client.send(TAGS)
                crowd = [asyncio.create_task(client.send(tag)) for tag in writes]
                await asyncio.wait(crowd, return_when=asyncio.FIRST_COMPLETED)
                await http.post(control)
                return await asyncio.gather(*crowd, return_exceptions=True)

        assert [getattr(each, "status", each) for each in asyncio.run(tasks())] == [201] * 60
        assert together.token_calls() == [200, 200]

    def test_share_a_failure_and_each_has_its_own_error(self, together: Together) -> None:
        fault = {"path": "/v3/token", "kind": "status", "status": 401, "times": 0}
        together.post("faults", {"faults": [fault]})
        failures = crowd(together)

        assert {type(each) for each in failures} == {errors.TokenRefused}
        assert len({id(each) for each in failures}) == 18

    def test_survive_a_cancelled_one(self, together: Together) -> None:
        async def tasks() -> list[Any]:
            async with together.asynchronous() as client:
                first = asyncio.create_task(client.send(TAGS))
                await asyncio.sleep(0.01)
                others = [asyncio.create_task(client.send(TAGS)) for _ in range(3)]
                await asyncio.sleep(0)
                first.cancel()
                return await asyncio.gather(first, *others, return_exceptions=True)

        cancelled, *answers = asyncio.run(tasks())
        assert isinstance(cancelled, asyncio.CancelledError)
        assert [each.status for each in answers] == [200] * 3
        assert together.token_calls() == [200]

    def test_survive_an_event_loop_that_ends(self, together: Together) -> None:
        async def give_up() -> None:
            async with together.asynchronous() as client:
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(client.send(TAGS), 0.01)

        asyncio.run(give_up())
        assert together.sync.send(TAGS).status == 200

    def test_a_blocking_call_on_a_loop_that_renews_goes_on(self, together: Together) -> None:
        async def both() -> list[int]:
            async with together.asynchronous() as client:
                waiting = asyncio.create_task(client.send(TAGS))
                await asyncio.sleep(0.01)
                blocking = together.sync.send(TAGS)
                return [blocking.status, (await waiting).status]

        assert asyncio.run(both()) == [200, 200]


class TestLeaks:
    """No token, secret or code is anywhere but on the wire."""

    ECHO = json.dumps({"code": 1000, "message": f"bad {REFRESH}", "context": [SECRET, REFRESH]})

    @pytest.mark.parametrize(
        "script",
        [
            [issue(1, refresh_token="canary-rotated"), DONE],
            [issue(1), EXPIRED, issue(2), EXPIRED],
            [answer(400, {"error": "invalid_grant", "error_description": f"{REFRESH} is old"})],
            [answer(400, ECHO)],
            [answer(500, ECHO)],
            [answer(401, {"error": f"{REFRESH}", "sentToken": REFRESH})],
            [answer(200, f"not JSON: {REFRESH}")],
            [reset],
        ],
    )
    def test_log_errors_and_texts(
        self, script: list[Behaviour], account: Make, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        shown: list[object] = []
        with FaultServer(*script) as server:
            client = account(server.url, REFRESH, Vault(REFRESH))
            try:
                shown.append(client.send(RetryClass.ONCE))
            except errors.GetResponseError as error:
                shown += [error, repr(error), vars(error), error.__cause__, pickle.dumps(error)]
        tokens = client.tokens
        request = token_request("refresh_token", SecretStr(REFRESH))
        shown += [tokens, vars(tokens), client.auth, vars(client.auth), request, caplog.text]
        shown += [vars(record) for record in caplog.records]

        text = "".join(f"{each} {each!r}" for each in shown).replace(ID, "")
        assert "canary" not in text
        assert BASIC not in text


def test_a_child_process_does_not_wait_for_a_renewal_of_its_parent() -> None:
    tokens = Tokens(SecretStr("r1"), Vault(), lambda: 0.0)
    ours = tokens.renewal()
    assert ours is not None
    assert ours.claim(blocking=False)

    tokens.begin_anew()

    own = tokens.renewal()
    assert own is not None
    assert own.claim(blocking=False)


def test_threads_of_a_dead_renewal_are_not_left_waiting() -> None:
    tokens = Tokens(SecretStr(""), Vault(), lambda: 0.0)
    renewal = tokens.renewal()
    assert renewal is not None
    assert renewal.claim(blocking=True)
    waiter = threading.Thread(target=renewal.done.result)
    waiter.start()

    with pytest.raises(KeyboardInterrupt), renewal:
        raise KeyboardInterrupt

    waiter.join(10.0)
    assert not waiter.is_alive()
    successor = tokens.renewal()
    assert successor is not renewal


class TestSeveralProcesses:
    def test_each_that_loses_the_race_tries_the_next_token(self, account: Make) -> None:
        refused = answer(400, {"error": "invalid_grant"})
        vault = Vault("r1", "r2", "r3")
        with FaultServer(*[refused] * 3, issue(9, refresh_token="r4"), DONE) as server:
            account(server.url, REFRESH, vault).send()
            asked = [request.splitlines()[-1] for request in server.requests[:4]]

        assert [line.rpartition("=")[2] for line in asked] == [REFRESH, "r1", "r2", "r3"]
        assert vault.saved == [("r3", "r4")]

    def test_a_token_that_nobody_replaced_is_refused_for_good(self, account: Make) -> None:
        refused = answer(400, {"error": "invalid_grant"})
        with FaultServer(refused) as server:
            with pytest.raises(errors.TokenRefused, match="invalid_grant"):
                account(server.url, REFRESH, Vault(REFRESH)).send()
            assert len(server.requests) == 1


class TestAnotherAccount:
    def kept(self, *stored: str) -> Vault:
        vault = Vault(*stored)
        vault.is_kept = True
        return vault

    def of(self, name: str) -> Behaviour:
        return answer(200, {"accountId": name})

    def test_ends_the_run_before_a_call_is_made_as_it(self, account: Make) -> None:
        vault = self.kept("another")
        script = (
            issue(1),
            self.of("A"),
            DONE,
            answer(400, {"error": "invalid_grant"}),
            issue(2, refresh_token="another-2"),
            self.of("B"),
        )
        with FaultServer(*script) as server:
            client = account(server.url, REFRESH, vault)
            client.send()
            client.now = 4000.0
            with pytest.raises(errors.TokenRefused, match="another GetResponse account"):
                client.send()
            assert [request.split()[1] for request in server.requests[-2:]] == [
                "/v3/token",
                "/v3/accounts",
            ]
        assert vault.saved == [("another", "another-2")]  # its owner still needs the block

    def test_a_new_login_of_the_same_account_goes_on(self, account: Make) -> None:
        refused = answer(400, {"error": "invalid_grant"})
        script = (issue(1), self.of("A"), DONE, refused, issue(2), self.of("A"), DONE)
        with FaultServer(*script) as server:
            client = account(server.url, REFRESH, self.kept("another"))
            client.send()
            client.now = 4000.0
            client.send()
            assert "Bearer canary-access-2" in server.requests[-1]

    def test_its_own_rotation_asks_no_more(self, account: Make) -> None:
        script = (issue(1), self.of("A"), DONE, issue(2, refresh_token="mine-2"), DONE)
        with FaultServer(*script) as server:
            client = account(server.url, REFRESH, self.kept(REFRESH))
            client.send()
            client.now = 4000.0
            client.send()
            assert len(server.requests) == 5


class TestOrder:
    def test_the_token_is_asked_for_when_the_call_may_start(self, account: Make) -> None:
        with FaultServer(issue(1, expires_in=100), DONE, issue(2), DONE) as server:
            client = account(server.url)
            client.send()
            throttle = client.sender.throttle
            start = throttle.try_start

            def late(budgets: Any, wake: Any) -> float | None:
                client.now += 200.0
                return start(budgets, wake)

            throttle.try_start = late  # type: ignore[method-assign]
            client.send()
            assert "Bearer canary-access-2" in server.requests[-1]
            assert throttle.in_flight == 0

    def test_a_refused_token_gives_the_slot_back(self, account: Make) -> None:
        with FaultServer(answer(400, {"error": "invalid_grant"})) as server:
            client = account(server.url, REFRESH)
            with pytest.raises(errors.TokenRefused):
                client.send()
            assert client.sender.throttle.in_flight == 0


@pytest.mark.parametrize("text", ["with a space", "!#$%&'()*+,-./:;<=>?@[]^_`{|}~"])
def test_one_rule_says_what_a_token_is(text: str, account: Make) -> None:
    """What the endpoint may give, a block can hold (RFC 6749: VSCHAR)."""
    vault = Vault(REFRESH)
    with FaultServer(issue(1, refresh_token=text), DONE) as server:
        account(server.url, REFRESH, vault).send()
    assert vault.saved == [(REFRESH, text)]
    GetResponseCredentials(
        client_id=ID, client_secret=SecretStr(SECRET), refresh_token=SecretStr(text)
    )


@pytest.mark.parametrize("text", [" outside", "two\nlines", "t\u00f6k"])
def test_what_is_no_token_is_used_nowhere(text: str, account: Make) -> None:
    vault = Vault(REFRESH)
    with FaultServer(issue(1, refresh_token=text), DONE) as server:
        account(server.url, REFRESH, vault).send()
    assert vault.saved == []

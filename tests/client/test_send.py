"""The senders: what goes over the wire, and that nothing leaks."""

import asyncio
import contextlib
import errno
import gc
import gzip
import json
import random
import re
import socket
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx
import pytest
from pydantic import SecretStr

from prefect_getresponse.client import errors
from prefect_getresponse.client.auth import ApiKeyAuth
from prefect_getresponse.client.connection import DIRECT
from prefect_getresponse.client.request import MAX_ANSWER_BYTES, ApiRequest, RetryClass, Upload
from prefect_getresponse.client.send import AsyncClient, Client
from prefect_getresponse.limits.throttle import SLOTS, Throttle
from prefect_getresponse.sandbox.contract.forms import FilePart, read_form
from tests.client.fault_server import Behaviour, FaultServer, answer, close, cut_short, keep_alive
from tests.client.senders import KEY, MakeSender, call
from tests.client.test_retry import ENVELOPE

BASE = "https://api.getresponse.com/v3"
ADDRESS = "jane.doe@example.com"


class TestWire:
    def test_a_body_is_json(self, sender: MakeSender) -> None:
        with FaultServer(answer(202)) as server:
            sender(server.url).send(call(RetryClass.KEYED))
        head, _, body = server.requests[0].partition("\r\n\r\n")

        assert head.startswith("POST /v3/contacts HTTP/1.1")
        assert "\r\nContent-Type: application/json\r\n" in head + "\r\n"
        assert f"\r\nX-Auth-Token: api-key {KEY}\r\n" in head + "\r\n"
        assert json.loads(body) == {"email": ADDRESS}

    @pytest.mark.parametrize("retry_class", [RetryClass.KEYED, RetryClass.ONCE])
    def test_no_call_stays_until_garbage_is_looked_for(
        self, retry_class: RetryClass, sender: MakeSender
    ) -> None:
        gc.collect()
        before = sum(type(each) is httpx.Response for each in gc.get_objects())
        with FaultServer(*[answer(202)] * 3) as server:
            used = sender(server.url)
            for _ in range(3):
                used.send(call(retry_class))

            after = sum(type(each) is httpx.Response for each in gc.get_objects())
        assert after == before

    @pytest.mark.parametrize("retry_class", [RetryClass.READ, RetryClass.DELETE])
    def test_without_body_no_content_type(
        self, retry_class: RetryClass, sender: MakeSender
    ) -> None:
        with FaultServer(answer(200, [])) as server:
            sender(server.url).send(call(retry_class))

        assert "content-type" not in server.requests[0].lower()
        assert server.requests[0].endswith("\r\n\r\n")

    def test_query_is_encoded(self, sender: MakeSender) -> None:
        request = ApiRequest(
            "GET", "/contacts", "/contacts", RetryClass.READ, (("query[email]", "a+b@example.com"),)
        )
        with FaultServer(answer(200, [])) as server:
            sender(server.url).send(request)

        assert " /v3/contacts?query%5Bemail%5D=a%2Bb%40example.com " in server.requests[0]

    def test_answers_and_headers_come_back(self, sender: MakeSender) -> None:
        paging = {"TotalCount": "3", "TOTALPAGES": "2", "currentpage": "1"}
        with FaultServer(answer(200, [{"tagId": "t"}], headers=paging)) as server:
            got = sender(server.url).send(call())

        assert got.data == [{"tagId": "t"}]
        assert (got.paging.total_count, got.paging.total_pages) == (3, 2)

    def test_proxies_of_the_environment_are_not_used(
        self, sender: MakeSender, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        with FaultServer(answer(200, [])) as server:
            assert sender(server.url).send(call()).data == []


class TestFiles:
    PICTURE = bytes(range(256)) + b"\r\n--"

    def upload(self, picture: Upload) -> ApiRequest:
        return replace(
            call(RetryClass.UPDATE), body={"title": "Łąka"}, uploads=(("file", picture),)
        )

    @pytest.mark.parametrize(
        ("picture", "media_type"),
        [
            (Upload("łąka.png", PICTURE), "image/png"),
            (Upload("łąka.png", PICTURE, "image/x-mine"), "image/x-mine"),
            (Upload("łąka", PICTURE), "application/octet-stream"),
        ],
    )
    def test_are_parts_of_a_form(
        self, picture: Upload, media_type: str, sender: MakeSender
    ) -> None:
        with FaultServer(answer(200, {"imageId": "i"})) as server:
            assert sender(server.url).send(self.upload(picture)).data == {"imageId": "i"}

        head, _, body = server.requests[0].partition("\r\n\r\n")
        (content_type,) = re.findall("^Content-Type: (.*)$", head, re.MULTILINE)
        form = read_form(content_type.strip(), body.encode(errors="surrogateescape"))
        assert form == {
            "title": "Łąka",
            "file": FilePart(picture.name, media_type, self.PICTURE),
        }

    def test_a_repeat_sends_the_same_bytes(self, sender: MakeSender) -> None:
        with FaultServer(answer(503), answer(200, {})) as server:
            sender(server.url).send(self.upload(Upload("a.png", self.PICTURE)))

        first, second = server.requests
        assert first == second

    def test_come_back_as_bytes(self, sender: MakeSender) -> None:
        picture = answer(200, self.PICTURE, "image/png")
        with FaultServer(cut_short, picture) as server:
            assert sender(server.url).send(replace(call(), binary=True)).data == self.PICTURE

        assert len(server.requests) == 2


class TestStatistics:
    def test_count_calls_by_endpoint_and_429s(self, sender: MakeSender) -> None:
        refused = answer(429, {"code": 1015}, headers={"Retry-After": "1"})
        with FaultServer(refused, answer(200, [])) as server:
            client = sender(server.url)
            client.send(call())
            client.send(call(RetryClass.DELETE))

        assert client.calls == {"GET /contacts": 2, "DELETE /contacts/{contactId}": 1}
        assert client.statistics.throttled == 1
        assert client.throttle.throttled == 1

    def test_a_failed_call_gives_its_slot_back(self, sender: MakeSender) -> None:
        with FaultServer(answer(400, ENVELOPE)) as server:
            client = sender(server.url)
            for _ in range(3 * SLOTS):
                with pytest.raises(errors.ValidationFailed):
                    client.send(call())


class Crowd:
    """A transport that notes how many calls are inside at once."""

    def __init__(self) -> None:
        self.inside = 0
        self.most = 0
        self._lock = threading.Lock()

    def _move(self, change: int) -> None:
        with self._lock:
            self.inside += change
            self.most = max(self.most, self.inside)

    def handle(self, _request: httpx.Request) -> httpx.Response:
        self._move(1)
        time.sleep(0.005)
        self._move(-1)
        return httpx.Response(200, json=[])

    async def handle_async(self, _request: httpx.Request) -> httpx.Response:
        self._move(1)
        await asyncio.sleep(0.005)
        self._move(-1)
        return httpx.Response(200, json=[])


class TestSideBySide:
    """Many callers, with a clock that runs a thousand times faster than life."""

    def test_threads_and_event_loop_share_ten_slots(self) -> None:
        crowd = Crowd()
        throttle = Throttle(clock=lambda: time.monotonic() * 1000, chance=random.Random(1))
        auth = ApiKeyAuth(SecretStr(KEY), BASE, {})
        sync_client = Client(
            BASE,
            auth,
            throttle=throttle,
            transport=httpx.MockTransport(crowd.handle),
            sleep=lambda seconds: time.sleep(seconds / 1000),
        )

        async def on_the_loop() -> int:
            async with AsyncClient(
                BASE,
                auth,
                throttle=throttle,
                transport=httpx.MockTransport(crowd.handle_async),
                sleep=lambda seconds: asyncio.sleep(seconds / 1000),
            ) as client:
                return len(await asyncio.gather(*(client.send(call()) for _ in range(40))))

        with sync_client, ThreadPoolExecutor(20) as pool:
            from_threads = pool.map(sync_client.send, [call()] * 40)
            assert asyncio.run(on_the_loop()) == 40
            assert len(list(from_threads)) == 40

        assert 1 < crowd.most <= SLOTS

    async def test_a_cancelled_call_leaves_its_place_to_others(self) -> None:
        crowd = Crowd()
        throttle = Throttle(clock=time.monotonic, chance=random.Random(1))
        auth = ApiKeyAuth(SecretStr(KEY), BASE, {})
        transport = httpx.MockTransport(crowd.handle_async)
        async with AsyncClient(BASE, auth, throttle=throttle, transport=transport) as client:
            sent = [asyncio.create_task(client.send(call())) for _ in range(6)]
            await asyncio.sleep(0.001)
            for task in sent[1:5]:
                task.cancel()
            async with asyncio.timeout(5):
                done = await asyncio.gather(*sent, return_exceptions=True)

        kinds = [type(each).__name__ for each in done]
        assert kinds == ["ApiAnswer", *["CancelledError"] * 4, "ApiAnswer"]

    async def test_a_call_cancelled_in_the_air_gives_its_slot_back(self) -> None:
        async def never(_request: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError

        throttle = Throttle(clock=lambda: time.monotonic() * 1000, chance=random.Random(1))
        auth = ApiKeyAuth(SecretStr(KEY), BASE, {})
        transport = httpx.MockTransport(never)
        async with AsyncClient(BASE, auth, throttle=throttle, transport=transport) as client:
            for _ in range(2 * SLOTS):
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(client.send(call()), 0.001)

        assert throttle.try_start((), lambda: None) is None


class TestBudgetOfADay:
    IMPORT = ApiRequest(
        "POST", "/imports", "/imports", RetryClass.IMPORT, body={}, budgets=("imports",)
    )

    def test_the_21st_import_waits_and_says_so(
        self, sender: MakeSender, caplog: pytest.LogCaptureFixture
    ) -> None:
        with FaultServer(answer(201, {"importId": "i"})) as server:
            client = sender(server.url)
            for _ in range(20):
                client.send(self.IMPORT)
            assert (client.now < 1100, caplog.messages) == (True, [])
            client.send(self.IMPORT)

        assert client.now >= 1000 + 86_400
        [warning] = caplog.messages
        assert warning.startswith("POST /imports waits 1 day")

    def test_a_refused_call_uses_nothing_up(self, sender: MakeSender) -> None:
        conflict = {"code": 1008, "message": "another import is active"}
        with FaultServer(answer(409, conflict)) as server:
            client = sender(server.url)
            for _ in range(30):
                with pytest.raises(errors.Conflict):
                    client.send(self.IMPORT)

        assert client.now < 1100


class TestEndOfTheLoop:
    def test_connections_close_with_their_event_loop(self) -> None:
        async def use(url: str) -> None:
            auth = ApiKeyAuth(SecretStr(KEY), url, {})
            throttle = Throttle(clock=time.monotonic, chance=random.Random(1))
            client = AsyncClient(url, auth, throttle=throttle)
            await client.send(call())

        keep_alive = answer(200, [], headers={"Connection": "keep-alive"})
        with warnings.catch_warnings(), FaultServer(keep_alive) as server:
            warnings.simplefilter("error")
            asyncio.run(use(server.url))
            gc.collect()

    def test_connections_that_cannot_be_closed_say_nothing(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Without a free descriptor nothing can be imported that closing takes."""

        class Stuck(httpx.MockTransport):
            async def aclose(self) -> None:
                raise OSError(errno.EMFILE, "Too many open files")

        async def use() -> None:
            transport = Stuck(lambda _request: httpx.Response(200, json=[]))
            auth = ApiKeyAuth(SecretStr(KEY), BASE, {})
            throttle = Throttle(clock=time.monotonic, chance=random.Random(1))
            client = AsyncClient(BASE, auth, throttle=throttle, transport=transport)
            await client.send(call(RetryClass.READ))

        asyncio.run(use())
        assert caplog.records == []


class TestConnections:
    @pytest.mark.parametrize(
        ("retry_class", "connections"), [(RetryClass.READ, 1), (RetryClass.ONCE, 2)]
    )
    def test_a_call_that_must_not_be_repeated_has_one_of_its_own(
        self, retry_class: RetryClass, connections: int, sender: MakeSender
    ) -> None:
        with FaultServer(keep_alive) as server, contextlib.closing(sender(server.url)) as client:
            for _ in range(2):
                client.send(call(retry_class))

        assert len(server.requests) == connections

    def test_idle_ones_are_dropped_soon(self) -> None:
        assert DIRECT.limits.keepalive_expiry is not None
        assert DIRECT.limits.keepalive_expiry <= 5


def test_an_answer_that_drips_is_one_that_broke_off(sender: MakeSender) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
        with contextlib.suppress(OSError):
            while True:
                client.now += 30.0
                connection.sendall(b" ")
                time.sleep(0.001)

    with FaultServer(drip, answer(200, [1])) as server:
        client = sender(server.url)

        assert client.send(call()).data == [1]
    assert len(server.requests) == 2


@pytest.fixture(scope="module")
def bomb() -> bytes:
    return gzip.compress(b'"' + b"x" * MAX_ANSWER_BYTES + b'"', 1)


class TestLargeAnswers:
    """Most of them are small until they are unpacked, so that they travel fast."""

    @staticmethod
    def packed(status: int, content: bytes) -> Behaviour:
        return answer(status, content, headers={"Content-Encoding": "gzip"})

    def test_reading_stops(self, sender: MakeSender) -> None:
        written = 0

        def pour(connection: socket.socket) -> None:
            nonlocal written
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
            for _ in range(1000):
                written += connection.send(b" " * 1_000_000)

        with FaultServer(pour) as server:
            client = sender(server.url)
            with pytest.raises(errors.TransportFailed, match="larger than 67,108,864 bytes"):
                client.send(call())

        assert written < 100 * 1_000_000
        assert client.calls.total() == 1

    def test_what_is_unpacked_counts(self, bomb: bytes, sender: MakeSender) -> None:
        with FaultServer(self.packed(200, bomb)) as server:
            client = sender(server.url)
            with pytest.raises(errors.TransportFailed, match="larger than 67,108,864 bytes"):
                client.send(call())

        assert len(bomb) < 1_000_000

    @pytest.mark.parametrize("packing", ["gzip, gzip", "br", "zstd"])
    def test_what_was_not_asked_for_is_not_unpacked(self, packing: str, sender: MakeSender) -> None:
        strange = answer(200, b"[]", headers={"Content-Encoding": packing})
        with FaultServer(strange) as server:
            client = sender(server.url)
            with pytest.raises(errors.TransportFailed, match="broke off"):
                client.send(call())

    def test_only_bounded_packings_are_asked_for(self, sender: MakeSender) -> None:
        with FaultServer(answer(200, [])) as server:
            sender(server.url).send(call())

        assert "\r\nAccept-Encoding: gzip, deflate\r\n" in server.requests[0]

    def test_a_write_was_accepted_all_the_same(self, bomb: bytes, sender: MakeSender) -> None:
        with FaultServer(self.packed(202, bomb)) as server:
            got = sender(server.url).send(call(RetryClass.ONCE))

        assert (got.status, got.data) == (202, None)

    def test_an_error_keeps_its_meaning(self, bomb: bytes, sender: MakeSender) -> None:
        with FaultServer(self.packed(404, bomb)) as server, pytest.raises(errors.NotFound):
            sender(server.url).send(call())


class TestDeepAnswers:
    @staticmethod
    def nested(levels: int) -> str:
        return "[" * (levels - 1) + '{"a": "[[[["}' + "]" * (levels - 1)

    def test_64_levels_are_read(self, sender: MakeSender) -> None:
        with FaultServer(answer(200, self.nested(64))) as server:
            assert sender(server.url).send(call()).data == json.loads(self.nested(64))

    def test_more_are_refused(self, sender: MakeSender) -> None:
        with FaultServer(answer(200, self.nested(65))) as server:
            client = sender(server.url)
            with pytest.raises(errors.TransportFailed, match="deeper than 64 levels"):
                client.send(call())

        assert client.calls.total() == 1


class TestTls:
    def test_a_server_without_tls_was_not_reached(self, sender: MakeSender) -> None:
        with FaultServer(close) as server:
            client = sender(server.url.replace("http:", "https:"))
            with pytest.raises(errors.TransportFailed):
                client.send(call(RetryClass.ONCE))

        assert client.calls.total() > 1

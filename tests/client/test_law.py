"""The law of repeats, cell by cell: each failure, for each class of call, made by a real socket.

What the client leaves to who sends contacts (look, halve, blame a row) is tested there:
`contact_import/phases/test_send.py` (413 in halves, doubt, a refused key), `phases/test_verify.py`
(doubtful calls are looked into), `test_imports.py` (the same for imports), `test_every_route.py`.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from prefect_getresponse.client import errors
from prefect_getresponse.client.connection import DIRECT, TIMEOUT, Connection
from prefect_getresponse.client.request import ApiAnswer, ApiRequest, RetryClass
from prefect_getresponse.client.retry import MAX_ATTEMPTS
from tests.client import fault_server
from tests.client.certificates import make_certificate, server_context
from tests.client.fault_server import Behaviour, Early, FaultServer, answer
from tests.client.senders import Flavour, Sender, call
from tests.client.test_oauth import EXPIRED, Account, Vault, issue

CLASSES = ["read", "delete", "update", "keyed", "once", "batch", "import"]

# R repeat; C look before repeating; X raise; ? raise `OutcomeUnknown`, look oneself; W wait, then
# repeat; N a fresh token, then repeat once; OK done.  `reject`, `bisect` and `halve` are up to who
# sends rows; here the call raises, as X does.
LAW = {
    "not sent":      "R R  R  R      R  R      R",
    "no handshake":  "R R  R  R      R  R      R",
    "certificate":   "X X  X  X      X  X      X",
    "not written":   "R R  R  C      ?  C      C",
    "no answer":     "R R  R  C      ?  C      C",
    "unreadable":    "R OK OK OK     OK OK     OK",
    "web page":      "R C  R  C      ?  C      C",
    "redirect":      "X X  X  X      X  X      X",
    "400":           "X X  X  reject X  bisect reject",
    "401 token":     "N N  N  N      N  N      N",
    "401 key, 403":  "X X  X  X      X  X      X",
    "404":           "X OK X  X      X  X      X",
    "409":           "X X  X  look   X  look   look",
    "413":           "X X  X  X      X  halve  halve",
    "429":           "W W  W  W      W  W      W",
    "500":           "R R  R  C      ?  C      C",
    "502, 504":      "R R  R  C      ?  C      C",
    "503":           "R R  R  C      ?  C      C",
}  # fmt: skip

DONE = answer(200, {"ok": True})
PAGE = "<html><body>Back soon</body></html>"
LARGE = b'"' + bytes(8_000_000) + b'"'
"""More than the buffers between two sockets hold."""
NOWHERE = f"http://{'.'.join(['x' * 60] * 5)}/v3"
"""A name so long that the resolver knows without asking anybody that there is no such host."""
TOO_MANY = {"code": 1015, "message": "Quota", "context": {"timeToReset": "7 seconds"}}


def refusal(status: int, code: int) -> Behaviour:
    return answer(status, {"code": code, "message": "no"})


@dataclass
class Stage:
    """Where a fault is played: one client, and the means to trouble it."""

    flavour: Flavour
    folder: Path
    stack: ExitStack
    arrived: Callable[[], int] = field(default=lambda: 0)
    sender: Sender | None = None
    timeout: httpx.Timeout = field(default_factory=lambda: TIMEOUT)

    def patience(self, **seconds: float) -> None:
        """Shorten some of the client's time-outs."""
        usual = {"connect": 10.0, "read": 10.0, "write": 10.0, "pool": 10.0}
        self.timeout = httpx.Timeout(**(usual | seconds))

    def client(self, url: str, connection: Connection = DIRECT) -> Sender:
        connection = replace(connection, timeout=self.timeout)
        self.sender = self.stack.enter_context(Sender(self.flavour, url, connection=connection))
        return self.sender

    def server(self, *script: Behaviour, tls: ssl.SSLContext | None = None) -> FaultServer:
        server = self.stack.enter_context(FaultServer(*script, tls=tls))
        self.arrived = lambda: sum("grant_type=" not in request for request in server.requests)
        return server


Fault = Callable[[Stage, ApiRequest], ApiAnswer]
"""Makes a failure happen to a call; what follows it is a success, where that can be."""


def at(url: str, **patience: float) -> Fault:
    def play(stage: Stage, request: ApiRequest) -> ApiAnswer:
        stage.patience(**patience)
        return stage.client(url).send(request)

    return play


def answered(*script: Behaviour, body: bytes | None = None, **patience: float) -> Fault:
    def play(stage: Stage, request: ApiRequest) -> ApiAnswer:
        stage.patience(**patience)
        given = request if body is None else replace(request, body=body)
        return stage.client(stage.server(*script, DONE).url).send(given)

    return play


def refused_connection(stage: Stage, request: ApiRequest) -> ApiAnswer:
    return stage.client(fault_server.unused_url()).send(request)


def crowded_server(stage: Stage, request: ApiRequest) -> ApiAnswer:
    stage.patience(connect=0.03)
    return stage.client(stage.stack.enter_context(fault_server.crowded_url())).send(request)


def full_pool(stage: Stage, request: ApiRequest) -> ApiAnswer:
    is_held, release = threading.Event(), threading.Event()

    def hold(connection: socket.socket) -> None:
        is_held.set()
        release.wait()
        DONE(connection)

    stage.patience(pool=0.03)
    client = stage.client(stage.server(hold).url, Connection(most=1))
    stage.arrived = lambda: 0
    try:
        return client.send_beside(request, is_held, release)
    finally:
        client.calls[request.endpoint] -= 1


def no_handshake(behaviour: Behaviour, **patience: float) -> Fault:
    def play(stage: Stage, request: ApiRequest) -> ApiAnswer:
        stage.patience(**patience)
        server = stage.server(Early(behaviour, after_head=False))
        return stage.client(server.url.replace("http:", "https:")).send(request)

    return play


def untrusted(stage: Stage, request: ApiRequest) -> ApiAnswer:
    certificate = make_certificate(stage.folder / "tls.pem", "localhost")
    server = stage.server(DONE, tls=server_context(certificate))
    return stage.client(server.url.replace("127.0.0.1", "localhost")).send(request)


def other_host(stage: Stage, request: ApiRequest) -> ApiAnswer:
    certificate = make_certificate(stage.folder / "tls.pem", "api.getresponse.com")
    server = stage.server(DONE, tls=server_context(certificate))
    url = server.url.replace("127.0.0.1", "localhost")
    return stage.client(url, connection=Connection(str(certificate))).send(request)


def broken_tls(stage: Stage, request: ApiRequest) -> ApiAnswer:
    certificate = make_certificate(stage.folder / "tls.pem", "localhost")
    server = stage.server(fault_server.break_tls, DONE, tls=server_context(certificate))
    url = server.url.replace("127.0.0.1", "localhost")
    return stage.client(url, connection=Connection(str(certificate))).send(request)


def lapsed_token(stage: Stage, request: ApiRequest) -> ApiAnswer:
    server = stage.server(issue(1), EXPIRED, issue(2), DONE)
    account = Account(stage.flavour, server.url, "", Vault())
    stage.sender = stage.stack.enter_context(account.sender)
    return stage.sender.send(request)


LOCATION = {"Location": "http://127.0.0.1:9/v3"}

FAULTS: dict[str, dict[str, Fault]] = {
    "not sent": {
        "DNS": at(NOWHERE),
        "refused": refused_connection,
        "connect time-out": crowded_server,
        "pool time-out": full_pool,
    },
    "no handshake": {
        "reset": no_handshake(fault_server.reset_handshake),
        "time-out": no_handshake(fault_server.hang, connect=0.05),
    },
    "certificate": {"untrusted": untrusted, "of another host": other_host},
    "not written": {
        "reset": answered(Early(fault_server.reset, after_head=True), body=LARGE),
        "time-out": answered(Early(fault_server.stall, after_head=True), body=LARGE, write=0.4),
    },
    "no answer": {
        "time-out": answered(fault_server.hang, read=0.2),
        "reset": answered(fault_server.reset),
        "closed": answered(fault_server.close),
        "broken TLS": broken_tls,
    },
    "unreadable": {
        "cut short": answered(fault_server.cut_short),
        "malformed": answered(answer(200, '{"half": ')),
        "not JSON": answered(answer(200, '"OK"', "text/plain")),
    },
    "web page": {
        "200": answered(answer(200, PAGE, "text/html; charset=utf-8")),
        "called JSON": answered(answer(200, PAGE)),
    },
    "redirect": {
        str(status): answered(answer(status, headers=LOCATION))
        for status in (300, 301, 302, 303, 304, 307, 308)
    },
    "400": {"1000": answered(refusal(400, 1000))},
    "401 token": {"expired": lapsed_token},
    "401 key, 403": {"401": answered(refusal(401, 1014)), "403": answered(refusal(403, 1023))},
    "404": {"1013": answered(refusal(404, 1013))},
    "409": {"1008": answered(refusal(409, 1008))},
    "413": {"web page": answered(answer(413, PAGE, "text/html"))},
    "429": {"1015": answered(answer(429, TOO_MANY))},
    "500": {"1": answered(refusal(500, 1))},
    "502, 504": {
        "502": answered(answer(502, PAGE, "text/html")),
        "504": answered(answer(504, PAGE, "text/html")),
    },
    "503": {"1019": answered(refusal(503, 1019))},
}  # fmt: skip
WITHOUT_END = {"not sent", "no handshake"}
"""Failures that stay: no later attempt meets a success."""

RAISED: dict[str, type[errors.GetResponseError]] = {
    "400": errors.ValidationFailed,
    "401 key, 403": errors.GetResponseError,
    "404": errors.NotFound,
    "409": errors.Conflict,
    "413": errors.PayloadTooLarge,
}
"""What a failure is raised as; anything else is `TransportFailed`."""

CELLS = [
    pytest.param(row, fault, RetryClass(retry_class), word, id=f"{row}-{name}-{retry_class}")
    for row, faults in FAULTS.items()
    for name, fault in faults.items()
    for retry_class, word in zip(CLASSES, LAW[row].split(), strict=True)
]


@pytest.fixture(params=["sync", "async"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    with ExitStack() as stack:
        yield Stage(request.param, tmp_path, stack)


def play(stage: Stage, fault: Fault, request: ApiRequest) -> Any:
    try:
        return fault(stage, request)
    except errors.GetResponseError as error:
        return error


def test_every_cell_is_played() -> None:
    assert LAW.keys() == FAULTS.keys()
    assert (len(LAW), len(CLASSES)) == (18, len(RetryClass))


@pytest.mark.parametrize(("row", "fault", "retry_class", "word"), CELLS)
def test_cell(row: str, fault: Fault, retry_class: RetryClass, word: str, stage: Stage) -> None:
    request = call(retry_class)
    outcome = play(stage, fault, request)
    assert stage.sender is not None
    sent, arrived = stage.sender.calls[request.endpoint], stage.arrived()

    match word:
        case "R" if row in WITHOUT_END:
            assert isinstance(outcome, errors.TransportFailed)
            assert (sent, arrived) == (MAX_ATTEMPTS, 0)
        case "R" | "W" | "N":
            assert outcome == ApiAnswer(200, {"ok": True})
            assert (sent, arrived) == (2, 2)
        case "OK":
            assert isinstance(outcome, ApiAnswer)
            assert (outcome.data, sent, arrived) == (None, 1, 1)
        case "C" | "?":
            assert isinstance(outcome, errors.OutcomeUnknown)
            assert outcome.reconcilable == (word == "C")
            assert (sent, arrived) == (1, 1)
        case _:
            assert isinstance(outcome, RAISED.get(row, errors.TransportFailed))
            assert not isinstance(outcome, errors.OutcomeUnknown)
            assert (sent, arrived) == (1, 0 if row == "certificate" else 1)

"""How fast the receiver answers under load, beside Starlette applications that do less.

    bare            reads the body and answers
    bare, durable   also appends the body to a file, with one fdatasync for all that come within
                    10 ms: the least that anything costs which loses nothing it has acknowledged
    ours            the receiver

An open load: requests leave at their time, whether others were answered or not, over many
connections. Each server is tried alone, and with slow clients, which send a byte every half second,
and two kinds of idle connections: half have made a request and wait for the next, half never say
anything. The trials take turns, `--rounds` times; the median of each figure counts.

    python benchmarks/receiver_load.py --rate 1000 --seconds 60 --idle 5000 --rounds 3

    idle_kept     idle connections that are still open, of those that have made a request within the
                  75 seconds that they may be idle: as many as fit into 2,000 beside those at work,
                  the latest first
    silent_kept   the same of those that never sent anything: none, as headers are due in 10 seconds
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from prefect_getresponse.events.inbox.inbox import Inbox
from prefect_getresponse.events.receiving.application import application
from prefect_getresponse.events.receiving.connections import allow_many_files
from prefect_getresponse.events.receiving.group_commit import GATHER_SECONDS
from prefect_getresponse.events.receiving.server import serve
from prefect_getresponse.runtime.garbage import keep_for_good

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.support.ports import free_port

RESULTS = Path(__file__).parent / "results" / "receiver_load.json"
SECRET = "s" * 43
BURDENED = ", idle and slow clients"
_TICKS = os.sysconf("SC_CLK_TCK")


def payload(number: int) -> bytes:
    """A webhook's request, whole."""
    body = json.dumps(
        {
            "type": "contact_opened_message",
            "contact": {
                "contactId": f"K{number}",
                "email": f"p{number}@mail.example",
                "name": "Ann",
                "campaign": {"campaignId": "Cx2", "name": "news", "href": "https://api/c/Cx2"},
                "href": f"https://api/contacts/K{number}",
            },
            "message": {"resourceType": "newsletters", "resourceId": "Mz3", "subject": "Spring"},
            "account": {"accountId": "Ab1"},
            "event": {"occurredAt": "2026-05-04T10:15:00+00:00"},
        }
    ).encode()
    head = (
        f"POST /webhooks?secret={SECRET} HTTP/1.1\r\nHost: hooks\r\n"
        f"Content-Type: application/json\r\nX-Webhook-ID: id-{number}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def ours(folder: Path, port: int) -> None:
    """Be the receiver."""
    inbox = Inbox(str(folder / "inbox.sqlite"))
    serve(application(inbox, [SecretStr(SECRET)], lambda _entries: None), "127.0.0.1", port)


def bare(_folder: Path, port: int) -> None:
    """Be an application that reads the body and answers, and nothing else."""

    async def webhook(request: Request) -> JSONResponse:
        await request.body()
        return JSONResponse({"status": "OK"})

    _serve_plainly(webhook, port)


def _serve_plainly(webhook: Callable[[Request], Awaitable[JSONResponse]], port: int) -> None:
    allow_many_files()
    keep_for_good()
    app = Starlette(routes=[Route("/webhooks", webhook, methods=["POST"])])
    uvicorn.run(app, port=port, http="h11", access_log=False, log_level="warning", backlog=2048)


def durable(folder: Path, port: int) -> None:
    """Be an application that makes bodies durable, in one file, and answers."""
    file = os.open(folder / "bodies", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    waiting: list[tuple[bytes, asyncio.Future[None]]] = []

    async def write() -> None:
        loop = asyncio.get_running_loop()
        while waiting:
            await asyncio.sleep(GATHER_SECONDS)
            group = waiting.copy()
            waiting.clear()
            os.write(file, b"".join(body for body, _ in group))
            await loop.run_in_executor(None, os.fdatasync, file)
            for _, kept in group:
                kept.set_result(None)
        writing.clear()

    writing: list[asyncio.Task[None]] = []

    async def webhook(request: Request) -> JSONResponse:
        kept = asyncio.get_running_loop().create_future()
        waiting.append((await request.body(), kept))
        if not writing:
            writing.append(asyncio.create_task(write()))
        await kept
        return JSONResponse({"status": "OK"})

    _serve_plainly(webhook, port)


class _Client(asyncio.Protocol):
    """One connection; a request at a time."""

    def __init__(self) -> None:
        self.answered: asyncio.Future[bool] | None = None
        self.is_open = True
        self._data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._data += data
        if self._data.endswith(b"}") and self.answered is not None:
            if not self.answered.done():
                self.answered.set_result(self._data.startswith(b"HTTP/1.1 200"))
            self._data = b""

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        if self.answered is not None and not self.answered.done():
            self.answered.set_result(False)


async def connect(port: int) -> _Client:
    """Open a connection."""
    loop = asyncio.get_running_loop()
    for _ in range(100):
        try:
            _, client = await loop.create_connection(_Client, "127.0.0.1", port)
            return client
        except OSError:
            await asyncio.sleep(0.1)
    raise SystemExit("the server cannot be reached")


async def load(
    process: int, port: int, rate: float, seconds: float, idle: int, slow: int
) -> dict[str, Any]:
    """Send requests at a rate; returns how long answers took, and the server's processor time."""
    free: asyncio.Queue[_Client] = asyncio.Queue()
    for _ in range(200):
        free.put_nowait(await connect(port))
    silent = [await connect(port) for _ in range(idle // 2)]
    idlers: list[_Client] = []
    for start in range(0, idle - len(silent), 100):
        some = range(start, min(start + 100, idle - len(silent)))
        idlers += await asyncio.gather(*(_asked_once(port, number) for number in some))
    tricklers = [asyncio.create_task(_trickle(port)) for _ in range(slow)]
    latencies: list[float] = []
    failures = 0

    async def one(number: int, due: float) -> None:
        nonlocal failures
        client = await free.get()
        if not client.is_open:
            client = await connect(port)
        client.answered = asyncio.get_running_loop().create_future()
        client.transport.write(payload(number))
        try:
            async with asyncio.timeout(5):
                good = await client.answered
        except TimeoutError:
            good = False
            client = await connect(port)
        failures += not good
        latencies.append(time.perf_counter() - due)
        free.put_nowait(client)

    before, begun = cpu_seconds(process), time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(int(rate * seconds)):
            due = begun + number / rate
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            group.create_task(one(number, due))
    took, cpu = time.perf_counter() - begun, cpu_seconds(process) - before
    for task in tricklers:
        task.cancel()
    latencies.sort()
    count = len(latencies)
    return {
        "requests": count,
        "failures": failures,
        "a_second": round(count / took),
        "p50_ms": round(1000 * latencies[count // 2], 1),
        "p99_ms": round(1000 * latencies[int(count * 0.99)], 1),
        "max_ms": round(1000 * latencies[-1], 1),
        "cpu_us_a_request": round(1e6 * cpu / count),
        "idle_kept": sum(client.is_open for client in idlers),
        "silent_kept": sum(client.is_open for client in silent),
    }


async def _asked_once(port: int, number: int) -> _Client:
    """An idle connection, as a proxy keeps it: it has been used."""
    client = await connect(port)
    client.answered = asyncio.get_running_loop().create_future()
    client.transport.write(payload(-1 - number))
    await client.answered
    return client


async def _trickle(port: int) -> None:
    """A client that sends its headers a byte at a time, and comes back when it is dropped."""
    while True:
        client = await connect(port)
        for byte in payload(0):
            if not client.is_open:
                break
            client.transport.write(bytes([byte]))
            await asyncio.sleep(0.5)


def cpu_seconds(process: int) -> float:
    """Processor time of a process so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def measure(
    server: Callable[[Path, int], None], rate: float, seconds: float, idle: int, slow: int
) -> dict[str, Any]:
    """Measure one server in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        port = free_port()
        child = os.fork()
        if not child:
            try:
                server(Path(name), port)
            finally:
                os._exit(0)
        try:
            asyncio.run(load(child, port, 50, 1, 0, 0))  # warm
            found = asyncio.run(load(child, port, rate, seconds, idle, slow))
        finally:
            os.kill(child, signal.SIGTERM)
            os.waitpid(child, 0)
    return found


def _medians(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: statistics.median(found[name] for found in rounds) for name in rounds[0]}


def main() -> None:
    """Measure, print a table and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--idle", type=int, default=500)
    parser.add_argument("--slow", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--output", type=Path, default=RESULTS)
    given = parser.parse_args()
    allow_many_files()
    servers = {"bare": bare, "bare, durable": durable, "ours": ours}
    trials = {
        f"{name}{words}": (server, idle, slow)
        for words, idle, slow in (("", 0, 0), (BURDENED, given.idle, given.slow))
        for name, server in servers.items()
    }
    rounds: dict[str, list[dict[str, Any]]] = {name: [] for name in trials}
    for _ in range(given.rounds):
        for name, (server, idle, slow) in trials.items():
            found = measure(server, given.rate, given.seconds, idle, slow)
            rounds[name].append(found)
            print(f"{name}: {found}", flush=True)
    results: dict[str, Any] = {name: _medians(found) for name, found in rounds.items()}
    for words in ("", BURDENED):
        for other in ("bare", "bare, durable"):
            for value in ("p99_ms", "cpu_us_a_request"):
                ratio = results[f"ours{words}"][value] / results[f"{other}{words}"][value]
                results[f"ratio to {other}{words} of {value}"] = round(ratio, 2)
    print({name: value for name, value in results.items() if name.startswith("ratio")})
    given.output.parent.mkdir(exist_ok=True)
    given.output.write_text(json.dumps(results, indent=2) + "\n", "utf-8")
    worst = results[f"ours{BURDENED}"]
    sys.exit(0 if not worst["failures"] else 1)


if __name__ == "__main__":
    main()

"""A process that forks after its first call: both go on, each over connections of its own."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast

import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings
from pydantic import SecretStr

from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.tasks.tags import create_tag
from tests.support.forked_program import FORKS

CALLS = 5


class Server(ThreadingHTTPServer):
    """Creates every tag it is asked for; `callers` says who used each connection, by its port."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.callers: dict[int, set[str]] = {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        tag = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        who, _, _ = tag["name"].partition("_")
        cast("Server", self.server).callers.setdefault(self.client_address[1], set()).add(who)
        content = json.dumps(tag | {"tagId": "t1"}).encode()
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002 - its name there


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def _create_tags(credentials: GetResponseCredentials, who: str) -> int:
    """Create tags; how many answers are about another one."""
    names = [f"{who}_{number}" for number in range(CALLS)]
    return sum(create_tag.fn(credentials, name=name).get("name") != name for name in names)


def _live(credentials: GetResponseCredentials, home: Path) -> None:
    with temporary_settings({PREFECT_HOME: home}, restore_defaults={PREFECT_API_URL}):
        _create_tags(credentials, "parent")
        if not (child := os.fork()):
            os._exit(_create_tags(credentials, "child"))
        strange = _create_tags(credentials, "parent")
        _, status = os.waitpid(child, 0)
        os._exit(strange + os.waitstatus_to_exitcode(status))


def test_parent_and_child_share_no_connection(server: Server, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{server.server_port}/v3"
    key = SecretStr("k")
    credentials = GetResponseCredentials(api_key=key, base_url=url, allow_custom_host=True)
    process = FORKS.Process(target=_live, args=(credentials, tmp_path))
    process.start()
    process.join(60)
    process.kill()

    assert process.exitcode == 0
    assert sorted(server.callers.values(), key=sorted) == [{"child"}, {"parent"}]

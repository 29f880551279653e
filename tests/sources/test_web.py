import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from prefect_getresponse.sources import open_source
from prefect_getresponse.sources.errors import SourceNotFound, UnreadableSource
from prefect_getresponse.sources.storage.web import WebPlace
from tests.sources.workbooks import PEOPLE, xlsx
from tests.support.names import known_hosts

TABLE = b"Email,Name\na@example.com,Anna\n"
SHEET = "https://docs.google.com/spreadsheets/d/1AbC-x"


def answers(**found: httpx.Response) -> tuple[httpx.MockTransport, list[httpx.Request]]:
    """Return a transport that answers by the path, and the requests that it gets."""
    asked: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return found.get(request.url.path.strip("/"), httpx.Response(404))

    return httpx.MockTransport(handle), asked


def moved(target: str, status: int = 302) -> httpx.Response:
    return httpx.Response(status, headers={"Location": target})


@pytest.fixture
def hosts(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Addresses of hosts, by name."""
    known = {
        "public.example": "1.1.1.1",
        "inner.example": "10.0.0.7",
        "six.example": "2606:4700::1",
    }
    return known_hosts(monkeypatch, known)


def read(place: WebPlace) -> bytes:
    with place.open() as file:
        return file.read()


def test_a_file_is_fetched_once(hosts: dict[str, str]) -> None:
    transport, asked = answers(people=httpx.Response(200, content=TABLE))
    place = WebPlace("https://user:secret@crm.example/people?token=secret&gid=7", transport)
    assert read(place) == read(place) == TABLE
    with place.open() as one, place.open() as other:
        assert one.read(5) == other.read(5) == TABLE[:5]
        assert other.seek(-3, 2) == len(TABLE) - 3
        assert (one.read(), other.read()) == (TABLE[5:], TABLE[-3:])
        assert place.version(one) == place.version(other)
    assert len(asked) == 1
    assert (place.name, place.size) == ("people", len(TABLE))
    assert place.location == "https://crm.example/people?gid=7"


@pytest.mark.parametrize(
    ("page", "asked_for"),
    [
        (f"{SHEET}/edit?usp=sharing#gid=42", f"{SHEET}/export?format=csv&gid=42"),
        (f"{SHEET}/edit", f"{SHEET}/export?format=csv&gid=0"),
        (f"{SHEET}", f"{SHEET}/export?format=csv&gid=0"),
        (f"{SHEET}/export?format=xlsx", f"{SHEET}/export?format=xlsx"),
        ("https://docs.google.com/document/d/1/edit", "https://docs.google.com/document/d/1/edit"),
    ],
)
def test_the_page_of_a_google_sheet_stands_for_its_export(page: str, asked_for: str) -> None:
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        name = "attachment; filename=\"Customers - Sheet1.csv\"; filename*=UTF-8''x"
        return httpx.Response(200, content=TABLE, headers={"Content-Disposition": name})

    place = WebPlace(page, httpx.MockTransport(handle))
    assert asked == [asked_for]
    assert place.name == "Customers - Sheet1.csv"


def test_redirects_are_followed_to_public_hosts(hosts: dict[str, str]) -> None:
    transport, asked = answers(
        a=moved("https://public.example/b"),
        b=moved("//six.example:8443/c", 307),
        c=httpx.Response(200, content=TABLE),
    )
    assert read(WebPlace("https://crm.example/a", transport)) == TABLE
    assert [str(request.url) for request in asked] == [
        "https://crm.example/a",
        "https://1.1.1.1/b",
        "https://[2606:4700::1]:8443/c",
    ]
    assert [request.headers["Host"] for request in asked[1:]] == [
        "public.example",
        "six.example:8443",
    ]
    assert asked[1].extensions["sni_hostname"] == "public.example"


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("https://inner.example/b", "inner.example: the file is redirected to a private network"),
        ("https://loop.example/b", "private network"),
        ("https://six.example/b", "private network"),
        ("http://public.example/b", "to another scheme. Give the URL at public.example itself"),
        ("ftp://public.example/b", "to another scheme"),
        ("https://crm.example/a", "more than 5 times"),
    ],
)
def test_other_redirects_are_not_followed(hosts: dict[str, str], target: str, says: str) -> None:
    hosts |= {
        "loop.example": "127.0.0.1",
        "six.example": "::ffff:10.0.0.7",
        "crm.example": "8.8.8.8",
    }
    transport, asked = answers(a=moved(target), b=httpx.Response(200, content=TABLE))
    with pytest.raises(UnreadableSource, match=says):
        WebPlace("https://crm.example/a?token=secret", transport)
    assert all(request.url.path == "/a" for request in asked)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (httpx.Response(403), "HTTP 403"),
        (httpx.Response(500), "HTTP 500"),
        (httpx.Response(204), "HTTP 204"),
    ],
)
def test_refusals_are_told_without_the_address(answer: httpx.Response, says: str) -> None:
    transport, _ = answers(a=answer)
    with pytest.raises(UnreadableSource, match=says) as raised:
        WebPlace("https://crm.example/a?token=secret", transport)
    assert "secret" not in str(raised.value)


def test_errors_of_the_network_are_told_without_the_address() -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"cannot reach {request.url}")

    with pytest.raises(UnreadableSource, match="ConnectError") as raised:
        WebPlace("https://crm.example/secret", httpx.MockTransport(fail))
    assert "secret" not in str(raised.value)


def test_a_file_that_is_missing() -> None:
    transport, _ = answers()
    with pytest.raises(SourceNotFound, match="no file at this address"):
        WebPlace("https://crm.example/a", transport)


WORKBOOK = xlsx()


class _Files(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = WORKBOOK if self.path.endswith("download") else TABLE
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Files) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_sources_behind_addresses(server: str) -> None:
    assert list(open_source(f"{server}/people.csv").records()) == [(2, ["a@example.com", "Anna"])]
    workbook = open_source(f"{server}/download")
    assert workbook.columns() == PEOPLE[0]
    assert len(list(workbook.records())) == 2
    assert workbook.fingerprint() == open_source(f"{server}/download").fingerprint() != ""

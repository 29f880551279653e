"""`prefect-getresponse oauth login`, with a browser that agrees at once."""

from __future__ import annotations

import io
import os
import socket
import threading
from collections.abc import Callable, Iterator

import httpx
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from prefect_getresponse import GetResponseCredentials, InvalidArguments, TokenRefused, cli
from prefect_getresponse.accounts.oauth_login import (
    RedirectListener,
    code_of_paste,
    code_of_redirect,
)
from prefect_getresponse.cli import oauth
from prefect_getresponse.sandbox import Sandbox
from tests.support.ports import free_port

ID, SECRET = "canary-client", "canary-secret"
PREFIX = "PREFECT_INTEGRATIONS_GETRESPONSE_"
STATE = "s-t_a"


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def url(port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A sandbox whose application redirects to `port`; settings lead to it, none to Prefect."""
    for name in os.environ:
        if name.startswith("PREFECT_INTEGRATIONS_") or name == "PREFECT_API_URL":
            monkeypatch.delenv(name)
    redirect_url = f"http://127.0.0.1:{port}/"
    sandbox = Sandbox(client_id=ID, client_secret=SECRET, redirect_url=redirect_url)
    with sandbox.serve() as server, temporary_settings(restore_defaults={PREFECT_API_URL}):
        settings = {"CLIENT_ID": ID, "CLIENT_SECRET": SECRET, "BASE_URL": server.url}
        for name, text in (settings | {"ALLOW_CUSTOM_HOST": "true"}).items():
            monkeypatch.setenv(f"{PREFIX}{name}", text)
        yield server.url


Visit = Callable[[str], httpx.Response]


def agree(page: str) -> httpx.Response:
    """What a browser does when its person agrees."""
    return httpx.get(page, follow_redirects=True, trust_env=False)


def ignore(_page: str) -> httpx.Response:
    """What a browser does that nobody opens."""
    return httpx.Response(204)


class Person:
    """Reads what the command prints, and opens the page in a browser of its own.

    Attributes:
        visit: What the browser does with the page.
        lines: What was printed.
        answers: What the browser saw.
    """

    def __init__(self, visit: Visit = agree) -> None:
        self.lines: list[str] = []
        self.answers: list[httpx.Response] = []
        self.visit = visit
        self._thread = threading.Thread(target=lambda: None)

    def read(self, line: str) -> None:
        self.lines.append(line)
        if "oauth2_authorize" in line:
            self.open(line)

    def open(self, page: str) -> None:
        """Visit a page while the command waits."""
        self._thread = threading.Thread(target=lambda: self.answers.append(self.visit(page)))
        self._thread.start()

    def finish(self) -> None:
        if self._thread.ident is not None:
            self._thread.join(10)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    someone = Person()
    monkeypatch.setattr(oauth, "print_line", someone.read)
    yield someone
    someone.finish()


def setting(person: Person, name: str) -> str:
    [line] = [line for line in person.lines if line.startswith(f"{PREFIX}{name}=")]
    return line.partition("=")[2]


def login(port: int, *words: str) -> int:
    return cli.run(["oauth", "login", "--port", str(port), *words])


def test_settings_are_printed_and_work(
    url: str, port: int, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert login(port, "--show-secrets") == 0
    person.finish()

    assert "you can close this page" in person.answers[0].text
    assert f"Waiting for the redirect on http://127.0.0.1:{port}/ ..." in person.lines
    assert SECRET not in person.text
    monkeypatch.setenv(f"{PREFIX}REFRESH_TOKEN", setting(person, "REFRESH_TOKEN"))
    assert url in GetResponseCredentials.from_settings().verify()


@pytest.mark.parametrize("what", ["address", "code"])
def test_the_address_or_the_code_may_be_pasted(
    what: str, url: str, port: int, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Paste:
        def readline(self) -> str:
            page = next(line for line in person.lines if "oauth2_authorize" in line)
            back = httpx.get(page, trust_env=False).headers["Location"]
            return f"{back if what == 'address' else httpx.URL(back).params['code']}\n"

    monkeypatch.setattr("sys.stdin", Paste())
    person.visit = ignore
    assert login(port, "--paste", "--show-secrets") == 0
    assert setting(person, "REFRESH_TOKEN")


@pytest.mark.parametrize("pasted", ["", "two words", "http://127.0.0.1/?code=c&state=other"])
def test_nothing_useful_pasted_is_code_2(
    pasted: str, url: str, port: int, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(pasted))
    person.visit = ignore
    assert login(port, "--paste", "--show-secrets") == 2


def test_without_a_place_for_the_token_nothing_is_opened(
    url: str, port: int, person: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    assert login(port) == 2
    assert "--show-secrets" in capsys.readouterr().err
    assert person.lines == []


def test_an_api_key_needs_no_login(
    url: str, port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(f"{PREFIX}API_KEY", "canary-key")
    for name in ("CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.delenv(f"{PREFIX}{name}")
    assert login(port, "--show-secrets") == 2
    assert "needs no login" in capsys.readouterr().err


def test_a_port_in_use_is_code_2(
    url: str, person: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert login(taken.getsockname()[1], "--show-secrets") == 2
    assert "--paste" in capsys.readouterr().err


def test_a_wrong_secret_is_code_1_and_says_so(
    url: str,
    port: int,
    person: Person,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(f"{PREFIX}CLIENT_SECRET", "canary-wrong")
    assert login(port, "--show-secrets") == 1
    error = capsys.readouterr().err
    assert "Check the client id and client secret" in error
    assert "canary" not in error


class TestRedirect:
    def test_the_state_must_be_the_one_that_was_sent(self) -> None:
        assert code_of_redirect(f"/?code=abc&state={STATE}", STATE) == "abc"
        for query in ("code=abc", "code=abc&state=", "code=abc&state=other"):
            with pytest.raises(InvalidArguments, match="another login"):
                code_of_redirect(f"/?{query}", STATE)

    @pytest.mark.parametrize(
        ("query", "says"),
        [("error=access_denied", "access_denied"), ("", "no code"), ("error=<b>", "no code")],
    )
    def test_a_no_is_told(self, query: str, says: str) -> None:
        with pytest.raises(TokenRefused, match=says):
            code_of_redirect(f"/?{query}&state={STATE}", STATE)

    def test_a_code_alone_may_be_pasted(self) -> None:
        assert code_of_paste(" a-b_c \n", STATE) == "a-b_c"

    def test_a_no_ends_the_waiting(self) -> None:
        listener = RedirectListener(0, STATE)
        refusal = Person(lambda page: httpx.get(page, trust_env=False))
        refusal.open(f"{listener.url}?error=access_denied&state={STATE}")
        with pytest.raises(TokenRefused, match="access_denied"):
            listener.wait()
        refusal.finish()
        assert refusal.answers[0].status_code == 403

    def test_other_requests_are_turned_away_and_waiting_goes_on(self) -> None:
        def visit(page: str) -> httpx.Response:
            statuses = [
                httpx.get(f"{page}{path}", trust_env=False).status_code
                for path in ("favicon.ico", "?code=evil&state=other", f"?code=mine&state={STATE}")
            ]
            return httpx.Response(200, json=statuses)

        listener = RedirectListener(0, STATE)
        browser = Person(visit)
        browser.open(listener.url)
        assert listener.wait() == "mine"
        browser.finish()
        assert browser.answers[0].json() == [400, 400, 200]

    def test_nobody_comes(self) -> None:
        moments = iter([0.0, 1000.0])
        with pytest.raises(TokenRefused, match="--paste"):
            RedirectListener(0, STATE, clock=lambda: next(moments)).wait()


@pytest.mark.xdist_group("prefect")
class TestBlock:
    @pytest.fixture(autouse=True)
    def server(self, url: str, prefect_server: str) -> Iterator[None]:
        with temporary_settings({PREFECT_API_URL: prefect_server}):
            yield

    def stored(self, name: str) -> GetResponseCredentials:
        loaded = GetResponseCredentials.load(name)
        assert isinstance(loaded, GetResponseCredentials)
        return loaded

    def test_a_new_block_is_made_of_the_settings(self, port: int, person: Person) -> None:
        assert login(port, "--block", "fresh") == 0
        block = self.stored("fresh")

        assert person.lines[-1].startswith("The refresh token is in block fresh. The credentials")
        assert block.client_secret.get_secret_value() == SECRET
        assert block.refresh_token.get_secret_value() not in person.text
        assert "work for account" in block.verify()

    def test_a_block_keeps_all_but_its_token(
        self, port: int, person: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = GetResponseCredentials.from_settings().model_copy(update={"time_zone": "UTC"})
        before.save("kept", overwrite=True)
        monkeypatch.delenv(f"{PREFIX}CLIENT_ID")

        assert login(port, "--block", "kept") == 0
        after = self.stored("kept")
        assert (after.client_id, after.time_zone) == (ID, "UTC")
        assert after.refresh_token

    def test_a_block_that_cannot_be_saved_is_code_1(
        self, port: int, person: Person, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert login(port, "--block", "no/slash%") == 1
        error = capsys.readouterr().err
        assert "could not be saved" in error
        assert SECRET not in error

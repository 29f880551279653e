"""The authorization code flow for a person: open a page, agree, come back with a code.

Source: GetResponse API v3, Authorization Code flow; RFC 6749, section 4.1.
"""

from __future__ import annotations

import hmac
import secrets
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

from prefect_getresponse.client.errors import InvalidArguments, TokenRefused
from prefect_getresponse.credentials import GetResponseCredentials

LOOPBACK = "127.0.0.1"
PATIENCE = 600.0
"""Seconds to wait for the redirect."""

_SETTING = "PREFECT_INTEGRATIONS_GETRESPONSE_"
# Browsers open connections that they may never use; another one is served only after this.
_LONGEST_READ = 2.0
_DONE = "prefect-getresponse has the code: you can close this page."


def applicant_of(credentials: GetResponseCredentials) -> GetResponseCredentials:
    """The same credentials, if they are those of an OAuth application.

    Raises:
        InvalidArguments: They hold an API key.
    """
    if not credentials.client_id:
        raise InvalidArguments(
            "these credentials hold an API key, which needs no login",
            advice="Set PREFECT_INTEGRATIONS_GETRESPONSE_CLIENT_ID and _CLIENT_SECRET instead of "
            "the key, and name a new block.",
        )
    return credentials


def get_code(
    applicant: GetResponseCredentials, port: int | None, say: Callable[[str], None]
) -> str:
    """Send a person to the page, and come back with the code.

    Args:
        applicant: Credentials of the application.
        port: Port on this machine to wait on; None to ask the person for what came back.
        say: Prints a line.

    Raises:
        InvalidArguments: The port cannot be used, or what was pasted is not the redirect.
        TokenRefused: The person, or GetResponse, said no, or nobody came.
    """
    state = secrets.token_urlsafe(32)
    listener = None if port is None else RedirectListener(port, state)
    say("Open this page and agree:")
    say(applicant.authorization_url(state))
    if listener is not None:
        say(f"Waiting for the redirect on {listener.url} ...")
        return listener.wait()
    say("Then paste the address that the browser was sent to, or the code in it:")
    return code_of_paste(sys.stdin.readline(), state)


def keep(
    authorized: GetResponseCredentials,
    block: str | None,
    say: Callable[[str], None],
    *,
    show_secrets: bool,
) -> None:
    """Save credentials to a block, and print the settings that they are if asked to.

    Args:
        authorized: Credentials with their new refresh token.
        block: Name of the block; None for none.
        say: Prints a line.
        show_secrets: Whether to print the settings.

    Raises:
        TokenRefused: The block could not be saved.
        GetResponseError: The account does not answer to the new token.
    """
    if show_secrets:
        say(f"{_SETTING}CLIENT_ID={authorized.client_id}")
        say(f"{_SETTING}CLIENT_SECRET=(the one you have)")
        say(f"{_SETTING}REFRESH_TOKEN={authorized.refresh_token.get_secret_value()}")
    if block is None:
        return
    try:
        authorized.save(block, overwrite=True)
    except Exception as error:
        # Its text stays out: it may hold what was to be saved.
        raise TokenRefused(
            f"the refresh token could not be saved to block {block} ({type(error).__name__})",
            advice="Check the Prefect server and the name of the block, and log in again.",
        ) from None
    say(f"The refresh token is in block {block}. {authorized.verify()}")


def code_of_redirect(url: str, state: str) -> str:
    """The code that a redirect brings.

    Args:
        url: Address that the browser was sent to, or its path and query.
        state: The text that the page was opened with.

    Raises:
        InvalidArguments: It is not the redirect of this login.
        TokenRefused: The person, or GetResponse, said no.
    """
    query = dict(parse_qsl(urlsplit(url).query))
    if not hmac.compare_digest(query.get("state", "").encode(), state.encode()):
        raise InvalidArguments(
            "the redirect belongs to another login: its state is not the one that was sent",
            advice="Open the page that this command prints, and use the redirect of that page.",
        )
    if "code" not in query:
        reason = query.get("error", "it brought no code")
        reason = reason if reason.replace("_", "").isalpha() else "it brought no code"
        raise TokenRefused(f"the account was not opened to the application ({reason})")
    return query["code"]


def code_of_paste(text: str, state: str) -> str:
    """The code in what a person pasted: the whole address, or the code alone.

    Args:
        text: What was pasted.
        state: The text that the page was opened with.

    Raises:
        InvalidArguments: It is neither, or the address is not the redirect of this login.
        TokenRefused: The person, or GetResponse, said no.
    """
    word = text.strip()
    if "?" in word:
        return code_of_redirect(word, state)
    if not word or not all(char.isalnum() or char in "-._~" for char in word):
        raise InvalidArguments(
            "this is neither an address nor a code",
            advice="Paste the whole address that the browser was sent to.",
        )
    return word


class RedirectListener:
    """Waits on this machine for the redirect of one login.

    Args:
        port: Port that the application's redirect URL names.
        state: The text that the page is opened with.
        clock: Seconds that only grow.

    Raises:
        InvalidArguments: The port cannot be used.
    """

    def __init__(self, port: int, state: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._outcome: str | TokenRefused | None = None
        handler = _handler(self._arrived, state)
        try:
            self._server = HTTPServer((LOOPBACK, port), handler)
        except (OSError, OverflowError) as error:
            raise InvalidArguments(
                f"--port {port} cannot be listened on ({type(error).__name__})",
                advice="Choose another one that the application's redirect URL names, or --paste.",
            ) from None

    @property
    def url(self) -> str:
        """The redirect URL that the application must have."""
        return f"http://{LOOPBACK}:{self._server.server_port}/"

    def wait(self) -> str:
        """Wait for the redirect and return its code; requests of other logins are turned away.

        Raises:
            TokenRefused: The person, or GetResponse, said no, or nobody came.
        """
        until = self._clock() + PATIENCE
        with self._server:
            while self._outcome is None:
                self._server.timeout = until - self._clock()
                if self._server.timeout <= 0:
                    raise TokenRefused(
                        f"no redirect came to {self.url} within {PATIENCE:.0f} seconds",
                        advice="The application's redirect URL must be this one; or use --paste.",
                    )
                self._server.handle_request()
        if isinstance(self._outcome, TokenRefused):
            raise self._outcome
        return self._outcome

    def _arrived(self, outcome: str | TokenRefused) -> None:
        self._outcome = outcome


def _handler(
    arrived: Callable[[str | TokenRefused], None], state: str
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _LONGEST_READ

        def do_GET(self) -> None:
            try:
                code = code_of_redirect(self.path, state)
            except InvalidArguments as error:
                self._say(400, str(error))
            except TokenRefused as error:
                self._say(403, str(error))
                arrived(error)
            else:
                self._say(200, _DONE)
                arrived(code)

        def _say(self, status: int, text: str) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Say nothing: the request line holds the code."""

    return Handler

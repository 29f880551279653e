"""A sandbox on a port, for tests that go the whole way."""

import time
from typing import Any

import httpx

from prefect_getresponse import GetResponseCredentials

KEY = "sandbox-key"
CLIENT_ID = "sandbox-client"
CLIENT_SECRET = "sandbox-secret"


class MovableClock:
    """Wall time that can be set forward."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds


class RunningSandbox:
    """A sandbox that listens, with its clock and its control calls.

    Attributes:
        url: Base URL of the API.
        clock: Time inside the sandbox.
    """

    def __init__(self, url: str, clock: MovableClock) -> None:
        self.url = url
        self.clock = clock

    def control(self, method: str, action: str, body: object = None) -> Any:
        """Make a control call, such as `GET log`."""
        url = f"{self.url.removesuffix('/v3')}/_sandbox/{action}"
        answer = httpx.request(method, url, json=body, trust_env=False)
        assert answer.is_success, answer.text
        return answer.json()

    def calls(self) -> list[str]:
        """Methods and paths of all calls so far."""
        return [f"{each['method']} {each['path']}" for each in self.control("GET", "log")["calls"]]

    def credentials(self, **values: Any) -> GetResponseCredentials:
        """Credentials that fit."""
        fitting: dict[str, Any] = {
            "api_key": KEY,
            "base_url": self.url,
            "allow_custom_host": True,
        }
        return GetResponseCredentials(**(fitting | values))

    def oauth_credentials(self, **values: Any) -> GetResponseCredentials:
        """Credentials of the sandbox's OAuth application."""
        client: dict[str, Any] = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        return self.credentials(**({"api_key": ""} | client | values))

    def code(self, credentials: GetResponseCredentials) -> str:
        """An authorization code, as the redirect of the authorize page brings it."""
        answer = httpx.get(credentials.authorization_url("state"), trust_env=False)
        return str(httpx.URL(answer.headers["Location"]).params["code"])

"""The one place where keys and tokens are opened: hooks that write them for their own host only."""

from __future__ import annotations

import base64
import hmac
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cache
from urllib.parse import quote, quote_plus

import httpx
from pydantic import SecretStr

from prefect_getresponse.client.errors import InvalidConfiguration
from prefect_getresponse.client.oauth import TOKEN_PATH, Renewal, Tokens

_BEARER = "Bearer "
OTHER_BEARER = "getresponse.bearer"
"""Extension of a request that carries a token which is not in use yet."""
_SHORTEST = 6
"""Shorter ones are made up, and would be found in any text."""
_parsed = cache(httpx.URL)
"""URLs of the configuration, which every call asks for again."""


class Authorization(ABC):
    """Write who calls into requests that go to the configured origin.

    Args:
        base_url: Where keys and tokens may go; scheme, host and port are compared at each request.
        headers: Further headers of the account (MAX: `X-Domain`).

    Source: GetResponse API v3, Authentication.
    """

    def __init__(self, base_url: str, headers: Mapping[str, str]) -> None:
        self._origin = _origin(_parsed(base_url))
        self._headers = dict(headers)

    def authorize(self, request: httpx.Request) -> None:
        """Add the headers, or refuse when the request would leave the configured host.

        Raises:
            InvalidConfiguration: It would.
        """
        if _origin(request.url) != self._origin:
            raise InvalidConfiguration(
                f"refused to send the key to {request.url.host}",
                advice="The key goes to the endpoint of the credentials block only.",
            )
        request.headers.update(self._headers)
        self.sign(request)

    @abstractmethod
    def _secret(self) -> SecretStr:
        """What only the account's programs know."""

    def secrets(self) -> list[SecretStr]:
        """What may stand in no error, although the API repeats it."""
        return [self._secret()]

    def conceal(self, text: str) -> str:
        """Take what is secret out of a text of the API, as it is and as URLs and Basic write it."""
        for secret in self.secrets():
            opened = secret.get_secret_value()
            for written in _ways_to_write(opened) if len(opened) >= _SHORTEST else ():
                text = text.replace(written, "***")
        return text

    def fingerprint(self, content: bytes) -> str:
        """16 hexadecimal digits that tell bodies apart and, without the secret, nothing else."""
        secret = self._secret().get_secret_value().encode()
        return hmac.digest(secret, content, "sha256").hex()[:16]

    @abstractmethod
    def sign(self, request: httpx.Request) -> None:
        """Write the key or token into a request to the configured origin."""

    def renewal(self) -> Renewal | None:
        """The renewal to wait for before a call is sent, or None."""
        return None

    def lapsed(self, request: httpx.Request) -> bool:
        """Whether the refusal of a request is worth a fresh token; it is then renewed."""
        return False


class ApiKeyAuth(Authorization):
    """Write `X-Auth-Token: api-key ...`.

    Args:
        api_key: The key, unopened.
        base_url: Where the key may go.
        headers: Further headers of the account (MAX: `X-Domain`).
    """

    def __init__(self, api_key: SecretStr, base_url: str, headers: Mapping[str, str]) -> None:
        super().__init__(base_url, headers)
        self._api_key = api_key

    def _secret(self) -> SecretStr:
        return self._api_key

    def sign(self, request: httpx.Request) -> None:
        """Write the key into a request."""
        request.headers["X-Auth-Token"] = f"api-key {self._api_key.get_secret_value()}"


class OAuthAuth(Authorization):
    """Write `Authorization: Bearer ...`, and the client's id and secret for the token endpoint.

    Args:
        client_id: Client id of the application.
        client_secret: Its secret, unopened.
        tokens: The authorization's tokens.
        base_url: Where tokens may go.
        headers: Further headers of the account (MAX: `X-Domain`).
    """

    def __init__(
        self,
        client_id: str,
        client_secret: SecretStr,
        tokens: Tokens,
        base_url: str,
        headers: Mapping[str, str],
    ) -> None:
        super().__init__(base_url, headers)
        self._client_id = client_id
        self._client_secret = client_secret
        self._tokens = tokens
        self._token_url = _parsed(f"{base_url}{TOKEN_PATH}")

    def _secret(self) -> SecretStr:
        return self._client_secret

    def secrets(self) -> list[SecretStr]:
        """Client secret and tokens."""
        pair = f"{self._client_id}:{self._client_secret.get_secret_value()}"
        tokens = (self._tokens.access_token, self._tokens.refresh_token)
        return [self._client_secret, SecretStr(pair), *tokens]

    def sign(self, request: httpx.Request) -> None:
        """Write the token into a request, or the client into one for a token."""
        if request.url == self._token_url:
            pair = f"{self._client_id}:{self._client_secret.get_secret_value()}"
            word = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            bearer = request.extensions.get(OTHER_BEARER, self._tokens.access_token)
            word = f"{_BEARER}{bearer.get_secret_value()}"
        request.headers["Authorization"] = word

    def renewal(self) -> Renewal | None:
        """The renewal to wait for, or None while the token is fresh."""
        return self._tokens.renewal()

    def lapsed(self, request: httpx.Request) -> bool:
        """Renew the token that a request was sent with; False for a request for a token."""
        word = request.headers.get("Authorization", "")
        if not word.startswith(_BEARER):
            return False
        self._tokens.refuse(word.removeprefix(_BEARER))
        return True


def _ways_to_write(secret: str) -> tuple[str, ...]:
    """A secret as it may be repeated; the longer ones first."""
    content = secret.encode()
    ways = {
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        secret.lower(),
        secret.upper(),
        base64.b64encode(content).decode(),
        base64.urlsafe_b64encode(content).decode().rstrip("="),
    }
    return tuple(sorted(ways, key=len, reverse=True))


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port

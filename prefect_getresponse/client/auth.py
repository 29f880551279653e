"""The one place where the key is opened: a hook that writes it into requests to its own host."""

from __future__ import annotations

from collections.abc import Generator, Mapping

import httpx
from pydantic import SecretStr

from prefect_getresponse.client.errors import InvalidConfiguration


class ApiKeyAuth(httpx.Auth):
    """Write `X-Auth-Token: api-key ...` into requests that go to the configured origin.

    Args:
        api_key: The key, unopened.
        base_url: Where the key may go; scheme, host and port are compared at each request.
        headers: Further headers of the account (MAX: `X-Domain`).

    Source: GetResponse API v3, Authentication.
    """

    def __init__(self, api_key: SecretStr, base_url: str, headers: Mapping[str, str]) -> None:
        self._api_key = api_key
        self._origin = _origin(httpx.URL(base_url))
        self._headers = dict(headers)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the headers, or refuse when the request would leave the configured host."""
        if _origin(request.url) != self._origin:
            raise InvalidConfiguration(
                f"refused to send the key to {request.url.host}",
                advice="The key goes to the endpoint of the credentials block only.",
            )
        request.headers.update(self._headers)
        request.headers["X-Auth-Token"] = f"api-key {self._api_key.get_secret_value()}"
        yield request


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port

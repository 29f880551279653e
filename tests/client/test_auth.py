"""The key goes to its own host and nowhere else."""

import httpx
import pytest
from pydantic import SecretStr

from prefect_getresponse.client.auth import ApiKeyAuth
from prefect_getresponse.client.errors import InvalidConfiguration

BASE = "https://api.getresponse.com/v3"
KEY = "canary-0123456789abcdef"


def authorised(url: str, base_url: str = BASE, **headers: str) -> httpx.Request:
    auth = ApiKeyAuth(SecretStr(KEY), base_url, headers)
    request = httpx.Request("GET", url)
    auth.authorize(request)
    return request


def test_writes_key_and_account_headers() -> None:
    request = authorised(f"{BASE}/accounts", **{"X-Domain": "example.com"})

    assert request.headers["X-Auth-Token"] == f"api-key {KEY}"
    assert request.headers["X-Domain"] == "example.com"


@pytest.mark.parametrize("url", ["https://api.getresponse.com:443/v3/tags", f"{BASE}/tags"])
def test_the_usual_port_is_the_same_origin(url: str) -> None:
    assert "X-Auth-Token" in authorised(url).headers


@pytest.mark.parametrize(
    "url",
    [
        "http://api.getresponse.com/v3/accounts",
        "https://api.getresponse.com:8443/v3/accounts",
        "https://api.getresponse.com.evil.example/v3/accounts",
        "https://evil.example/v3/accounts",
        "https://api.getresponse.com@evil.example/v3/accounts",
        "https://api3.getresponse360.com/v3/accounts",
        "https://xn--api-getresponse-com.example/v3",
        "https://10.0.0.1/v3/accounts",
    ],
)
def test_refuses_another_origin(url: str) -> None:
    with pytest.raises(InvalidConfiguration, match="refused to send the key to") as caught:
        authorised(url)
    assert KEY not in f"{caught.value!r}{caught.value}"


def test_does_not_show_the_key() -> None:
    auth = ApiKeyAuth(SecretStr(KEY), BASE, {})
    assert KEY not in f"{auth!r}{vars(auth)}"

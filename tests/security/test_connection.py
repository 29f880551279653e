"""The way to the host: proven by certificates, through a proxy only if one is given."""

import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr

from prefect_getresponse import GetResponseCredentials, InvalidConfiguration
from prefect_getresponse.client import errors
from prefect_getresponse.client.connection import Connection
from prefect_getresponse.client.request import RetryClass
from tests.client.certificates import make_certificate, server_context
from tests.client.connect_proxy import ConnectProxy
from tests.client.fault_server import FaultServer, answer
from tests.client.senders import KEY, Flavour, Sender, call
from tests.security.test_leaks import everything_of, log

__all__ = ["log"]

HOST = "api.getresponse.com"
ENDPOINT = f"https://{HOST}/v3"
PASSWORD = "canary-of-the-proxy"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return make_certificate(tmp_path / "host.pem", HOST)


@pytest.fixture
def server(certificate: Path) -> Iterator[FaultServer]:
    with FaultServer(answer(200, {"accountId": "Ab1"}), tls=server_context(certificate)) as server:
        yield server


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture(params=["sync", "async"])
def flavour(request: pytest.FixtureRequest) -> Flavour:
    found: Flavour = request.param
    return found


def test_a_proxy_carries_what_only_the_host_can_read(
    certificate: Path, server: FaultServer, stack: ExitStack, flavour: Flavour
) -> None:
    proxy = stack.enter_context(ConnectProxy(server.url, PASSWORD))
    connection = Connection(str(certificate), SecretStr(proxy.url))
    sender = stack.enter_context(Sender(flavour, ENDPOINT, connection=connection))

    for retry_class in (RetryClass.READ, RetryClass.ONCE):
        assert sender.send(call(retry_class)).status == 200

    assert [head.splitlines()[0] for head in proxy.heads] == [f"CONNECT {HOST}:443 HTTP/1.1"] * 2
    assert all(KEY in request for request in server.requests)
    assert KEY not in "".join(proxy.heads)
    assert KEY.encode() not in proxy.carried


def test_a_proxy_that_refuses_is_told_without_its_password(
    server: FaultServer, stack: ExitStack, flavour: Flavour, log: pytest.LogCaptureFixture
) -> None:
    proxy = stack.enter_context(ConnectProxy(server.url, "another"))
    wrong = f"http://user:{PASSWORD}@{proxy.address}"
    sender = stack.enter_context(
        Sender(flavour, ENDPOINT, connection=Connection(proxy=SecretStr(wrong)))
    )
    with pytest.raises(
        errors.TransportFailed, match="The proxy of the credentials refuses"
    ) as told:
        sender.send(call(RetryClass.ONCE))

    shown = everything_of(told.value) + log.text + repr(sender) + repr(vars(sender))
    assert PASSWORD not in shown
    assert server.requests == []


def test_a_host_with_a_strange_certificate_gets_nothing(
    server: FaultServer, stack: ExitStack, tmp_path: Path, flavour: Flavour
) -> None:
    another = make_certificate(tmp_path / "another.pem", HOST)
    proxy = stack.enter_context(ConnectProxy(server.url))
    for ca_file in ("", str(another)):
        connection = Connection(ca_file, SecretStr(proxy.url))
        sender = stack.enter_context(Sender(flavour, ENDPOINT, connection=connection))
        with pytest.raises(errors.TransportFailed, match="certificate of the endpoint"):
            sender.send(call())

    assert server.requests == []


def test_a_trusted_certificate_is_for_its_host_only(
    certificate: Path, server: FaultServer, stack: ExitStack, flavour: Flavour
) -> None:
    url = server.url.replace("127.0.0.1", "localhost")
    sender = stack.enter_context(Sender(flavour, url, connection=Connection(str(certificate))))
    with pytest.raises(errors.TransportFailed, match="certificate of the endpoint"):
        sender.send(call())


def test_the_block_takes_proxy_and_ca_file(certificate: Path, server: FaultServer) -> None:
    with ConnectProxy(server.url, PASSWORD) as proxy:
        block = GetResponseCredentials(
            account_name="proxied",
            api_key=SecretStr(KEY),
            ca_file=str(certificate),
            proxy=SecretStr(proxy.url),
        )
        assert block.verify() == f"The credentials work for account Ab1 at {ENDPOINT}."
        assert PASSWORD not in repr(block) + block.model_dump_json() + repr(block.get_client())
        direct = block.model_copy(update={"proxy": SecretStr("")})
        assert direct.get_client() is not block.get_client() is block.get_client()
        block.get_client().close()


@pytest.mark.parametrize("content", [None, b"", b"no certificates"])
def test_a_ca_file_that_cannot_be_used_is_named(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "authorities.pem"
    if content is not None:
        path.write_bytes(content)
    block = GetResponseCredentials(api_key=SecretStr(KEY), ca_file=str(path))
    with pytest.raises(InvalidConfiguration, match=r"the CA file .*authorities.pem cannot be used"):
        block.get_client()


@pytest.mark.parametrize(
    "url",
    [
        "proxy.example:3128",
        "socks5://proxy.example",
        "http://proxy.example/path",
        "http://proxy.example?a=b",
        f"http://user:{PASSWORD} 2@proxy.example",
        f"http://user:{PASSWORD}@a@proxy.example",
        "http://pr\u043exy.example",
        "http://[::1",
    ],
)
def test_a_proxy_is_a_plain_url(url: str) -> None:
    with pytest.raises(InvalidConfiguration, match="The proxy is a URL such as") as caught:
        GetResponseCredentials(api_key=SecretStr(KEY), proxy=SecretStr(url))
    assert PASSWORD not in str(caught.value)


def test_a_proxy_never_sees_plain_http() -> None:
    with pytest.raises(InvalidConfiguration, match="plain http is reached directly"):
        GetResponseCredentials.model_validate(
            {
                "api_key": KEY,
                "base_url": "http://127.0.0.1:8088/v3",
                "allow_custom_host": True,
                "proxy": "http://127.0.0.1:3128",
            }
        )


def test_neither_proxies_nor_authorities_of_the_environment_are_used(
    monkeypatch: pytest.MonkeyPatch, stack: ExitStack, flavour: Flavour, certificate: Path
) -> None:
    plain = stack.enter_context(FaultServer(answer(200, [])))
    tls = stack.enter_context(FaultServer(answer(200, []), tls=server_context(certificate)))
    proxy = stack.enter_context(ConnectProxy(tls.url))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setitem(os.environ, name, proxy.url)
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setitem(os.environ, name, str(certificate))

    assert stack.enter_context(Sender(flavour, plain.url)).send(call()).status == 200
    with pytest.raises(errors.TransportFailed):
        stack.enter_context(Sender(flavour, tls.url)).send(call())
    assert (proxy.heads, tls.requests) == ([], [])


def test_logs_of_a_tunnel_show_nothing(
    certificate: Path, server: FaultServer, stack: ExitStack, log: pytest.LogCaptureFixture
) -> None:
    log.set_level(logging.DEBUG, logger="httpcore.proxy")
    proxy = stack.enter_context(ConnectProxy(server.url, PASSWORD))
    connection = Connection(str(certificate), SecretStr(proxy.url))
    stack.enter_context(Sender("sync", ENDPOINT, connection=connection)).send(call())

    assert "/contacts" in log.text
    assert not [secret for secret in (KEY, PASSWORD) if secret in log.text]

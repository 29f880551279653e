"""Keys and contacts go to the configured host and nowhere else."""

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import prefect_getresponse
from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.client import errors
from prefect_getresponse.client.request import RetryClass, fill_path
from prefect_getresponse.client.send import AsyncClient, Client
from tests.client.fault_server import FaultServer, answer
from tests.client.senders import MakeSender, call
from tests.support.declared import TASKS

KEY = "canary-0123456789abcdef"
CUSTOM = {"api_key": KEY, "allow_custom_host": True}
SOURCES = sorted(Path(prefect_getresponse.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("retry_class", [RetryClass.READ, RetryClass.KEYED, RetryClass.ONCE])
def test_redirects_are_never_followed(
    status: int, retry_class: RetryClass, sender: MakeSender
) -> None:
    with FaultServer(answer(200, [])) as foreign:
        location = {"Location": f"{foreign.url}/contacts"}
        server = FaultServer(answer(status, headers=location))
        with server, pytest.raises(errors.TransportFailed, match="redirect, which is never"):
            sender(server.url).send(call(retry_class))

    assert len(server.requests) == 1
    assert foreign.requests == []


def test_links_in_answers_are_never_fetched(sender: MakeSender) -> None:
    with FaultServer(answer(200, [])) as foreign:
        link = f"{foreign.url}/contacts"
        body = [{"href": link, "next": link, "campaign": {"href": link}}]
        linked = answer(200, body, headers={"Link": f"<{link}>; rel=next", "Refresh": f"0;{link}"})
        with FaultServer(linked) as server:
            assert sender(server.url).send(call()).data == body

    assert (len(server.requests), foreign.requests) == (1, [])


@pytest.mark.parametrize(
    "url",
    [
        "https://api.getresponse.com.evil.example/v3",
        "https://api-getresponse.com/v3",
        "https://api.getresponse.com:8443/v3",
        "https://api.getresponse.com/v3/../x",
        "http://api.getresponse.com/v3",
        "https://10.0.0.1/v3",
        "https://[fd00::1]/v3",
        "https://xn--getrespnse-ecd.com/v3",
        "https://api.getresp\u043ense.com/v3",
    ],
)
def test_hosts_that_only_look_alike_need_a_permission(url: str) -> None:
    with pytest.raises(errors.InvalidConfiguration, match="allow_custom_host"):
        GetResponseCredentials.model_validate({"api_key": KEY, "base_url": url})


@pytest.mark.parametrize(
    "url",
    [
        "https://user@gateway.example/v3",
        "https://api.getresponse.com@evil.example/v3",
        "https://api.getresponse.com:443@evil.example/v3",
        "https://api.getresponse.com\\@evil.example/v3",
        "https://api.getresp\u043ense.com/v3",
        "https://gateway.example\u2024evil.example/v3",
        "https://gateway.example/v3?to=evil.example",
        "https://gateway.example/v3#evil",
        "https://gate\tway.example/v3",
        "https://gateway.example/v3\r\nX-Host: evil.example",
        "//gateway.example/v3",
        "file:///etc/hostname",
    ],
)
def test_a_permission_is_for_plain_urls_only(url: str) -> None:
    with pytest.raises(errors.InvalidConfiguration, match="plain URL"):
        GetResponseCredentials.model_validate({**CUSTOM, "base_url": url})


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/v3",
        "http://127.0.0.1.evil.example/v3",
        "http://localhost.evil.example/v3",
        "http://2130706433/v3",
        "http://0.0.0.0/v3",
    ],
)
def test_plain_http_reaches_this_machine_only(url: str) -> None:
    with pytest.raises(
        errors.InvalidConfiguration, match="Plain http is allowed to this machine only"
    ):
        GetResponseCredentials.model_validate({**CUSTOM, "base_url": url})


@pytest.mark.parametrize(
    "identifier",
    ["", "../accounts", "a/b", "a?b", "a#b", "a%2Fb", "a b", "a.b", "\u0430bc", "a\n", "x" * 33],
)
def test_an_id_never_leads_elsewhere(identifier: str) -> None:
    with pytest.raises(errors.InvalidArguments):
        fill_path("/contacts/{contact_id}", {"contact_id": identifier})


@pytest.mark.parametrize(
    "identifier", ["a", "Vp0Ab", "x" * 32, "77dabfd1-1fa7-4f9f-8d3f-487b4403e3aa"]
)
def test_ids_of_the_api_are_accepted(identifier: str) -> None:
    assert fill_path("/contacts/{c}", {"c": identifier}) == f"/contacts/{identifier}"


def test_checks_of_certificates_have_no_switch() -> None:
    names = [*inspect.signature(Client).parameters, *inspect.signature(AsyncClient).parameters]
    names += GetResponseCredentials.model_fields

    assert not [name for name in names if re.search("verify|ssl|tls|insecure", name)]
    weakened = re.compile(
        r"verify\s*=\s*False|CERT_NONE|check_hostname\s*=\s*False|_create_unverified"
    )
    assert not [path.name for path in SOURCES if weakened.search(path.read_text("utf-8"))]


def test_nothing_trusts_the_environment() -> None:
    text = "".join(path.read_text("utf-8") for path in SOURCES)
    assert not re.search(r"trust_env\s*=\s*True", text)


def test_no_write_is_repeated_by_prefect_too() -> None:
    repeated: list[Any] = [
        task.name
        for task in TASKS
        if task.operation.retry_class is not RetryClass.READ and (task.retries or task.aio.retries)
    ]
    assert (repeated, len(TASKS)) == ([], 220)

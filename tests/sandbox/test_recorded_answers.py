"""Answers that other people's programs recorded, as the client reads and the sandbox gives them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

import prefect_getresponse
from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.client.request import ApiRequest, Method, RetryClass, read_answer
from tests.sandbox.conftest import KEY, Api

Recording = dict[str, Any]

FILE = Path(__file__).parent.parent / "recorded" / "answers.json"
RECORDED: list[Recording] = json.loads(FILE.read_text("utf-8"))


def chosen(member: str) -> pytest.MarkDecorator:
    """The recordings that say this of themselves."""
    found = [pytest.param(each, id=each["name"]) for each in RECORDED if member in each]
    return pytest.mark.parametrize("recording", found)


@chosen("error")
def test_the_client_reads_what_it_means(recording: Recording) -> None:
    asked = recording.get("request", {"method": "GET", "path": "/contacts"})
    method: Method = "POST" if asked["method"] == "PATCH" else asked["method"]
    request = ApiRequest(method, asked["path"], asked["path"], RetryClass.READ)
    answer = recording["answer"]
    body = json.dumps(answer).encode()

    with pytest.raises(GetResponseError) as caught:
        read_answer(request, answer["httpStatus"], recording.get("headers", {}), body)

    error = caught.value
    assert type(error) is getattr(prefect_getresponse, recording["error"])
    assert (error.status, error.code) == (answer["httpStatus"], answer["code"])
    assert error.uuid == answer["uuid"]
    assert answer["message"].rstrip(".") in str(error)
    assert not re.search(r"[\w.]{2,}@", str(error)), "an address is not masked"


class Account:
    """A sandbox in which the things are that the recorded calls name."""

    def __init__(self) -> None:
        self.api = Api()
        campaign = self.api.create_list("customers")
        self.api.add(campaign, "old@example.com")
        field = {"name": "city", "type": "string", "format": "text", "hidden": "false"}
        self.names = {
            "campaign": campaign,
            "contact": self.api.find(campaign, "old@example.com")["contactId"],
            "tag": self.api.ok("POST", "/tags", {"name": "vip"})["tagId"],
            "field": self.api.ok("POST", "/custom-fields", field | {"values": []})["customFieldId"],
        }
        self.api.ok("POST", "/accounts/blocklists", {"masks": ["bad@blocked.example"]})

    def named(self, value: Any) -> Any:
        """Part of a recording with ids of this account in the place of `{names}`."""
        text = json.dumps(value)
        for name, identifier in self.names.items():
            text = text.replace(f"{{{name}}}", identifier)
        return json.loads(text)

    def ask(self, request: Recording) -> httpx.Response:
        """Make a recorded call."""
        asked = self.named(request)
        key = asked.get("key", f"api-key {KEY}")
        with httpx.Client(transport=self.api.sandbox.transport()) as http:
            return http.request(
                asked["method"],
                f"https://sandbox.test/v3{asked['path']}",
                json=asked.get("body"),
                headers={"X-Auth-Token": key} if key else {},
            )


@pytest.fixture
def account() -> Account:
    return Account()


@chosen("request")
def test_the_sandbox_answers_as_recorded(recording: Recording, account: Account) -> None:
    given = account.ask(recording["request"])

    answer: Any = recording.get("answer")
    status = recording.get("status") or answer["httpStatus"]
    assert given.status_code == status, given.text
    members = account.named(recording.get("members", {}))
    assert {name: given.json()[name] for name in members} == members
    if status >= 400:
        same_refusal(given.json(), answer)
    elif answer is not None:
        newer = set(recording.get("newer", ()))
        same_row(given.json()[0], answer[0], newer)


def same_refusal(given: Recording, recorded: Recording) -> None:
    """Check code, words and members of a refusal; its id, link and values are its own."""
    for name in ("httpStatus", "code", "codeDescription", "message"):
        assert given[name] == recorded.get(name, given[name])
    assert given.keys() == {"codeDescription", "moreInfo", *recorded}
    assert re.fullmatch(r"https://apidocs\.getresponse\.com/v3/errors#\d+", given["moreInfo"])
    context, shown = recorded["context"], given["context"]
    if given["httpStatus"] == 404:  # what it names depends on the path
        return
    assert type(shown) is type(context)
    if isinstance(context, dict):
        assert shown.keys() == cast("Recording", context).keys()
    else:
        shapes = [shape_of(each) for each in context]
        assert bool(shown) == bool(context)
        assert [shape for shape in map(shape_of, shown) if shape not in shapes] == []


def shape_of(entry: object) -> object:
    """What kind of an entry of a context it is."""
    return list(cast("Recording", entry)) if isinstance(entry, dict) else type(entry)


def same_row(given: Recording, recorded: Recording, newer: set[str]) -> None:
    """Check members and types of a row, and the form of texts."""
    assert given.keys() - newer == recorded.keys()
    for name, value in recorded.items():
        assert type(given[name]) is type(value), name
    if "techName" in recorded:
        assert re.fullmatch("[0-9a-f]{32}", given["techName"])
        assert given["description"] == given["name"]


def test_the_limit_of_a_second_is_announced_as_recorded(account: Account) -> None:
    [recording] = [each for each in RECORDED if "headers" in each]
    answers = [account.api.http.get("/v3/accounts") for _ in range(81)]

    refused = answers[-1]
    assert refused.status_code == 429
    assert {name: refused.headers[name] for name in recording["headers"]} == recording["headers"]
    same_refusal(refused.json(), recording["answer"])
    assert refused.json()["context"] == recording["answer"]["context"]


def test_every_recording_says_where_it_is_from() -> None:
    assert len({each["name"] for each in RECORDED}) == len(RECORDED)
    assert [each["name"] for each in RECORDED if len(each["source"]) < len("the same")] == []

"""A sandbox on a port whose queue takes a fraction of a second, for whole commands and flows."""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from prefect_getresponse.sandbox import Sandbox

KEY = "canary-key-0123456789"
SPEED = 1000.0
CAMPAIGN = "customers"
SETTLE_SECONDS = 2.5
_SINGLE = {"email": "single", "api": "single", "import": "single", "webform": "single"}


class FastSandbox:
    """What a test does with the sandbox, all of it over HTTP.

    Attributes:
        url: Base URL of the API.
        campaign_id: Id of the list `CAMPAIGN`.
    """

    def __init__(self, url: str, http: httpx.Client) -> None:
        self.url = url
        self._http = http
        created = self.api("POST", "/campaigns", {"name": CAMPAIGN, "optinTypes": _SINGLE})
        self.campaign_id: str = created["campaignId"]

    def api(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """Call the API."""
        headers = {"X-Auth-Token": f"api-key {KEY}"}
        json = {} if body is None else {"json": body}
        answer = self._http.request(
            method, f"{self.url}{path}", headers=headers, params=query, **json
        )
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the sandbox's control."""
        url = f"{self.url.removesuffix('/v3')}/_sandbox{path}"
        answer = self._http.request(method, url, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def faults(self, *faults: dict[str, Any]) -> None:
        """Set the faults in force."""
        self.control("POST", "/faults", {"faults": list(faults)})

    @property
    def log(self) -> list[dict[str, Any]]:
        """All calls of the API so far."""
        calls: list[dict[str, Any]] = self.control("GET", "/log")["calls"]
        return calls

    @property
    def writes(self) -> list[tuple[str, str]]:
        """Writing calls so far: method and path."""
        return [
            (call["method"], call["path"])
            for call in self.log
            if call["method"] != "GET" and call["path"] != "/v3/search-contacts/contacts"
        ]

    def people(self, campaign_id: str | None = None) -> dict[str, dict[str, Any]]:
        """Confirmed people of a list by address, read over the API, with their tags."""
        query = {
            "query[campaignId]": campaign_id or self.campaign_id,
            "perPage": "1000",
            "sort[createdOn]": "ASC",
        }
        found: dict[str, dict[str, Any]] = {}
        page = 1
        while rows := self.api("GET", "/contacts", **query, page=str(page)):
            found |= {row["email"].casefold(): row for row in rows}
            page += 1
        return found

    def tags(self, campaign_id: str) -> dict[str, set[str]]:
        """Names of the tags of everybody on a list, by address."""
        [found] = [
            each
            for each in self.control("GET", "/state")["lists"]
            if each["campaignId"] == campaign_id
        ]
        return {
            person["email"].casefold(): set(person["tags"])
            for person in found["contacts"]
            if person["status"] == "subscribed"
        }

    def campaign(self, name: str) -> str:
        """Id of a list by its exact name."""
        [found] = [each for each in self.api("GET", "/campaigns") if each["name"] == name]
        return str(found["campaignId"])

    def settings(self, home: Path, **others: str) -> dict[str, str]:
        """Environment that leads the command line here, and nowhere else."""
        prefix = "PREFECT_INTEGRATIONS_GETRESPONSE_"
        kept = {name: text for name, text in os.environ.items() if not name.startswith("PREFECT_")}
        values = {
            "API_KEY": KEY,
            "BASE_URL": self.url,
            "ALLOW_CUSTOM_HOST": "true",
            "SETTLE_SECONDS": str(SETTLE_SECONDS),
        } | others
        named = {f"{prefix}{name}": text for name, text in values.items()}
        return kept | named | {"PREFECT_HOME": str(home)}


def set_waits(monkeypatch: pytest.MonkeyPatch, state: Path) -> None:
    """Let flows of this process keep their ledgers in a folder, and wait for no longer than here.

    Args:
        monkeypatch: Takes it back.
        state: The folder.
    """
    values = {"STATE_DIR": str(state), "SETTLE_SECONDS": str(SETTLE_SECONDS)}
    for name, text in values.items():
        monkeypatch.setenv(f"PREFECT_INTEGRATIONS_GETRESPONSE_{name}", text)


def only_settings(settings: Mapping[str, str]) -> dict[str, str]:
    """The part of an environment that is about Prefect."""
    return {name: text for name, text in settings.items() if name.startswith("PREFECT_")}


@contextmanager
def fast_sandbox() -> Generator[FastSandbox]:
    """Run a sandbox with one empty list."""
    with (
        Sandbox(api_key=KEY, speed=SPEED).serve() as server,
        httpx.Client(trust_env=False) as http,
    ):
        yield FastSandbox(server.url, http)

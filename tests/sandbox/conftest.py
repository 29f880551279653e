"""A sandbox in virtual time, and a caller without sockets."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from prefect_getresponse.sandbox import Sandbox

KEY = "sandbox-key"
START = 1_790_000_000.0


class Api:
    """Calls a sandbox whose clock stands still unless it is moved.

    Attributes:
        now: Unix seconds inside the sandbox.
    """

    def __init__(self, **options: Any) -> None:
        self.now = START
        self.sandbox = Sandbox(api_key=KEY, clock=lambda: self.now, **options)
        self.http = httpx.Client(
            transport=self.sandbox.transport(sleep=self.advance),
            base_url="https://sandbox.test",
            headers={"X-Auth-Token": f"api-key {KEY}"},
        )

    def advance(self, seconds: float) -> None:
        self.now += seconds

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        """Call the API, a second after the last call, so that no limit of calls is met."""
        self.advance(1.0)
        return self.http.request(method, f"/v3{path}", json=body, params=query)

    def ok(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Call the API, and return what a success answers."""
        answer = self.call(method, path, body, **query)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def control(self, method: str, action: str, body: Any = None) -> Any:
        answer = self.http.request(method, f"/_sandbox/{action}", json=body, headers={})
        assert answer.is_success, answer.text
        return answer.json()

    def create_list(self, name: str, api: str = "single") -> str:
        created = self.ok("POST", "/campaigns", {"name": name, "optinTypes": {"api": api}})
        return str(created["campaignId"])

    def add(self, campaign_id: str, *emails: str) -> None:
        """Add people and wait until they have come through the queue."""
        for email in emails:
            self.ok("POST", "/contacts", {"email": email, "campaign": {"campaignId": campaign_id}})
        self.advance(300)

    def emails(self, campaign_id: str) -> list[str]:
        return [
            contact["email"]
            for contact in self.ok("GET", f"/campaigns/{campaign_id}/contacts", perPage=1000)
        ]

    def find(self, campaign_id: str, email: str) -> dict[str, Any]:
        """Details of a person."""
        query = {"query[email]": email, "query[campaignId]": campaign_id}
        [row] = self.ok("GET", "/contacts", **query)
        details: dict[str, Any] = self.ok("GET", f"/contacts/{row['contactId']}")
        return details

    def search(self, campaign_id: str, status: str) -> list[dict[str, Any]]:
        """People whom only a segment query shows."""
        section = {
            "campaignIdsList": [campaign_id],
            "logicOperator": "and",
            "subscriberCycle": ["receiving_autoresponder", "not_receiving_autoresponder"],
            "subscriptionDate": "all_time",
            "conditions": [],
        }
        query = {"subscribersType": [status], "sectionLogicOperator": "and", "section": [section]}
        found: list[dict[str, Any]] = self.ok("POST", "/search-contacts/contacts", query)
        return found


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def campaign(api: Api) -> str:
    return api.create_list("customers")

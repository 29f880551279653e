"""A listing that was asked for before a change shows what one that is asked for anew shows."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox.conftest import Api

CHANGES = ("add", "rename", "readdress", "move", "remove", "import")


class Account:
    """Two lists, three people, and changes that are the same for equal accounts."""

    def __init__(self) -> None:
        self.api = Api()
        self.lists = [self.api.create_list(name) for name in ("one", "two")]
        self.api.add(self.lists[0], "a@example.com", "b@example.com", "c@example.com")
        self.changes = 0

    def change(self, what: str, which: int) -> None:
        self.changes += 1
        email = f"{'pQ'[self.changes % 2]}{self.changes}@example.com"
        people = self.api.ok("GET", "/contacts", **{"query[email]": "example"})
        person = people[which % len(people)] if people else None
        home = self.lists[which % 2]
        match what:
            case "add":
                self.api.add(home, email)
            case "import":
                body = {"contacts": [{"email": email}], "campaignId": home}
                self.api.ok("POST", "/contacts/batch", body)
                self.api.advance(400)
            case _ if person is None:
                pass
            case "remove":
                self.api.call("DELETE", f"/contacts/{person['contactId']}")
            case _:
                bodies: dict[str, dict[str, Any]] = {
                    "rename": {"name": f"new {self.changes}"},
                    "readdress": {"email": email},
                    "move": {"campaign": {"campaignId": home}},
                }
                self.api.call("POST", f"/contacts/{person['contactId']}", bodies[what])

    def listings(self) -> list[Any]:
        queries: list[dict[str, Any]] = [
            {},
            {"query[campaignId]": self.lists[0], "sort[createdOn]": "desc"},
            {"query[origin]": "api", "sort[createdOn]": "asc"},
            {"sort[changedOn]": "desc"},
            {"sort[email]": "asc"},
            {"query[campaignId]": self.lists[1], "sort[email]": "desc"},
        ]
        # Time stands still, so that the change that follows is the same in both accounts.
        return [self.api.http.get("/v3/contacts", params=query).json() for query in queries]


@settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(0, 9)), max_size=6))
def test_a_listing_follows_every_change(changes: list[tuple[str, int]]) -> None:
    watched, unwatched = Account(), Account()
    seen = watched.listings()
    for change in changes:
        watched.change(*change)
        unwatched.change(*change)
        seen = watched.listings()
    assert seen == unwatched.listings()

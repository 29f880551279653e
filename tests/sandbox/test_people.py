"""What becomes of people: queue, rejection, opt-in, removal, lists of exclusion, changes."""

from __future__ import annotations

from typing import Any

import pytest

from prefect_getresponse.sandbox.wire.control import REASONS
from tests.sandbox.conftest import Api
from tests.support.faults import fault_paths


def test_people_are_taken_at_once_and_appear_later(api: Api, campaign: str) -> None:
    for number in range(12):
        body = {"email": f"p{number}@example.com", "campaign": {"campaignId": campaign}}
        answer = api.call("POST", "/contacts", body)
        assert (answer.status_code, answer.content) == (202, b"")
    assert len(api.emails(campaign)) < 12
    api.advance(300)
    assert len(api.emails(campaign)) == 12


def test_speed_shortens_the_queue_and_nothing_else() -> None:
    api = Api(speed=100)
    campaign = api.create_list("customers")
    body = {"email": "jane@example.com", "campaign": {"campaignId": campaign}}
    for number in range(6):
        api.ok("POST", "/contacts", body | {"email": f"p{number}@example.com"})
    api.advance(3)
    assert len(api.emails(campaign)) == 6
    reset = api.call("GET", "/accounts").headers["X-RateLimit-Reset"]
    assert 580 < int(reset.split()[0]) <= 600


def test_seeded_contacts_are_there_from_the_start() -> None:
    api = Api(seed_contacts=1234)
    [only] = api.ok("GET", "/campaigns")
    assert only["isDefault"] == "true"
    answer = api.call("GET", "/contacts", **{"query[campaignId]": only["campaignId"]})
    assert answer.headers["TotalCount"] == "1234"
    assert answer.headers["TotalPages"] == "13"


def test_an_address_is_on_a_list_once_whatever_its_case(api: Api, campaign: str) -> None:
    api.add(campaign, "jane@example.com")
    body = {"email": "JANE@example.com", "campaign": {"campaignId": campaign}}
    answer = api.call("POST", "/contacts", body)
    assert (answer.status_code, answer.json()["code"]) == (409, 1008)
    other = api.create_list("others")
    assert api.call("POST", "/contacts", body | {"campaign": {"campaignId": other}}).is_success


def test_a_batch_is_taken_whole_or_not_at_all(api: Api, campaign: str) -> None:
    contacts = [{"email": "good@example.com"}, {"email": "bad"}]
    answer = api.call("POST", "/contacts/batch", {"campaignId": campaign, "contacts": contacts})
    assert answer.status_code == 400
    assert fault_paths(answer) == ["contacts[1].email"]
    api.advance(300)
    assert api.emails(campaign) == []


def test_a_batch_carries_tags_and_leaves_those_who_are_there(api: Api, campaign: str) -> None:
    tag = api.ok("POST", "/tags", {"name": "vip"})["tagId"]
    api.add(campaign, "old@example.com")
    contacts = [
        {"email": "old@example.com", "name": "Changed"},
        {"email": "new@example.com", "name": "New", "tags": {"ids": [tag]}},
    ]
    api.ok("POST", "/contacts/batch", {"campaignId": campaign, "contacts": contacts})
    api.advance(300)
    assert api.find(campaign, "old@example.com")["name"] is None
    assert [t["name"] for t in api.find(campaign, "new@example.com")["tags"]] == ["vip"]


def test_some_are_dropped_without_a_word(api: Api, campaign: str) -> None:
    api.control("POST", "faults", {"faults": [{"kind": "reject", "email": "unlucky@*"}]})
    api.ok("POST", "/accounts/blocklists", {"masks": ["@blocked.example"]})
    api.ok("POST", f"/campaigns/{campaign}/blocklists", {"masks": ["jack@example.com"]})
    sent = ["jane@example.com", "jane@rejected.example", "unlucky@example.com"]
    blocked = ["jane@blocked.example", "JACK@example.com"]
    contacts = [{"email": email} for email in (*sent, *blocked)]
    api.ok("POST", "/contacts/batch", {"campaignId": campaign, "contacts": contacts})
    api.advance(300)
    assert api.emails(campaign) == ["jane@example.com"]
    api.add(api.create_list("other"), "jane@rejected.example", "unlucky@example.com")
    assert api.emails(campaign) == ["jane@example.com"]


@pytest.mark.parametrize("email", ["jane@blocked.example", "JACK@example.com"])
def test_who_is_on_a_blocklist_is_refused_by_name(api: Api, campaign: str, email: str) -> None:
    api.ok("POST", "/accounts/blocklists", {"masks": ["@blocked.example"]})
    api.ok("POST", f"/campaigns/{campaign}/blocklists", {"masks": ["jack@example.com"]})
    body = {"email": email, "campaign": {"campaignId": campaign}}
    answer = api.call("POST", "/contacts", body)
    assert (answer.status_code, answer.json()["code"]) == (400, 1002)
    assert answer.json()["message"] == "Cannot add contact that is blacklisted"


@pytest.mark.parametrize(("option", "code"), [({}, 1008), ({"queue_status": 400}, 1002)])
def test_who_is_in_the_queue_is_refused_until_it_is_done(option: dict[str, int], code: int) -> None:
    api = Api(**option)
    campaign = api.create_list("customers")
    body = {"email": "jane@example.com", "campaign": {"campaignId": campaign}}
    elsewhere = body | {"campaign": {"campaignId": api.create_list("others")}}
    api.ok("POST", "/contacts", body)

    again = api.call("POST", "/contacts", body | {"email": "JANE@example.com"})
    assert again.status_code == option.get("queue_status", 409)
    assert (again.json()["code"], again.json()["message"]) == (code, "Contact in queue")
    api.ok("POST", "/contacts", elsewhere)

    api.advance(300)
    present = api.call("POST", "/contacts", body)
    assert (present.status_code, present.json()["code"]) == (409, 1008)
    assert present.json()["message"] == "Property value is already taken"


def test_whom_the_queue_drops_can_be_sent_again(api: Api, campaign: str) -> None:
    body = {"email": "jane@rejected.example", "campaign": {"campaignId": campaign}}
    api.ok("POST", "/contacts", body)
    api.ok("POST", "/contacts", body)
    api.advance(300)
    assert api.emails(campaign) == []


def test_double_opt_in_waits_for_the_confirmation(api: Api) -> None:
    campaign = api.create_list("careful", api="double")
    api.add(campaign, "jane@example.com")
    assert api.emails(campaign) == []
    assert [p["email"] for p in api.search(campaign, "unconfirmed")] == ["jane@example.com"]
    api.control("POST", "confirm", {"list": "careful", "email": "jane@example.com"})
    assert api.emails(campaign) == ["jane@example.com"]
    assert api.search(campaign, "unconfirmed") == []


@pytest.mark.parametrize("reason", REASONS)
def test_who_was_removed_is_seen_with_the_reason(api: Api, campaign: str, reason: str) -> None:
    api.add(campaign, "jane@example.com", "john@example.com")
    api.control("POST", "remove", {"list": campaign, "email": "jane@example.com", "reason": reason})
    assert api.emails(campaign) == ["john@example.com"]
    [removed] = api.search(campaign, "removed")
    assert (removed["email"], removed["reason"]) == ("jane@example.com", reason)
    assert removed["deletedOn"]


def test_nothing_here_keeps_a_removed_person_from_being_added_again(
    api: Api, campaign: str
) -> None:
    api.add(campaign, "jane@example.com")
    api.control(
        "POST", "remove", {"list": campaign, "email": "jane@example.com", "reason": "unsubscribe"}
    )
    api.add(campaign, "jane@example.com")
    assert api.emails(campaign) == ["jane@example.com"]


@pytest.mark.parametrize(("query", "reason"), [({}, "api"), ({"messageId": "m1"}, "unsubscribe")])
def test_delete_removes(api: Api, campaign: str, query: dict[str, str], reason: str) -> None:
    api.add(campaign, "jane@example.com")
    contact_id = api.find(campaign, "jane@example.com")["contactId"]
    assert api.call("DELETE", f"/contacts/{contact_id}", **query).status_code == 204
    assert api.call("GET", f"/contacts/{contact_id}").status_code == 404
    assert [p["reason"] for p in api.search(campaign, "removed")] == [reason]


def test_an_update_replaces_collections_and_leaves_what_is_omitted(api: Api, campaign: str) -> None:
    vip, b2b = (api.ok("POST", "/tags", {"name": name})["tagId"] for name in ("vip", "b2b"))
    api.add(campaign, "jane@example.com")
    path = f"/contacts/{api.find(campaign, 'jane@example.com')['contactId']}"
    api.ok("POST", path, {"name": "Jane", "scoring": 5, "tags": [{"tagId": vip}]})
    changed = api.ok("POST", path, {"scoring": None, "tags": [{"tagId": b2b}]})
    assert (changed["name"], changed["scoring"]) == ("Jane", None)
    assert [tag["name"] for tag in changed["tags"]] == ["b2b"]
    api.ok("POST", f"{path}/tags", {"tags": [{"tagId": vip}]})
    kept = api.find(campaign, "jane@example.com")["tags"]
    assert {tag["name"] for tag in kept} == {"vip", "b2b"}


def test_custom_fields_are_replaced_one_by_one(api: Api, campaign: str) -> None:
    def create(name: str) -> str:
        body: dict[str, Any] = {
            "name": name,
            "type": "string",
            "format": "text",
            "hidden": "false",
            "values": [],
        }
        return str(api.ok("POST", "/custom-fields", body)["customFieldId"])

    city, size = create("city"), create("size")
    api.add(campaign, "jane@example.com")
    path = f"/contacts/{api.find(campaign, 'jane@example.com')['contactId']}/custom-fields"

    def upsert(field: str, value: str) -> None:
        api.ok("POST", path, {"customFieldValues": [{"customFieldId": field, "value": [value]}]})

    upsert(city, "Oslo")
    upsert(size, "XL")
    upsert(city, "Bergen")
    values = api.find(campaign, "jane@example.com")["customFieldValues"]
    assert {each["name"]: each["value"] for each in values} == {"city": ["Bergen"], "size": ["XL"]}


def test_rows_of_a_listing_hide_what_details_show(api: Api, campaign: str) -> None:
    api.add(campaign, "jane@example.com")
    [row] = api.ok("GET", "/contacts")
    hidden = {"tags", "customFieldValues", "geolocation"}
    assert not hidden & row.keys()
    assert hidden <= api.find(campaign, "jane@example.com").keys()


@pytest.mark.parametrize(
    ("flag", "expected"), [(None, ["c"]), ("add", ["a", "b", "c"]), ("delete", ["a", "b"])]
)
def test_blocklists_are_replaced_added_to_and_cut(
    api: Api, flag: str | None, expected: list[str]
) -> None:
    masks: dict[str, Any] = {"masks": ["a@example.com", "b@example.com"]}
    api.ok("POST", "/accounts/blocklists", masks)
    query = {"additionalFlags": flag} if flag else {}
    api.ok("POST", "/accounts/blocklists", {"masks": ["c@example.com"]}, **query)
    left = api.ok("GET", "/accounts/blocklists")["masks"]
    assert sorted(mask[0] for mask in left) == expected


def test_names_of_lists_are_unique_to_the_letter(api: Api, campaign: str) -> None:
    assert api.call("POST", "/campaigns", {"name": "customers"}).status_code == 409
    assert api.call("POST", "/campaigns", {"name": "Customers"}).status_code == 201
    assert api.call("POST", "/campaigns", {"name": "no/slash"}).status_code == 400
    details = api.ok("GET", f"/campaigns/{campaign}")
    assert details["optinTypes"]["api"] == "single"


def test_renaming_a_tag_changes_nothing(api: Api) -> None:
    tag = api.ok("POST", "/tags", {"name": "vip"})
    answered = api.ok("POST", f"/tags/{tag['tagId']}", {"name": "other"})
    assert answered["name"] == "vip"

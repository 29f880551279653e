"""Imports: their life, their limits, and what they do to people."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import Api
from tests.support.faults import fault_paths

DAY = 86_400
COMPLETE = 240.0
"""Seconds after which an import is finished and its statistics are complete."""
MB = 1024 * 1024


@pytest.fixture
def campaign(api: Api) -> str:
    return api.create_list("customers")


def post(api: Api, campaign: str, *rows: list[str], columns: str = "email") -> httpx.Response:
    body = {"campaignId": campaign, "fieldMapping": columns.split(), "contacts": list(rows)}
    return api.call("POST", "/imports", body)


def start(api: Api, campaign: str, *rows: list[str], columns: str = "email") -> str:
    answer = post(api, campaign, *rows or (["jane@example.com"],), columns=columns)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["importId"])


def read(api: Api, import_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.ok("GET", f"/imports/{import_id}")
    return found


def run(api: Api, campaign: str, *rows: list[str], columns: str = "email") -> dict[str, Any]:
    """Import, wait for the end of it, and return it."""
    import_id = start(api, campaign, *rows, columns=columns)
    api.advance(COMPLETE)
    return read(api, import_id)


def errors(found: dict[str, Any]) -> dict[str, int]:
    return {name: count for name, count in found["errorStatistics"].items() if count}


def decide(api: Api, campaign: str, outcome: str) -> None:
    api.control("POST", "imports", {"list": campaign, "outcome": outcome})


class TestLife:
    def test_it_goes_through_its_states(self, api: Api, campaign: str) -> None:
        import_id = start(api, campaign)
        begun = api.now
        seen: dict[str, float] = {}
        while "finished" not in seen:
            seen.setdefault(read(api, import_id)["status"], api.now - begun)

        assert list(seen) == ["uploaded", "to_review", "review", "approved", "finished"]
        assert seen["finished"] == pytest.approx(180, abs=1)

    def test_people_are_there_when_it_is_finished(self, api: Api, campaign: str) -> None:
        start(api, campaign)
        api.advance(170)
        assert api.emails(campaign) == []
        api.advance(10)
        assert api.emails(campaign) == ["jane@example.com"]
        assert api.find(campaign, "jane@example.com")["origin"] == "import"

    def test_statistics_lag_behind_the_end(self, api: Api, campaign: str) -> None:
        import_id = start(api, campaign, *([f"p{n}@example.com"] for n in range(10)))
        assert read(api, import_id)["statistics"]["uploaded"] == 0
        api.advance(180)
        early = read(api, import_id)
        api.advance(60)
        late = read(api, import_id)

        assert early["status"] == late["status"] == "finished"
        assert early["statistics"]["addedToList"] < 10
        assert late["statistics"] == {
            "uploaded": 10,
            "invalid": 0,
            "updated": 0,
            "addedToList": 10,
        }

    def test_speed_is_for_the_work_not_for_the_limits(self) -> None:
        api = Api(speed=40)
        campaign = api.create_list("customers")
        for _ in range(20):
            assert read(api, start(api, campaign))["status"] == "review"
            api.advance(COMPLETE / 40)
        assert post(api, campaign, ["jane@example.com"]).status_code == 429

    @pytest.mark.parametrize("outcome", ["rejected", "canceled"])
    def test_it_can_come_to_nothing(self, api: Api, campaign: str, outcome: str) -> None:
        decide(api, "customers", outcome)
        found = run(api, campaign)

        assert found["status"] == outcome
        assert found["finishedOn"] > found["createdOn"]
        assert found["statistics"] == {"uploaded": 1, "invalid": 0, "updated": 0, "addedToList": 0}
        assert api.emails(campaign) == []

    def test_it_can_be_held_until_somebody_decides(self, api: Api, campaign: str) -> None:
        decide(api, campaign, "review")
        import_id = start(api, campaign)
        api.advance(DAY)
        held = read(api, import_id)
        decide(api, campaign, "finished")
        api.advance(COMPLETE)

        assert (held["status"], "finishedOn" in held) == ("review", False)
        assert read(api, import_id)["status"] == "finished"
        assert api.emails(campaign) == ["jane@example.com"]

    def test_control_refuses_what_makes_no_sense(self, api: Api, campaign: str) -> None:
        for body in ({"list": campaign, "outcome": "lost"}, {"list": "no", "outcome": "review"}):
            answer = api.http.post("/_sandbox/imports", json=body)
            assert answer.status_code in (400, 404)
            assert answer.json()["error"]


class TestPeople:
    def test_who_is_new_is_added_and_who_is_there_is_updated(self, api: Api, campaign: str) -> None:
        field: dict[str, Any] = {
            "type": "string",
            "format": "text",
            "hidden": "false",
            "values": [],
        }
        for name in ("city", "plan"):
            api.ok("POST", "/custom-fields", {"name": name, **field})
        vip = api.ok("POST", "/tags", {"name": "vip"})["tagId"]
        api.add(campaign, "old@example.com")
        path = f"/contacts/{api.find(campaign, 'old@example.com')['contactId']}"
        api.ok("POST", path, {"name": "Old", "tags": [{"tagId": vip}]})
        found = run(
            api,
            campaign,
            ["OLD@example.com", "", "192.0.2.1", "Oslo", "", "0", "1"],
            ["new@example.com", "New", "", "", "gold", "1", "0"],
            columns="email name ip city plan tag:vip tag:fresh",
        )

        assert found["statistics"] == {"uploaded": 2, "invalid": 0, "updated": 1, "addedToList": 1}
        old, new = (api.find(campaign, f"{who}@example.com") for who in ("old", "new"))
        assert shown(old) == ("Old", "192.0.2.1", {"city": ["Oslo"]}, {"vip", "fresh"})
        assert shown(new) == ("New", "", {"plan": ["gold"]}, {"vip"})

    def test_nobody_has_to_confirm(self, api: Api) -> None:
        campaign = api.create_list("careful", api="double")
        api.add(campaign, "waiting@example.com")
        run(api, campaign, ["waiting@example.com"], ["new@example.com"])

        assert sorted(api.emails(campaign)) == ["new@example.com", "waiting@example.com"]

    def test_rows_are_counted_by_what_is_wrong_with_them(self, api: Api, campaign: str) -> None:
        api.ok("POST", "/accounts/blocklists", {"masks": ["@blocked.example"]})
        api.ok("POST", f"/campaigns/{campaign}/blocklists", {"masks": ["jack@example.com"]})
        api.ok("POST", "/suppressions", {"name": "never", "masks": ["@never.example"]})
        api.control("POST", "faults", {"faults": [{"kind": "reject", "email": "unlucky@*"}]})
        addresses = (
            "jane@example.com JANE@example.com jane(at)example.com a@blocked.example"
            " jack@example.com a@never.example a@rejected.example Unlucky@example.com"
        )
        found = run(api, campaign, *([email] for email in addresses.split()))

        assert errors(found) == {
            "alreadyInQueue": 1,
            "syntaxErrors": 1,
            "blacklist": 2,
            "policyFailures": 3,
        }
        assert found["statistics"] == {"uploaded": 8, "invalid": 7, "updated": 0, "addedToList": 1}
        assert api.emails(campaign) == ["jane@example.com"]

    @pytest.mark.parametrize(
        ("reason", "comes_back"), [("unsubscribe", False), ("complaint", False), ("api", True)]
    )
    def test_who_left_is_not_brought_back(
        self, api: Api, campaign: str, reason: str, comes_back: bool
    ) -> None:
        api.add(campaign, "jane@example.com")
        removal = {"list": campaign, "email": "jane@example.com", "reason": reason}
        api.control("POST", "remove", removal)
        found = run(api, campaign)

        assert (api.emails(campaign) == ["jane@example.com"]) == comes_back
        assert errors(found) == ({} if comes_back else {"policyFailures": 1})

    def test_values_that_a_field_does_not_take_are_left_out(self, api: Api, campaign: str) -> None:
        number = {"name": "age", "type": "number", "format": "text"}
        api.ok("POST", "/custom-fields", {**number, "hidden": "false", "values": []})
        run(api, campaign, ["jane@example.com", "old", "nowhere"], columns="email age ip")

        assert shown(api.find(campaign, "jane@example.com")) == (None, "", {}, set())

    def test_contacts_that_wait_in_the_queue_come_in_their_order(
        self, api: Api, campaign: str
    ) -> None:
        api.ok("POST", "/contacts", {"email": "jane@example.com", "campaign": ref(campaign)})
        assert run(api, campaign)["statistics"]["updated"] == 1


def ref(campaign: str) -> dict[str, str]:
    return {"campaignId": campaign}


def shown(contact: dict[str, Any]) -> tuple[Any, Any, dict[str, list[str]], set[str]]:
    """Name, IP address, custom fields and tags of a person."""
    customs = {each["name"]: each["value"] for each in contact["customFieldValues"]}
    return (
        contact.get("name"),
        contact.get("ipAddress"),
        customs,
        {t["name"] for t in contact["tags"]},
    )


class TestLimits:
    def test_one_active_import_a_list_and_two_an_account(self, api: Api, campaign: str) -> None:
        second, third = (api.create_list(name) for name in ("second", "third"))
        start(api, campaign)
        answer = post(api, campaign, ["john@example.com"])
        assert (answer.status_code, answer.json()["code"]) == (409, 1008)
        start(api, second)
        assert post(api, third, ["john@example.com"]).status_code == 409
        api.advance(180)
        assert post(api, campaign, ["john@example.com"]).status_code == 201

    def test_twenty_in_any_24_hours(self, api: Api, campaign: str) -> None:
        begun = api.now
        for _ in range(20):
            run(api, campaign)
        answer = post(api, campaign, ["jane@example.com"])
        assert answer.status_code == 429
        wait = int(answer.json()["context"]["timeToReset"].split()[0])
        assert wait == pytest.approx(begun + DAY - api.now, abs=2)
        api.advance(wait)
        assert post(api, campaign, ["jane@example.com"]).status_code == 201
        assert post(api, api.create_list("other"), ["jane@example.com"]).status_code == 429

    def test_refused_ones_count_for_nothing(self, api: Api, campaign: str) -> None:
        for _ in range(20):
            assert post(api, campaign, ["a"], columns="name").status_code == 400
        start(api, campaign)

    @pytest.mark.parametrize(("size", "status"), [(20 * MB, 400), (20 * MB + 1, 413)])
    def test_20_mb_a_call(self, api: Api, size: int, status: int) -> None:
        answer = api.http.post(
            "/v3/imports", content=b" " * size, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == status


class TestChecks:
    @pytest.mark.parametrize(
        ("columns", "row", "member"),
        [
            ("name", ["Jane"], "fieldMapping"),
            ("email city", ["jane@example.com", "Oslo"], "fieldMapping[1]"),
            ("email email", ["jane@example.com", "jane@example.com"], "fieldMapping[1]"),
            ("email tag:x", ["jane@example.com", "1"], "fieldMapping[1]"),
            ("email name", ["jane@example.com"], "contacts[0]"),
            ("email", [1], "contacts[0][0]"),
        ],
    )
    def test_a_400_names_what_is_wrong(
        self, api: Api, campaign: str, columns: str, row: list[Any], member: str
    ) -> None:
        answer = post(api, campaign, row, columns=columns)
        assert answer.status_code == 400
        assert fault_paths(answer) == [member]

    def test_lists_and_fields_that_do_not_exist_are_references(self, api: Api) -> None:
        answer = post(api, "nope", ["jane@example.com", "1"], columns="email age")
        assert answer.json()["code"] == 1001
        assert len(answer.json()["context"]) == 2

    def test_an_import_without_rows_is_refused(self, api: Api, campaign: str) -> None:
        assert post(api, campaign).status_code == 400

    def test_unknown(self, api: Api) -> None:
        assert api.call("GET", "/imports/nope").status_code == 404


class TestListing:
    def test_filters_and_sorts(self, api: Api, campaign: str) -> None:
        other = api.create_list("another")
        small = run(api, campaign)["importId"]
        api.advance(DAY)
        large = run(api, other, ["a@example.com"], ["b@example.com"], ["c"])["importId"]
        day = {"query[createdOn][from]": read(api, large)["createdOn"][:10]}

        def listed(**query: str) -> list[str]:
            return [each["importId"] for each in api.ok("GET", "/imports", **query)]

        assert listed(**{"query[campaignId]": campaign}) == [small]
        assert listed(**day) == [large]
        assert listed(**{"sort[createdOn]": "DESC"}) == [large, small]
        assert listed(**{"sort[campaignName]": "ASC"}) == [large, small]
        for name in ("uploadedContacts", "addedContacts", "invalidContacts"):
            assert listed(**{f"sort[{name}]": "DESC"}) == [large, small]

    def test_state_shows_them(self, api: Api, campaign: str) -> None:
        import_id = start(api, campaign)
        [shown] = api.control("GET", "state")["imports"]
        assert shown == {"importId": import_id, "campaignId": campaign, "status": "uploaded"}


class TestFaults:
    def test_a_failure_after_the_import_has_begun(self, api: Api, campaign: str) -> None:
        fault = {"method": "POST", "path": "/v3/imports", "kind": "commit_then_fail", "status": 502}
        api.control("POST", "faults", {"faults": [fault]})
        assert post(api, campaign, ["jane@example.com"]).status_code == 502
        assert len(api.ok("GET", "/imports")) == 1

    def test_a_reset_before_it(self, api: Api, campaign: str) -> None:
        fault = {"method": "POST", "path": "/v3/imports", "kind": "reset"}
        api.control("POST", "faults", {"faults": [fault]})
        with pytest.raises(httpx.ReadError):
            post(api, campaign, ["jane@example.com"])
        assert api.ok("GET", "/imports") == []

    def test_a_delayed_answer(self, api: Api, campaign: str) -> None:
        fault = {"method": "POST", "path": "/v3/imports", "kind": "delay", "seconds": 3}
        api.control("POST", "faults", {"faults": [fault]})
        begun = api.now
        start(api, campaign)
        assert api.now >= begun + 4

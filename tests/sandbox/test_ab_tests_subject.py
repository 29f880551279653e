"""A/B tests of subjects: their stages, and what each of them allows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import Api
from tests.support.faults import fault_paths

DAY = 86_400.0


@pytest.fixture
def api() -> Api:
    return Api(seed_contacts=100)


@pytest.fixture
def body(api: Api) -> dict[str, Any]:
    campaign = api.ok("GET", "/campaigns")[0]["campaignId"]
    return {
        "name": "Spring",
        "campaign": {"campaignId": campaign},
        "fromField": {"fromFieldId": api.ok("GET", "/from-fields")[0]["fromFieldId"]},
        "deliverySettings": {
            "sendOn": {"sendingType": "now"},
            "winnerMode": "automatic",
            "winningCriteria": "open",
            "samplingPercentage": 20,
            "samplingTime": "P0Y0M1DT0H0M0S",
        },
        "variants": ["Spring is here", "New in spring"],
        "sendSettings": {"selectedCampaigns": [campaign]},
        "content": {"plain": "Hello"},
    }


def create(api: Api, body: dict[str, Any], **delivery: Any) -> str:
    settings = body["deliverySettings"] | delivery
    test = api.ok("POST", "/ab-tests/subject", body | {"deliverySettings": settings})
    return str(test["abTestId"])


def details(api: Api, test: str) -> dict[str, Any]:
    found: dict[str, Any] = api.ok("GET", f"/ab-tests/subject/{test}")
    return found


def code_of(api: Api, method: str, path: str, body: Any = None) -> int:
    answer = api.call(method, path, body)
    assert answer.status_code == 400
    return int(answer.json()["code"])


def test_an_automatic_winner_goes_to_the_rest(api: Api, body: dict[str, Any]) -> None:
    test = create(api, body)
    assert details(api, test)["stage"] == "preparing"

    api.advance(600)
    testing = details(api, test)
    assert testing["stage"] == "testing"
    assert [each["statistics"]["delivered"] for each in testing["variants"]] == [10, 10]
    assert testing["winnerSendingStart"] is None

    api.advance(DAY - 500)
    assert details(api, test)["stage"] == "sending_winner"
    api.advance(600)
    done = details(api, test)
    assert done["stage"] == "completed"
    assert done["winnerSendingStart"] is not None
    assert done["statistics"]["total"]["delivered"] == 100
    assert done["statistics"]["winner"]["delivered"] == 90
    [winner] = [each for each in done["variants"] if each["isWinner"]]
    assert winner["statistics"]["openRate"] == max(
        each["statistics"]["openRate"] for each in done["variants"]
    )


def test_a_sample_of_everyone_leaves_no_rest(api: Api, body: dict[str, Any]) -> None:
    test = create(api, body, samplingPercentage=100)
    api.advance(DAY + 600)
    done = details(api, test)
    assert (done["stage"], done["winnerSendingStart"]) == ("completed", None)
    assert done["statistics"]["total"]["delivered"] == 100


def test_a_manual_winner_is_waited_for(api: Api, body: dict[str, Any]) -> None:
    test = create(api, body, winnerMode="manual")
    api.advance(10 * DAY)
    finished = details(api, test)
    assert finished["stage"] == "finished"
    path = f"/ab-tests/subject/{test}/winner"
    assert code_of(api, "POST", path, {"variantId": "none"}) == 1001

    chosen = {"variantId": finished["variants"][1]["variantId"]}
    assert api.call("POST", path, chosen).status_code == 204
    assert details(api, test)["stage"] == "sending_winner"
    assert code_of(api, "POST", path, chosen) == 1002
    api.advance(600)
    assert [each["isWinner"] for each in details(api, test)["variants"]] == [False, True]


def test_only_manual_winners_are_chosen(api: Api, body: dict[str, Any]) -> None:
    test = create(api, body)
    api.advance(600)
    chosen = {"variantId": details(api, test)["variants"][0]["variantId"]}
    assert code_of(api, "POST", f"/ab-tests/subject/{test}/winner", chosen) == 1002


def test_cancelling_comes_before_the_winner_or_not_at_all(api: Api, body: dict[str, Any]) -> None:
    test = create(api, body)
    assert code_of(api, "DELETE", f"/ab-tests/{test}") == 1002
    assert api.call("POST", f"/ab-tests/{test}/cancel").status_code == 202
    api.advance(10)
    cancelled = details(api, test)
    assert (cancelled["stage"], cancelled["status"]) == ("cancelled", "inactive")
    assert code_of(api, "POST", f"/ab-tests/{test}/cancel") == 1002
    api.advance(10 * DAY)
    assert details(api, test)["statistics"]["total"]["delivered"] == 0
    assert api.call("DELETE", f"/ab-tests/{test}").status_code == 204

    other = create(api, body)
    api.advance(10 * DAY)
    assert code_of(api, "POST", f"/ab-tests/{other}/cancel") == 1002


def test_filters_take_several_ids_and_spell_a_stage_with_a_hyphen(
    api: Api, body: dict[str, Any]
) -> None:
    first, second, third = (create(api, body) for _ in range(3))
    rows = api.ok("GET", "/ab-tests/subject", **{"query[abTestId]": f"{first},{third}"})
    assert [each["abTestId"] for each in rows] == [first, third]
    assert api.ok("GET", "/ab-tests/subject", **{"query[campaignId]": "none"}) == []
    api.ok("POST", f"/ab-tests/{second}/cancel")
    api.advance(DAY + 70)
    sending = api.ok("GET", "/ab-tests/subject", **{"query[stage]": "sending-winner"})
    assert {each["abTestId"] for each in sending} == {first, third}
    assert {each["stage"] for each in sending} == {"sending_winner"}
    least = api.ok("GET", "/ab-tests/subject", **{"sort[totalDelivered]": "ASC"})[0]
    assert least["abTestId"] == second


@pytest.mark.parametrize(
    ("delivery", "member"),
    [
        ({"samplingTime": "1 day"}, "samplingTime"),
        ({"sendOn": {"sendingType": "scheduled"}}, "sendOn.date"),
        ({"sendOn": {"sendingType": "now", "date": "2026-10-01 07:00:00"}}, "sendOn.date"),
        (
            {
                "sendOn": {
                    "sendingType": "scheduled",
                    "date": "2026-10-01 07:00:00",
                    "timeZone": {"timeZoneId": 9999},
                }
            },
            "sendOn.timeZone.timeZoneId",
        ),
    ],
)
def test_delivery_is_checked(
    api: Api, body: dict[str, Any], delivery: dict[str, Any], member: str
) -> None:
    settings = body["deliverySettings"] | delivery
    answer = api.call("POST", "/ab-tests/subject", body | {"deliverySettings": settings})
    assert answer.status_code == 400
    assert fault_paths(answer)[0] == f"deliverySettings.{member}"


def test_a_test_can_begin_later(api: Api, body: dict[str, Any]) -> None:
    later = {
        "sendingType": "scheduled",
        "date": "2026-10-01 09:00:00",
        "timeZone": {"timeZoneId": 1},
    }
    test = create(api, body, sendOn=later)
    assert details(api, test)["deliverySettings"]["sendOn"]["date"] == "2026-10-01T07:00:00+0000"
    api.advance(DAY)
    assert details(api, test)["stage"] == "preparing"

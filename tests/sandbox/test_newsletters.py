"""Newsletters, sent as time passes, and what comes of them."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.sandbox.conftest import START, Api
from tests.support.faults import fault_paths

HOUR = 3_600.0
DAY = 86_400.0
LINK = '<a class="x" href="https://shop.example/spring"><b>Spring</b> sale</a>'
Send = Callable[..., dict[str, Any]]


@pytest.fixture
def api() -> Api:
    return Api(seed_contacts=100)


@pytest.fixture
def sender(api: Api) -> str:
    return str(api.ok("GET", "/from-fields")[0]["fromFieldId"])


@pytest.fixture
def default_list(api: Api) -> str:
    return str(api.ok("GET", "/campaigns")[0]["campaignId"])


@pytest.fixture
def body(sender: str, default_list: str) -> dict[str, Any]:
    return {
        "subject": "Spring",
        "fromField": {"fromFieldId": sender},
        "campaign": {"campaignId": default_list},
        "content": {"html": LINK, "plain": "See https://shop.example/news"},
        "flags": ["clicktrack"],
        "sendSettings": {"selectedCampaigns": [default_list]},
    }


def path(newsletter: dict[str, Any]) -> str:
    return f"/newsletters/{newsletter['newsletterId']}"


def metrics(api: Api, newsletter: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = api.ok("GET", path(newsletter))["sendMetrics"]
    return found


def test_a_broadcast_leaves_over_some_minutes(api: Api, body: dict[str, Any]) -> None:
    newsletter = api.ok("POST", "/newsletters", body)
    assert newsletter["type"] == "broadcast"
    assert newsletter["status"] == "enabled"
    assert newsletter["sendMetrics"]["status"] == "scheduled"
    assert newsletter["sendMetrics"]["total"] == "100"

    api.advance(120)
    underway = metrics(api, newsletter)
    assert underway["status"] == "in_progress"
    assert 0 < int(underway["sent"]) < 100

    api.advance(DAY)
    done = metrics(api, newsletter)
    assert (done["status"], done["sent"], done["delivered"]) == ("finished", "100", "100")
    assert 0.0 < float(done["clickRate"]) < float(done["openRate"]) < 1.0


def test_speed_makes_it_faster(body: dict[str, Any]) -> None:
    fast = Api(seed_contacts=100, speed=1000)
    newsletter = fast.ok("POST", "/newsletters", body)
    fast.advance(15)
    assert metrics(fast, newsletter)["sent"] == "100"


def test_what_recipients_do_is_the_same_in_every_run(body: dict[str, Any]) -> None:
    seen: list[Any] = []
    for _ in range(2):
        api = Api(seed_contacts=100)
        newsletter = api.ok("POST", "/newsletters", body)
        api.advance(DAY)
        seen.append(api.ok("GET", f"{path(newsletter)}/statistics"))
    assert seen[0] == seen[1]


def test_a_time_is_one_of_the_named_zone(api: Api, body: dict[str, Any]) -> None:
    # 07:00 in New York is 11:00 UTC in September.
    send_on = {"date": "2026-09-30T07:00:00", "timeZone": {"timeZoneId": 285}}
    newsletter = api.ok(
        "POST", "/newsletters", body | {"sendSettings": body["sendSettings"] | {"sendOn": send_on}}
    )
    assert newsletter["sendOn"] == "2026-09-30T11:00:00+0000"
    assert "sendOn" not in newsletter["sendSettings"]

    due = datetime(2026, 9, 30, 11, tzinfo=UTC).timestamp()
    api.advance(due - 60 - api.now)
    assert metrics(api, newsletter)["status"] == "scheduled"
    api.advance(60 + 300)
    assert metrics(api, newsletter)["status"] == "finished"


def test_an_unknown_time_zone_is_refused(api: Api, body: dict[str, Any]) -> None:
    send_on = {"date": "2026-09-30T07:00:00", "timeZone": {"timeZoneId": 9999}}
    settings = body["sendSettings"] | {"sendOn": send_on}
    answer = api.call("POST", "/newsletters", body | {"sendSettings": settings})
    assert (answer.status_code, answer.json()["code"]) == (400, 1001)


FORMER = {"sendOn": "2026-09-30T07:00:00+0000", "editor": "custom"}


def test_the_former_send_on_is_when_it_leaves(api: Api, body: dict[str, Any]) -> None:
    newsletter = api.ok("POST", "/newsletters", body | FORMER)
    assert newsletter["sendOn"] == FORMER["sendOn"]

    draft = api.ok("POST", "/newsletters", body | FORMER | {"type": "draft"})
    assert "sendOn" not in draft


def test_the_former_send_on_is_refused_by_the_contract(body: dict[str, Any]) -> None:
    strict = Api(strict=True)
    answer = strict.call("POST", "/newsletters", body | FORMER)
    assert answer.status_code == 400
    assert set(fault_paths(answer)) >= {"sendOn", "editor"}


def test_cancelling_makes_a_draft_that_can_be_sent(api: Api, body: dict[str, Any]) -> None:
    newsletter = api.ok("POST", "/newsletters", body)
    draft = api.ok("POST", f"{path(newsletter)}/cancel")
    assert draft["type"] == "draft"
    assert "sendOn" not in draft
    api.advance(DAY)
    assert metrics(api, newsletter)["sent"] == "0"

    send = {"messageId": newsletter["newsletterId"], "sendSettings": body["sendSettings"]}
    assert api.ok("POST", "/newsletters/send-draft", send)["type"] == "broadcast"
    api.advance(DAY)
    assert metrics(api, newsletter)["sent"] == "100"


def test_nothing_stops_what_is_leaving_or_was_sent(api: Api, body: dict[str, Any]) -> None:
    newsletter = api.ok("POST", "/newsletters", body)
    api.advance(100)
    for method, action in (("POST", "/cancel"), ("DELETE", "")):
        answer = api.call(method, path(newsletter) + action)
        assert (answer.status_code, answer.json()["code"]) == (400, 1011)
    api.advance(DAY)
    answer = api.call("POST", f"{path(newsletter)}/cancel")
    assert (answer.status_code, answer.json()["code"]) == (400, 1002)
    assert api.call("DELETE", path(newsletter)).status_code == 204


def test_only_drafts_are_sent_as_drafts(api: Api, body: dict[str, Any]) -> None:
    newsletter = api.ok("POST", "/newsletters", body)
    send = {"messageId": newsletter["newsletterId"], "sendSettings": body["sendSettings"]}
    answer = api.call("POST", "/newsletters/send-draft", send)
    assert (answer.status_code, answer.json()["code"]) == (400, 1002)
    answer = api.call("POST", "/newsletters/send-draft", send | {"messageId": "none"})
    assert (answer.status_code, answer.json()["code"]) == (400, 1001)


def test_a_newsletter_that_a_segment_asks_for_stays(
    api: Api, body: dict[str, Any], default_list: str
) -> None:
    newsletter = api.ok("POST", "/newsletters", body | {"type": "draft"})
    condition = {
        "conditionType": "sent",
        "operatorType": "message_operator",
        "operator": "newsletter",
        "value": newsletter["newsletterId"],
    }
    section = {
        "campaignIdsList": [default_list],
        "logicOperator": "and",
        "subscriberCycle": ["receiving_autoresponder", "not_receiving_autoresponder"],
        "subscriptionDate": "all_time",
        "conditions": [condition],
    }
    segment = {"name": "got it", "sectionLogicOperator": "and", "section": [section]}
    made = api.ok("POST", "/search-contacts", segment)
    answer = api.call("DELETE", path(newsletter))
    assert (answer.status_code, answer.json()["code"]) == (400, 1009)
    api.ok("DELETE", f"/search-contacts/{made['searchContactId']}")
    assert api.call("DELETE", path(newsletter)).status_code == 204


def test_a_segment_is_sent_to_those_who_are_in_it(
    api: Api, body: dict[str, Any], default_list: str
) -> None:
    condition = {
        "conditionType": "email",
        "operatorType": "string_operator",
        "operator": "starts",
        "value": "contact1",
    }
    section = {
        "campaignIdsList": [default_list],
        "logicOperator": "and",
        "subscriberCycle": ["receiving_autoresponder", "not_receiving_autoresponder"],
        "subscriptionDate": "all_time",
        "conditions": [condition],
    }
    segment = {"name": "ones", "sectionLogicOperator": "and", "section": [section]}
    chosen = [api.ok("POST", "/search-contacts", segment)["searchContactId"]]
    sent = api.ok("POST", "/newsletters", body | {"sendSettings": {"selectedSegments": chosen}})
    # contact1, contact10 to contact19 and contact100
    assert sent["sendMetrics"]["total"] == "12"


def test_a_draft_stays(api: Api, body: dict[str, Any]) -> None:
    draft = api.ok("POST", "/newsletters", body | {"type": "draft"})
    api.advance(DAY)
    assert metrics(api, draft)["sent"] == "0"
    drafts = api.ok("GET", "/newsletters", **{"query[type]": "draft"})
    assert [each["newsletterId"] for each in drafts] == [draft["newsletterId"]]
    assert api.ok("GET", "/newsletters", **{"query[type]": "broadcast"}) == []


def test_selections_are_joined_by_and_exclusions_taken_off(
    api: Api, body: dict[str, Any], default_list: str, sender: str
) -> None:
    others = api.create_list("others")
    api.add(others, "jane@example.com", "contact1@example.com", "x@blocked.example")
    api.ok("POST", "/accounts/blocklists", {"masks": ["@blocked.example"]})
    masks = {"name": "no jane", "masks": ["jane@example.com"]}
    suppression = api.ok("POST", "/suppressions", masks)["suppressionId"]
    jane = api.find(others, "jane@example.com")["contactId"]

    def total(**settings: Any) -> str:
        newsletter = api.ok("POST", "/newsletters", body | {"sendSettings": settings})
        return str(newsletter["sendMetrics"]["total"])

    assert total(selectedCampaigns=[others]) == "2"
    # contact1@example.com is on both lists and gets one message.
    assert total(selectedCampaigns=[others, default_list]) == "101"
    assert total(selectedCampaigns=[others], selectedContacts=[jane]) == "1"
    assert total(selectedCampaigns=[others], selectedSuppressions=[suppression]) == "1"
    assert total(selectedContacts=[jane], excludedCampaigns=[others]) == "0"
    assert total() == "0"


def test_who_came_after_the_sending_gets_nothing(api: Api, body: dict[str, Any]) -> None:
    newsletter = api.ok("POST", "/newsletters", body)
    api.advance(200)
    api.add(body["campaign"]["campaignId"], "late@example.com")
    api.advance(DAY)
    assert metrics(api, newsletter)["sent"] == "100"


def test_mail_comes_back_from_bounced_example(
    api: Api, body: dict[str, Any], default_list: str
) -> None:
    api.add(default_list, "a@bounced.example")
    newsletter = api.ok("POST", "/newsletters", body)
    api.advance(DAY)
    [total] = api.ok("GET", f"{path(newsletter)}/statistics")
    assert (total["sent"], total["bounced"]) == (101, 1)
    assert metrics(api, newsletter)["delivered"] == "100"


def test_programs_that_open_are_no_people(
    api: Api, body: dict[str, Any], default_list: str
) -> None:
    only = {"selectedCampaigns": [api.create_list("scanned")]}
    api.add(only["selectedCampaigns"][0], "a@scanner.example")
    newsletter = api.ok("POST", "/newsletters", body | {"sendSettings": only})
    api.advance(DAY)
    [total] = api.ok("GET", f"{path(newsletter)}/statistics")
    assert (total["uniqueOpened"], total["uniqueClicked"]) == (1, 1)
    assert (total["uniqueHumanOpened"], total["uniqueHumanClicked"]) == (0, 0)


def test_links_become_click_tracks(api: Api, body: dict[str, Any]) -> None:
    newsletter = api.ok("POST", "/newsletters", body)
    api.advance(DAY)
    tracks = api.ok("GET", path(newsletter))["clickTracks"]
    assert [(each["url"], each["name"]) for each in tracks] == [
        ("https://shop.example/spring", "Spring sale"),
        ("https://shop.example/news", "https://shop.example/news"),
    ]
    [total] = api.ok("GET", f"{path(newsletter)}/statistics")
    assert sum(int(each["amount"]) for each in tracks) == total["totalClicked"] > 0

    listed = api.ok("GET", "/click-tracks")
    assert sum(each["clicks"] for each in listed) == total["totalClicked"]
    assert listed[0]["message"]["resourceId"] == newsletter["newsletterId"]
    api.ok("DELETE", path(newsletter))
    assert api.ok("GET", "/click-tracks") == []


def test_what_is_not_tracked_is_not_seen(api: Api, body: dict[str, Any]) -> None:
    newsletter = api.ok("POST", "/newsletters", body | {"flags": [], "trackOpens": "false"})
    api.advance(DAY)
    [total] = api.ok("GET", f"{path(newsletter)}/statistics")
    assert (total["sent"], total["totalOpened"], total["totalClicked"]) == (100, 0, 0)


def test_intervals_add_up_to_the_total(api: Api, body: dict[str, Any]) -> None:
    newsletter = api.ok("POST", "/newsletters", body)
    api.advance(2 * DAY)
    statistics = f"{path(newsletter)}/statistics"
    [total] = api.ok("GET", statistics)
    hours = api.ok("GET", statistics, **{"query[groupBy]": "hour"})
    assert len(hours) > 1
    assert hours[0]["timeInterval"].endswith(":00:00+0000/PT1H")
    for name in ("sent", "totalOpened", "totalClicked"):
        assert sum(each[name] for each in hours) == total[name]
    later = datetime.fromtimestamp(START + DAY, UTC).isoformat()
    [nothing] = api.ok("GET", statistics, **{"query[createdOn][from]": later})
    assert nothing["sent"] == 0


def test_statistics_of_several(api: Api, body: dict[str, Any], default_list: str) -> None:
    first, second = (api.ok("POST", "/newsletters", body) for _ in range(2))
    api.advance(DAY)
    ids = f"{first['newsletterId']},{second['newsletterId']}"
    path_of_all = "/newsletters/statistics"
    assert api.ok("GET", path_of_all)[0]["sent"] == 200
    assert api.ok("GET", path_of_all, **{"query[newsletterId]": ids})[0]["sent"] == 200
    one = api.ok("GET", path_of_all, **{"query[newsletterId]": first["newsletterId"]})
    assert one[0]["sent"] == 100
    assert api.ok("GET", path_of_all, **{"query[campaignId]": default_list})[0]["sent"] == 200
    assert api.ok("GET", path_of_all, **{"query[campaignId]": "none"})[0]["sent"] == 0


def test_activities_name_people_and_grow_old(api: Api, body: dict[str, Any]) -> None:
    newsletter = api.ok("POST", "/newsletters", body)
    api.advance(DAY)
    activities = f"{path(newsletter)}/activities"
    sent = api.ok("GET", activities, perPage=1000, **{"query[activity]": "send"})
    assert len({each["contact"]["contactId"] for each in sent}) == 100
    opened = api.ok("GET", activities, perPage=1000, **{"query[activity]": "open"})
    assert {each["activity"] for each in opened} == {"open"}

    api.advance(20 * DAY)
    assert api.ok("GET", activities) == []
    asked = {"query[createdOn][from]": datetime.fromtimestamp(START, UTC).isoformat()}
    assert len(api.ok("GET", activities, perPage=1000, **asked)) > 100
    api.advance(20 * DAY)
    assert api.ok("GET", activities, **asked) == []


def test_a_complaint_is_counted_and_no_activity(api: Api, body: dict[str, Any]) -> None:
    angry = api.create_list("angry")
    api.add(angry, "a@complaint.example")
    settings = {"selectedCampaigns": [angry]}
    newsletter = api.ok("POST", "/newsletters", body | {"sendSettings": settings})
    api.advance(DAY)
    [total] = api.ok("GET", f"{path(newsletter)}/statistics")
    assert (total["uniqueOpened"], total["complaints"]) == (1, 1)
    contact = api.find(angry, "a@complaint.example")["contactId"]
    for rows in (f"{path(newsletter)}/activities", f"/contacts/{contact}/activities"):
        assert {each["activity"] for each in api.ok("GET", rows)} == {"send", "open"}


def test_attachments_have_a_limit_together(api: Api, body: dict[str, Any]) -> None:
    def attached(*sizes: int) -> dict[str, Any]:
        files = [base64.b64encode(bytes(size)).decode() for size in sizes]
        kind = "application/pdf"
        rows = [{"fileName": "a.pdf", "mimeType": kind, "content": file} for file in files]
        return body | {"attachments": rows}

    assert api.call("POST", "/newsletters", attached(409_599, 1)).status_code == 201
    refused = api.call("POST", "/newsletters", attached(409_599, 2))
    assert refused.status_code == 400
    assert fault_paths(refused)[0] == "attachments"


def test_256_newsletters_a_day(api: Api, body: dict[str, Any]) -> None:
    draft = body | {"type": "draft"}
    for _ in range(256):
        api.ok("POST", "/newsletters", draft)
    refused = api.call("POST", "/newsletters", draft)
    assert refused.status_code == 429
    assert refused.json()["context"]["currentLimit"] == 256
    assert api.call("GET", "/newsletters").status_code == 200
    api.advance(DAY - 250)
    assert api.call("POST", "/newsletters", draft).status_code == 201


@pytest.mark.parametrize(("size", "pixels"), [("default", 180), ("small", 90)])
def test_a_picture(api: Api, body: dict[str, Any], size: str, pixels: int) -> None:
    newsletter = api.ok("POST", "/newsletters", body)
    answer = api.call("GET", f"{path(newsletter)}/thumbnail", size=size)
    assert answer.headers["Content-Type"] == "image/png"
    assert int.from_bytes(answer.content[16:20]) == pixels
    assert api.call("GET", "/newsletters/none/thumbnail").status_code == 404

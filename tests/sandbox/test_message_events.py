"""What was sent to people and what they did with it, as contacts, segments and limits show it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import Api

DAY = 86_400.0
MESSAGE = {"operatorType": "message_operator", "operator": "newsletter"}
NO_MESSAGE = {"operatorType": "complex_message_operator", "operator": "all"}
DATE = {"operatorType": "date_operator"}


class Sent:
    """A list of 100 people, and a newsletter that all of them have got."""

    def __init__(self) -> None:
        self.api = Api(seed_contacts=100)
        self.campaign = self.api.ok("GET", "/campaigns")[0]["campaignId"]
        body = {
            "subject": "Spring",
            "fromField": {"fromFieldId": self.api.ok("GET", "/from-fields")[0]["fromFieldId"]},
            "campaign": {"campaignId": self.campaign},
            "content": {"html": '<a href="https://shop.example/spring">Spring sale</a>'},
            "flags": ["clicktrack"],
            "sendSettings": {"selectedCampaigns": [self.campaign]},
        }
        self.newsletter = self.api.ok("POST", "/newsletters", body)["newsletterId"]
        self.api.advance(5 * DAY)

    def activities(self, contact_id: str, **query: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.api.ok(
            "GET", f"/contacts/{contact_id}/activities", **query
        )
        return found

    def who(self, condition: dict[str, Any]) -> set[str]:
        """Identifiers of the contacts that meet a condition."""
        section = {
            "campaignIdsList": [self.campaign],
            "logicOperator": "and",
            "subscriberCycle": ["receiving_autoresponder", "not_receiving_autoresponder"],
            "subscriptionDate": "all_time",
            "conditions": [condition],
        }
        body = {
            "subscribersType": ["subscribed"],
            "sectionLogicOperator": "or",
            "section": [section],
        }
        rows = self.api.ok("POST", "/search-contacts/contacts", body, perPage=1000)
        return {row["contactId"] for row in rows}

    def everyone(self) -> set[str]:
        return {row["contactId"] for row in self.api.ok("GET", "/contacts", perPage=1000)}

    def did(self, activity: str) -> set[str]:
        path = f"/newsletters/{self.newsletter}/activities"
        query = {"query[activity]": activity, "perPage": 1000}
        return {row["contact"]["contactId"] for row in self.api.ok("GET", path, **query)}


@pytest.fixture
def sent() -> Sent:
    return Sent()


def test_a_contact_has_activities(sent: Sent) -> None:
    clicker = min(sent.did("click"))
    found = sent.activities(clicker)

    assert [each["activity"] for each in found][:1] == ["send"]
    assert {each["activity"] for each in found} == {"send", "open", "click"}
    assert {each["resource"]["resourceId"] for each in found} == {sent.newsletter}
    assert {each["resource"]["resourceType"] for each in found} == {"newsletters"}
    [track] = [each["clickTrack"] for each in found if each["activity"] == "click"]
    assert (track["name"], track["url"]) == ("Spring sale", "https://shop.example/spring")
    assert [bool(each["previewUrl"]) for each in found] == [
        each["activity"] == "send" for each in found
    ]


def test_activities_go_back_14_days_unless_asked(sent: Sent) -> None:
    contact_id = min(sent.did("click"))
    sent.api.advance(14 * DAY)

    assert sent.activities(contact_id) == []
    assert sent.activities(contact_id, **{"query[createdOn][from]": "2020-01-01"}) != []


def test_conditions_about_one_message(sent: Sent) -> None:
    everyone, opened, clicked = sent.everyone(), sent.did("open"), sent.did("click")
    assert 0 < len(clicked) < len(opened) < 100

    def named(kind: str, **members: Any) -> set[str]:
        return sent.who({"conditionType": kind, **MESSAGE, **members})

    assert named("sent", value=sent.newsletter) == everyone
    assert named("sent", value="other") == set()
    assert named("not_sent", value=sent.newsletter) == set()
    assert named("opened", value=sent.newsletter) == opened
    assert named("opened", value=sent.newsletter, operator="autoresponder") == set()
    assert named("clicked", scope=sent.newsletter, clickTrackId="all") == clicked
    assert named("clicked", scope=sent.newsletter, clickTrackId="other") == set()


def test_conditions_about_what_was_not_done(sent: Sent) -> None:
    everyone, opened, clicked = sent.everyone(), sent.did("open"), sent.did("click")

    def left(kind: str, **members: Any) -> set[str]:
        return sent.who({"conditionType": kind, **NO_MESSAGE, **members})

    assert left("not_opened", dateOperator="never") == everyone - opened
    assert left("not_opened", dateOperator="today") == everyone
    assert left("not_clicked", dateOperator="last_n_days", value=30) == everyone - clicked
    named = {"operator": "newsletter", "scope": sent.newsletter, "dateOperator": "never"}
    assert left("not_clicked", **named, clickTrackId="other") == everyone


def test_conditions_about_the_last_time(sent: Sent) -> None:
    recent = {**DATE, "operator": "specific_date", "value": "last_7_days"}
    today = {**DATE, "operator": "specific_date", "value": "today"}

    assert sent.who({"conditionType": "last_send_date", **recent}) == sent.everyone()
    assert sent.who({"conditionType": "last_open_date", **recent}) == sent.did("open")
    assert sent.who({"conditionType": "last_click_date", **recent}) == sent.did("click")
    assert sent.who({"conditionType": "last_send_date", **today}) == set()


def test_a_segment_is_read_anew_when_people_act(sent: Sent) -> None:
    opened = {"conditionType": "opened", **MESSAGE, "value": sent.newsletter}
    before = sent.who(opened)
    body = sent.api.ok("GET", f"/newsletters/{sent.newsletter}")
    again = {
        "subject": "Again",
        "fromField": {"fromFieldId": body["fromField"]["fromFieldId"]},
        "campaign": {"campaignId": sent.campaign},
        "content": {"plain": "Hello"},
        "sendSettings": {"selectedCampaigns": [sent.campaign]},
    }
    newsletter = sent.api.ok("POST", "/newsletters", again)["newsletterId"]
    recent = {"conditionType": "sent", **MESSAGE, "value": newsletter}
    assert sent.who(recent) == set()
    sent.api.advance(DAY)
    assert sent.who(recent) == sent.everyone()
    assert sent.who(opened) == before


def test_sending_counts_for_the_limit(sent: Sent) -> None:
    [limit] = sent.api.ok("GET", "/accounts/sending-limits")
    sent.api.advance(40 * DAY)
    [later] = sent.api.ok("GET", "/accounts/sending-limits")

    assert (limit["timeFrame"], limit["used"]) == (30 * DAY, 100)
    assert later["used"] == 0


def test_a_segment_that_is_sent_to_stays(sent: Sent) -> None:
    section = {
        "campaignIdsList": [sent.campaign],
        "logicOperator": "and",
        "subscriberCycle": ["not_receiving_autoresponder"],
        "subscriptionDate": "all_time",
        "conditions": [],
    }
    body = {"name": "all", "sectionLogicOperator": "or", "section": [section]}
    segment = sent.api.ok("POST", "/search-contacts", body)["searchContactId"]
    newsletter = {
        "subject": "Segment",
        "fromField": {"fromFieldId": sent.api.ok("GET", "/from-fields")[0]["fromFieldId"]},
        "campaign": {"campaignId": sent.campaign},
        "content": {"plain": "Hello"},
        "sendSettings": {"selectedSegments": [segment]},
    }
    made = sent.api.ok("POST", "/newsletters", newsletter)
    assert made["sendMetrics"]["total"] == "100"

    refused = sent.api.call("DELETE", f"/search-contacts/{segment}")
    assert (refused.status_code, refused.json()["code"]) == (400, 1009)

"""Saved segments, and who meets which condition."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import Api
from tests.support.faults import path_of

TEXT = {"operatorType": "string_operator"}
NUMBER = {"operatorType": "numeric_operator"}
DATE = {"operatorType": "date_operator"}
MESSAGE = {"operatorType": "message_operator", "operator": "newsletter"}
NO_MESSAGE = {"operatorType": "complex_message_operator", "operator": "all"}
DAY = "2026-01-01"
GIVEN = {"gdprFieldId": "CONSENT", "consentStatus": "given"}
EVERYBODY = {"ann", "ben", "cleo"}


class Segments:
    """A list of Ann, Ben and Cleo, who differ, and segments of it."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.campaign = api.create_list("people")
        self.tag = api.ok("POST", "/tags", {"name": "vip"})["tagId"]
        self.field = self._field("city", "string")
        self.born = self._field("born", "date")
        api.add(self.campaign, "ann@example.com")
        api.advance(10 * 86_400)
        api.add(self.campaign, "ben@example.org")
        api.advance(10 * 86_400)
        api.add(self.campaign, "cleo@example.net")
        self.change("ann@example.com", name="Ann Lee", scoring=5, tags=[{"tagId": self.tag}])
        self.change("ben@example.org", name="Ben", dayOfCycle="3", scoring=-2)
        self.set_fields("ann@example.com", {self.field: "Oslo", self.born: "2000-02-03"})
        self.set_fields("ben@example.org", {self.field: "Bergen"})

    def _field(self, name: str, kind: str) -> str:
        field: dict[str, Any] = {
            "name": name,
            "type": kind,
            "format": "text",
            "hidden": "false",
            "values": [],
        }
        return str(self.api.ok("POST", "/custom-fields", field)["customFieldId"])

    def change(self, email: str, **members: Any) -> None:
        contact = self.api.find(self.campaign, email)
        self.api.ok("POST", f"/contacts/{contact['contactId']}", members)

    def set_fields(self, email: str, fields: dict[str, str]) -> None:
        contact = self.api.find(self.campaign, email)
        values = [{"customFieldId": key, "value": [value]} for key, value in fields.items()]
        path = f"/contacts/{contact['contactId']}/custom-fields"
        self.api.ok("POST", path, {"customFieldValues": values})

    def body(self, *conditions: Any, logic: str = "and", **section: Any) -> dict[str, Any]:
        full = {
            "campaignIdsList": [self.campaign],
            "logicOperator": logic,
            "subscriberCycle": ["receiving_autoresponder", "not_receiving_autoresponder"],
            "subscriptionDate": "all_time",
            "conditions": list(conditions),
            **section,
        }
        return {"sectionLogicOperator": "or", "section": [full]}

    def save(self, name: str, *conditions: Any) -> dict[str, Any]:
        saved: dict[str, Any] = self.api.ok(
            "POST", "/search-contacts", {"name": name, **self.body(*conditions)}
        )
        return saved

    def names(self, found: list[dict[str, Any]]) -> set[str]:
        return {each["email"].partition("@")[0] for each in found}

    def find(self, body: dict[str, Any]) -> set[str]:
        query = {**body, "subscribersType": ["subscribed"]}
        return self.names(self.api.ok("POST", "/search-contacts/contacts", query))

    def who(self, condition: dict[str, Any]) -> set[str]:
        """Who meets a condition."""
        return self.find(self.body(self.named(condition)))

    def named(self, condition: dict[str, Any]) -> dict[str, Any]:
        """A condition in which `TAG`, `FIELD`, `BORN` and `CONSENT` are identifiers."""
        ids = {
            "TAG": self.tag,
            "FIELD": self.field,
            "BORN": self.born,
            "CONSENT": self.api.ok("GET", "/gdpr-fields")[0]["gdprFieldId"],
        }
        return {
            key: ids.get(value, value) if isinstance(value, str) else value
            for key, value in condition.items()
        }


@pytest.fixture
def segments(api: Api) -> Segments:
    return Segments(api)


MET: list[tuple[dict[str, Any], set[str]]] = [
    ({"conditionType": "name", **TEXT, "operator": "is", "value": "ann lee"}, {"ann"}),
    ({"conditionType": "name", **TEXT, "operator": "not_starts", "value": "B"}, {"ann", "cleo"}),
    ({"conditionType": "email", **TEXT, "operator": "ends", "value": ".org"}, {"ben"}),
    (
        {"conditionType": "email", **TEXT, "operator": "not_contains", "value": "en@"},
        {"ann", "cleo"},
    ),
    (
        {"conditionType": "custom", "scope": "FIELD", **TEXT, "operator": "is", "value": "oslo"},
        {"ann"},
    ),
    (
        {
            "conditionType": "custom",
            "scope": "FIELD",
            **TEXT,
            "operator": "is_not",
            "value": "Oslo",
        },
        {"ben", "cleo"},
    ),
    ({"conditionType": "custom", "scope": "FIELD", **TEXT, "operator": "not_assigned"}, {"cleo"}),
    (
        {
            "conditionType": "custom",
            "scope": "BORN",
            **DATE,
            "operator": "custom",
            "value": "2000-01-01/2000-12-31",
        },
        {"ann"},
    ),
    (
        {
            "conditionType": "custom",
            "scope": "FIELD",
            **DATE,
            "operator": "date_from",
            "value": "2000-01-01",
        },
        set(),
    ),
    (
        {
            "conditionType": "subscription_date",
            **DATE,
            "operator": "specific_date",
            "value": "last_7_days",
        },
        {"cleo"},
    ),
    ({"conditionType": "subscription_method", "method": "api"}, EVERYBODY),
    ({"conditionType": "subscription_method", "method": "import", "value": "all"}, set()),
    ({"conditionType": "phase", **NUMBER, "operator": "numeric_gt", "value": 2}, {"ben"}),
    ({"conditionType": "phase", **NUMBER, "operator": "not_assigned"}, {"ann", "cleo"}),
    ({"conditionType": "score", **NUMBER, "operator": "numeric_lt_eq", "value": 5}, {"ann", "ben"}),
    ({"conditionType": "score", "operatorType": "not_exists"}, {"cleo"}),
    (
        {
            "conditionType": "tag",
            "operatorType": "exists",
            "operator": "exists",
            "value": "TAG",
        },
        {"ann"},
    ),
    (
        {
            "conditionType": "tag",
            "operatorType": "exists",
            "operator": "not_exists",
            "value": "TAG",
        },
        {"ben", "cleo"},
    ),
    (
        {"conditionType": "engagement_score", **NUMBER, "operator": "numeric_gt", "value": 0},
        set(),
    ),
    ({"conditionType": "geo", "scope": "city", **TEXT, "operator": "is", "value": "Oslo"}, set()),
    (
        {"conditionType": "geo", "scope": "city", **TEXT, "operator": "is_not", "value": "Oslo"},
        EVERYBODY,
    ),
    ({"conditionType": "sent", **MESSAGE, "value": "x"}, set()),
    ({"conditionType": "not_sent", **MESSAGE, "value": "x"}, EVERYBODY),
    ({"conditionType": "opened", **MESSAGE, "value": "x"}, set()),
    ({"conditionType": "not_opened", **NO_MESSAGE, "dateOperator": "never"}, EVERYBODY),
    ({"conditionType": "clicked", **MESSAGE, "scope": "x", "clickTrackId": "all"}, set()),
    (
        {"conditionType": "not_clicked", **NO_MESSAGE, "dateOperator": "last_n_days", "value": 9},
        EVERYBODY,
    ),
    (
        {"conditionType": "last_open_date", **DATE, "operator": "date_from", "value": "2020-01-01"},
        set(),
    ),
    (
        {
            "conditionType": "webinar",
            "scope": "w",
            "webinarCondition": "not_participated",
            "contactType": "all",
        },
        EVERYBODY,
    ),
    ({"conditionType": "goal", "scope": "g", **NUMBER, "operator": "assigned"}, set()),
    ({"conditionType": "crm", "pipelineScope": "p", "stageScope": "all"}, set()),
    ({"conditionType": "gdpr", "gdprFieldId": "CONSENT", "consentStatus": "given"}, set()),
    (
        {
            "conditionType": "gdpr",
            "gdprFieldId": "CONSENT",
            "consentStatus": "not_given",
            "consentDate": {"operator": "date_from", "date": "2026-01-01"},
        },
        EVERYBODY,
    ),
    ({"conditionType": "subscription_method", "method": "chat"}, set()),
    ({"conditionType": "subscription_method", "method": "webform", "webformType": "popups"}, set()),
    ({"conditionType": "sms_sent", "smsId": "s"}, set()),
    ({"conditionType": "sms_sent", "smsId": "s", "deliveryStatus": "undelivered"}, set()),
    ({"conditionType": "sms_link_not_clicked", "smsId": "s", "clickTrackId": "c"}, EVERYBODY),
    (
        {
            "conditionType": "custom_event",
            "customEventId": "e",
            "occurrence": "not_occurred",
            "dateOperator": "anytime",
        },
        EVERYBODY,
    ),
]


@pytest.mark.parametrize(("condition", "expected"), MET)
def test_who_meets_a_condition(
    segments: Segments, condition: dict[str, Any], expected: set[str]
) -> None:
    assert segments.who(condition) == expected


def test_conditions_and_sections_join(segments: Segments) -> None:
    ann = {"conditionType": "email", **TEXT, "operator": "starts", "value": "ann"}
    ben = {"conditionType": "email", **TEXT, "operator": "starts", "value": "ben"}

    assert segments.find(segments.body(ann, ben)) == set()
    assert segments.find(segments.body(ann, ben, logic="or")) == {"ann", "ben"}
    assert segments.find(segments.body(subscriberCycle=["receiving_autoresponder"])) == {"ben"}
    [of_ann], [of_ben] = segments.body(ann)["section"], segments.body(ben)["section"]
    both = {"sectionLogicOperator": "or", "section": [of_ann, of_ben]}
    assert segments.find(both) == {"ann", "ben"}
    assert segments.find({**both, "sectionLogicOperator": "and"}) == set()


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"conditionType": "name", **TEXT, "operator": "is"}, "value", "required"),
    ({"conditionType": "name", **TEXT, "operator": "like", "value": "A"}, "operator", "choice"),
    ({"conditionType": "sms_sent", "smsId": "s", "scope": "x"}, "scope", "unknown"),
    (
        {"conditionType": "sms_sent", "smsId": "s", "deliveryStatus": "x"},
        "deliveryStatus",
        "choice",
    ),
    ({"conditionType": "subscription_method", "method": "forward"}, "method", "choice"),
    (
        {"conditionType": "subscription_method", "method": "website_builder_elegant"},
        "value",
        "required",
    ),
    ({"conditionType": "gdpr", "consentStatus": "given"}, "gdprFieldId", "required"),
    (
        {"conditionType": "gdpr", "gdprFieldId": "none", "consentStatus": "given"},
        "gdprFieldId",
        "reference",
    ),
    ({"conditionType": "gdpr", **GIVEN, "consentStatus": "maybe"}, "consentStatus", "choice"),
    (
        {"conditionType": "gdpr", **GIVEN, "consentDate": {"operator": "date_to"}},
        "consentDate.date",
        "required",
    ),
    (
        {"conditionType": "gdpr", **GIVEN, "consentDate": {"operator": "anytime", "date": DAY}},
        "consentDate.date",
        "unknown",
    ),
    (
        {"conditionType": "phase", **NUMBER, "operator": "assigned", "value": 3},
        "value",
        "unknown",
    ),
    ({"conditionType": "score", **NUMBER, "operator": "numeric_lt"}, "value", "required"),
    (
        {"conditionType": "custom", "scope": "FIELD", **DATE, "operator": "is", "value": "x"},
        "operator",
        "choice",
    ),
    (
        {
            "conditionType": "custom",
            "scope": "FIELD",
            **NUMBER,
            "operator": "numeric_eq",
            "value": "x",
        },
        "value",
        "value",
    ),
    (
        {"conditionType": "custom", "scope": "none", **TEXT, "operator": "is", "value": "x"},
        "scope",
        "reference",
    ),
    (
        {
            "conditionType": "custom",
            "scope": "FIELD",
            **DATE,
            "operator": "specific_date",
            "value": "last_n_days",
        },
        "numberOfDays",
        "required",
    ),
    (
        {"conditionType": "last_send_date", **DATE, "operator": "specific_date", "value": "soon"},
        "value",
        "value",
    ),
    (
        {"conditionType": "not_opened", **NO_MESSAGE, "dateOperator": "date_from"},
        "value",
        "required",
    ),
    (
        {
            "conditionType": "not_opened",
            **NO_MESSAGE,
            "operator": "newsletter",
            "dateOperator": "never",
        },
        "scope",
        "required",
    ),
    ({"conditionType": "subscription_method", "method": "webform"}, "webformType", "required"),
    ({"conditionType": "subscription_method", "method": "import"}, "value", "required"),
    (
        {
            "conditionType": "ecommerce_number_of_purchases",
            "scope": "all",
            **NUMBER,
            "operator": "numeric_eq",
            "value": 1,
            "date": {"operator": "custom"},
        },
        "date.range",
        "required",
    ),
    (
        {
            "conditionType": "custom_event",
            "customEventId": "e",
            "occurrence": "occurred",
            "dateOperator": "date_to",
        },
        "date",
        "required",
    ),
]

SAID = {
    "required": "Member is required",
    "choice": "Not one of",
    "unknown": "Not allowed",
    "value": "Not a value",
    "reference": "There is no such resource",
    "type": "Not of the type",
    "format": "Not of the format",
}
"""How the answer says that a check failed."""


@pytest.mark.parametrize(("condition", "member", "check"), WRONG)
def test_a_wrong_condition_is_refused(
    segments: Segments, condition: dict[str, Any], member: str, check: str
) -> None:
    known = segments.named(condition)
    answer = segments.api.call(
        "POST", "/search-contacts", {"name": "wrong", **segments.body(known)}
    )

    assert answer.status_code == 400
    [error] = answer.json()["context"]
    assert path_of(error) == f"section[0].conditions[0].{member}"
    assert error["errorDescription"].startswith(SAID[check])


def test_life_of_a_saved_segment(api: Api, segments: Segments) -> None:
    ann = {"conditionType": "email", **TEXT, "operator": "starts", "value": "ann"}
    ben = {"conditionType": "email", **TEXT, "operator": "starts", "value": "ben"}
    saved = segments.save("first", ann)
    path = f"/search-contacts/{saved['searchContactId']}"

    assert saved["subscribersType"] == ["subscribed"]
    assert api.ok("GET", path) == saved
    assert api.ok("GET", "/search-contacts", **{"query[name]": "first"}) == [
        {name: saved[name] for name in ("searchContactId", "name", "createdOn", "href")}
    ]
    assert segments.names(api.ok("GET", f"{path}/contacts")) == {"ann"}
    taken = api.call("POST", "/search-contacts", {"name": "first", **segments.body(ben)})
    assert taken.status_code == 409
    api.ok("POST", path, {"name": "second", **segments.body(ben)})
    assert segments.names(api.ok("GET", f"{path}/contacts")) == {"ben"}
    assert api.call("DELETE", path).status_code == 204
    assert api.call("GET", f"{path}/contacts").status_code == 404


def test_custom_fields_are_set_later_for_who_is_in_the_segment_then(
    api: Api, segments: Segments
) -> None:
    tagged = {
        "conditionType": "tag",
        "operatorType": "exists",
        "operator": "exists",
        "value": segments.tag,
    }
    saved = segments.save("tagged", tagged)
    values = [{"customFieldId": segments.field, "value": ["Tromso"]}]
    path = f"/search-contacts/{saved['searchContactId']}/custom-fields"
    is_set = {
        "conditionType": "custom",
        "scope": segments.field,
        **TEXT,
        "operator": "is",
        "value": "Tromso",
    }

    assert api.call("POST", path, {"customFieldValues": values}).status_code == 202
    segments.change("cleo@example.net", tags=[{"tagId": segments.tag}])
    assert segments.find(segments.body(is_set)) == set()
    api.advance(60)
    assert segments.find(segments.body(is_set)) == {"ann", "cleo"}
    [born] = [
        each["value"]
        for each in api.find(segments.campaign, "ann@example.com")["customFieldValues"]
        if each["customFieldId"] == segments.born
    ]
    assert born == ["2000-02-03"]


def test_a_custom_field_in_use_stays(api: Api, segments: Segments) -> None:
    path = f"/custom-fields/{segments.field}"
    saved = segments.save(
        "used", {"conditionType": "custom", "scope": segments.field, **TEXT, "operator": "assigned"}
    )

    refused = api.call("DELETE", path)
    assert (refused.status_code, refused.json()["code"]) == (400, 1009)
    api.ok("DELETE", f"/search-contacts/{saved['searchContactId']}")
    assert api.call("DELETE", path).status_code == 204


def test_saved_segments_are_about_subscribed_people(segments: Segments) -> None:
    body = {"name": "gone", "subscribersType": ["removed"], **segments.body()}

    assert segments.api.call("POST", "/search-contacts", body).status_code == 400

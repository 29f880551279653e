"""Constructors of conditions: what they write, and that tasks take it."""

from datetime import UTC, date, datetime
from typing import Any, get_args, get_type_hints

import pytest
from typing_extensions import is_typeddict

from prefect_getresponse import InvalidArguments, segments
from prefect_getresponse.segments import (
    Condition,
    all_of,
    any_of,
    anytime,
    assigned,
    at_least,
    at_most,
    between,
    clicked,
    contains,
    crm,
    custom,
    custom_event,
    ecommerce_abandoned_cart,
    ecommerce_brand_purchased,
    ecommerce_number_of_purchases,
    ecommerce_product_purchased,
    ecommerce_total_spent,
    email,
    ends,
    engagement_score,
    equals,
    gdpr,
    geo,
    goal,
    is_,
    is_not,
    last_click_date,
    last_days,
    last_open_date,
    last_send_date,
    less_than,
    more_than,
    name,
    never,
    not_assigned,
    not_clicked,
    not_contains,
    not_ends,
    not_equals,
    not_opened,
    not_sent,
    not_starts,
    opened,
    phase,
    score,
    section,
    sent,
    since,
    sms_link_clicked,
    sms_link_not_clicked,
    sms_sent,
    starts,
    subscription_date,
    subscription_method,
    tag,
    until,
    webinar,
    within,
)
from prefect_getresponse.tasks.search_contacts import create_search_contacts

TEXT = {"operatorType": "string_operator"}
NUMBER = {"operatorType": "numeric_operator"}
DATE = {"operatorType": "date_operator"}
MESSAGE = {"operatorType": "message_operator", "operator": "newsletter"}
NO_MESSAGE = {"operatorType": "complex_message_operator"}
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)

WRITTEN: list[tuple[Any, dict[str, Any]]] = [
    (name(is_("Ann")), {**TEXT, "operator": "is", "value": "Ann"}),
    (name(is_not("Ann")), {**TEXT, "operator": "is_not", "value": "Ann"}),
    (name(starts("A")), {**TEXT, "operator": "starts", "value": "A"}),
    (name(not_starts("A")), {**TEXT, "operator": "not_starts", "value": "A"}),
    (email(ends("@a.org")), {**TEXT, "operator": "ends", "value": "@a.org"}),
    (email(not_ends("@a.org")), {**TEXT, "operator": "not_ends", "value": "@a.org"}),
    (email(contains("x")), {**TEXT, "operator": "contains", "value": "x"}),
    (email(not_contains("x")), {**TEXT, "operator": "not_contains", "value": "x"}),
    (custom("f", is_("Oslo")), {"scope": "f", **TEXT, "operator": "is", "value": "Oslo"}),
    (
        custom("f", is_("Oslo"), listed=True),
        {"scope": "f", "operatorType": "string_operator_list", "operator": "is", "value": "Oslo"},
    ),
    (
        custom("f", less_than(1_000_000)),
        {"scope": "f", **NUMBER, "operator": "numeric_lt", "value": "1000000"},
    ),
    (custom("f", assigned()), {"scope": "f", **TEXT, "operator": "assigned"}),
    (custom("f", not_assigned()), {"scope": "f", **TEXT, "operator": "not_assigned"}),
    (
        custom("f", since(date(2026, 5, 4))),
        {"scope": "f", **DATE, "operator": "date_from", "value": "2026-05-04"},
    ),
    (
        custom("f", until(NOON)),
        {"scope": "f", **DATE, "operator": "date_to", "value": "2026-05-04T12:00:00+0000"},
    ),
    (
        custom("f", last_days(9, include_today=False)),
        {
            "scope": "f",
            **DATE,
            "operator": "specific_date",
            "value": "last_n_days",
            "numberOfDays": 9,
            "includeCurrentPeriod": False,
        },
    ),
    (
        subscription_date(between("2026-05-01", "2026-05-04")),
        {**DATE, "operator": "custom", "value": "2026-05-01/2026-05-04"},
    ),
    (
        subscription_method("webform", form_type="popups", source="p"),
        {"method": "webform", "webformType": "popups", "value": "p"},
    ),
    (subscription_method("api"), {"method": "api"}),
    (phase(at_most(3)), {**NUMBER, "operator": "numeric_lt_eq", "value": 3}),
    (phase(not_assigned()), {**NUMBER, "operator": "not_assigned"}),
    (geo("city", is_("Oslo")), {"scope": "city", **TEXT, "operator": "is", "value": "Oslo"}),
    (gdpr("g"), {"gdprFieldId": "g", "consentStatus": "given"}),
    (
        gdpr("g", given=False, when=since("2026-05-04")),
        {
            "gdprFieldId": "g",
            "consentStatus": "not_given",
            "consentDate": {"operator": "date_from", "date": "2026-05-04"},
        },
    ),
    (
        gdpr("g", when=until("2026-05-04")),
        {
            "gdprFieldId": "g",
            "consentStatus": "given",
            "consentDate": {"operator": "date_to", "date": "2026-05-04"},
        },
    ),
    (
        gdpr("g", when=anytime()),
        {"gdprFieldId": "g", "consentStatus": "given", "consentDate": {"operator": "anytime"}},
    ),
    (
        subscription_method("website_builder_elegant", source="all"),
        {"method": "website_builder_elegant", "value": "all"},
    ),
    (score(more_than(5)), {**NUMBER, "operator": "numeric_gt", "value": 5}),
    (score(not_assigned()), {"operatorType": "not_exists"}),
    (engagement_score(equals(4)), {**NUMBER, "operator": "numeric_eq", "value": 4}),
    (tag("t"), {"operatorType": "exists", "operator": "exists", "value": "t"}),
    (
        tag("t", exists=False),
        {"operatorType": "exists", "operator": "not_exists", "value": "t"},
    ),
    (
        goal("g", not_equals(2)),
        {"scope": "g", **NUMBER, "operator": "numeric_not_eq", "value": 2},
    ),
    (goal("g", assigned()), {"scope": "g", **NUMBER, "operator": "assigned"}),
    (crm("p"), {"pipelineScope": "p", "stageScope": "all"}),
    (sent("newsletter", "n"), {**MESSAGE, "value": "n"}),
    (not_sent("newsletter", "n"), {**MESSAGE, "value": "n"}),
    (opened("newsletter", "n"), {**MESSAGE, "value": "n"}),
    (not_opened(never()), {**NO_MESSAGE, "operator": "all", "dateOperator": "never"}),
    (
        not_opened(last_days(30), "newsletter", "n"),
        {
            **NO_MESSAGE,
            "operator": "newsletter",
            "scope": "n",
            "dateOperator": "last_n_days",
            "value": 30,
            "includeCurrentPeriod": True,
        },
    ),
    (clicked("newsletter", "n"), {**MESSAGE, "scope": "n", "clickTrackId": "all"}),
    (
        not_clicked(since("2026-05-04"), "newsletter", "n", "c"),
        {
            **NO_MESSAGE,
            "operator": "newsletter",
            "scope": "n",
            "clickTrackId": "c",
            "dateOperator": "date_from",
            "value": "2026-05-04",
        },
    ),
    (
        last_send_date(within("last_week")),
        {**DATE, "operator": "specific_date", "value": "last_week"},
    ),
    (last_open_date(until("2026-05-04")), {**DATE, "operator": "date_to", "value": "2026-05-04"}),
    (
        last_click_date(since("2026-05-04")),
        {**DATE, "operator": "date_from", "value": "2026-05-04"},
    ),
    (
        webinar("w", participated=False, role="listener"),
        {"scope": "w", "webinarCondition": "not_participated", "contactType": "listener"},
    ),
    (sms_sent("s"), {"smsId": "s"}),
    (sms_sent("s", "undelivered"), {"smsId": "s", "deliveryStatus": "undelivered"}),
    (sms_link_clicked("s", "c"), {"smsId": "s", "clickTrackId": "c"}),
    (sms_link_not_clicked("s", "c"), {"smsId": "s", "clickTrackId": "c"}),
    (
        custom_event("e"),
        {"customEventId": "e", "occurrence": "occurred", "dateOperator": "anytime"},
    ),
    (
        custom_event("e", since("2026-05-04"), occurred=False),
        {
            "customEventId": "e",
            "occurrence": "not_occurred",
            "dateOperator": "date_from",
            "date": "2026-05-04",
        },
    ),
    (
        ecommerce_number_of_purchases(at_least(2)),
        {
            "scope": "all",
            **NUMBER,
            "operator": "numeric_gt_eq",
            "value": 2,
            "date": {"operator": "anytime"},
        },
    ),
    (
        ecommerce_total_spent(
            more_than(9.5), "EUR", shop_id="s", when=between("2026-05-01", "2026-05-04")
        ),
        {
            "scope": "s",
            **NUMBER,
            "operator": "numeric_gt",
            "value": 9.5,
            "currency": "EUR",
            "date": {"operator": "custom", "range": "2026-05-01/2026-05-04"},
        },
    ),
    (
        ecommerce_product_purchased("p", when=last_days(7)),
        {
            "shopScope": "all",
            "categoryScope": "all",
            "productScope": "p",
            "operatorType": "equal_operator",
            "operator": "is",
            "dateOperator": "last_n_days",
            "numberOfDays": 7,
            "includeCurrentPeriod": True,
        },
    ),
    (
        ecommerce_product_purchased(bought=False),
        {
            "shopScope": "all",
            "categoryScope": "all",
            "productScope": "all",
            "operatorType": "equal_operator",
            "operator": "is_not",
            "dateOperator": "all_time",
        },
    ),
    (
        ecommerce_brand_purchased("Acme", "s", bought=False),
        {"scope": "s", "operatorType": "equal_operator", "operator": "not_is", "value": "Acme"},
    ),
    (
        ecommerce_abandoned_cart(at_least(50), "USD", when=between("2026-05-01", "2026-05-04")),
        {
            "shopScope": "all",
            "cartValue": {"currency": "USD", "value": 50, "operator": "numeric_gt_eq"},
            "dateOperator": "custom",
            "range": "2026-05-01/2026-05-04",
        },
    ),
    (
        ecommerce_abandoned_cart(at_least(50), "USD", when=anytime()),
        {
            "shopScope": "all",
            "cartValue": {"currency": "USD", "value": 50, "operator": "numeric_gt_eq"},
            "dateOperator": "anytime",
        },
    ),
]


def sent_sections(*sections: Any) -> Any:
    """What the task sends for sections."""
    arguments = {"name": "a", "section_logic_operator": "or", "section": list(sections)}
    body: Any = create_search_contacts.operation.request(arguments).body
    return body["section"]


@pytest.mark.parametrize(("condition", "written"), WRITTEN)
def test_constructors_write_what_the_api_reads(condition: Any, written: dict[str, Any]) -> None:
    assert condition == {"conditionType": condition["conditionType"], **written}
    [checked] = sent_sections(section(["V"], all_of(condition)))
    assert checked["conditions"] == [condition]


def types_of(hint: Any) -> set[str]:
    """Words of `conditionType` in a union of conditions."""
    if is_typeddict(hint):
        return set(get_args(get_type_hints(hint)["conditionType"]))
    found: set[str] = set()
    for each in get_args(hint):
        found |= types_of(each)
    return found


def test_every_type_of_condition_has_a_constructor_of_its_name() -> None:
    types = types_of(Condition)

    assert len(types) == 32
    assert types <= set(segments.__all__)
    assert {condition["conditionType"] for condition, _ in WRITTEN} == types


def test_a_section_reads_like_a_sentence() -> None:
    described = section(
        ["V", "p"],
        any_of(email(ends("@a.org")), tag("t")),
        subscribed=("2026-05-01", "2026-05-04"),
        cycle=["receiving_autoresponder"],
    )

    assert sent_sections(described) == [
        {
            "campaignIdsList": ["V", "p"],
            "logicOperator": "or",
            "subscriberCycle": ["receiving_autoresponder"],
            "subscriptionDate": "custom",
            "customDate": {"from": "2026-05-01", "to": "2026-05-04"},
            "conditions": [email(ends("@a.org")), tag("t")],
        }
    ]


def test_a_section_without_conditions_means_everybody() -> None:
    assert sent_sections(section(["V"])) == [
        {
            "campaignIdsList": ["V"],
            "logicOperator": "and",
            "subscriberCycle": ["receiving_autoresponder", "not_receiving_autoresponder"],
            "subscriptionDate": "all_time",
            "conditions": [],
        }
    ]


@pytest.mark.parametrize(
    ("condition", "named"),
    [
        ({"conditionType": "scoring"}, "conditionType"),
        ({**tag("t"), "scope": "x"}, "tag.scope"),
        ({**name(is_("Ann")), "operator": "like"}, "name.operator"),
        ({**custom("f", is_("x")), "operator": "numeric_lt"}, "custom.*operator"),
        ({**sms_sent("s"), "smsId": 5}, "sms_sent.smsId"),
        (score(more_than(1.5)), "score.value"),
        ({"conditionType": "tag"}, "tag.value"),
        ({**sms_sent("s"), "deliveryStatus": "lost"}, "sms_sent.deliveryStatus"),
        ({"conditionType": "subscription_method", "method": "forward"}, "method"),
        ({"conditionType": "gdpr"}, "gdpr.gdprFieldId"),
        ({**gdpr("g"), "consentStatus": "maybe"}, "gdpr.consentStatus"),
        ({**gdpr("g"), "consentDate": {"operator": "date_from"}}, "gdpr.consentDate.*date"),
        (
            {**gdpr("g"), "consentDate": {"operator": "anytime", "date": "2026-05-04"}},
            "gdpr.consentDate.*date",
        ),
    ],
)
def test_what_the_api_would_drop_or_refuse_is_named(condition: Any, named: str) -> None:
    with pytest.raises(InvalidArguments, match=rf"section\.0\.conditions\.0.*{named}"):
        sent_sections(section(["V"], all_of(condition)))


@pytest.mark.parametrize(
    "wrong",
    [
        section(["V"], all_of(*[tag("t")] * 9)),
        {**section(["V"]), "subscriptionDate": "custom"},
        {**section(["V"]), "customDate": {"from": "2026-05-01", "to": "2026-05-04"}},
        {**section(["V"]), "country": "PL"},
    ],
)
def test_a_section_is_checked(wrong: Any) -> None:
    with pytest.raises(InvalidArguments, match=r"section\.0"):
        sent_sections(wrong)
    with pytest.raises(InvalidArguments, match="section: must have at most 8"):
        sent_sections(*[section(["V"])] * 9)

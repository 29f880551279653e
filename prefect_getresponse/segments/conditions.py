"""The conditions of segments (search contacts), one type each, as the API reads them.

The constructors of this package write them; writing them by hand is as good.  Arguments of tasks
are checked against these types, so an unknown member or word is refused before anything is sent.
Source: GetResponse API v3, Search Contacts (`ConditionType` and the schemas it maps to).
"""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

TextOperator = Literal[
    "is", "is_not", "contains", "not_contains", "starts", "ends", "not_starts", "not_ends"
]
NumberOperator = Literal[
    "numeric_lt",
    "numeric_gt",
    "numeric_eq",
    "numeric_not_eq",
    "numeric_lt_eq",
    "numeric_gt_eq",
]
PresenceOperator = Literal["assigned", "not_assigned"]
DateOperator = Literal["date_to", "date_from", "specific_date", "custom"]
PeriodName = Literal[
    "today",
    "yesterday",
    "last_7_days",
    "last_30_days",
    "this_week",
    "last_week",
    "this_month",
    "last_month",
    "last_2_months",
]
"""Periods of the calendar that end now or ended; most conditions take only some of them."""
MessageType = Literal["autoresponder", "newsletter", "splittest", "automation"]
MessageTypeOrAll = Literal["all", "autoresponder", "newsletter", "splittest", "automation"]
SubscriptionMethod = Literal[
    "webform",
    "import",
    "landing_page",
    "api",
    "email",
    "panel",
    "mobile",
    "survey",
    "sales",
    "copy",
    "leads",
    "webinar",
    "chat",
    "website_builder_elegant",
    "course",
    "premium_newsletter",
]
WebformType = Literal["all", "webforms", "webformsv2", "popups"]
GeolocationScope = Literal[
    "country",
    "country_code",
    "region",
    "city",
    "longitude",
    "latitude",
    "postal_code",
    "dma_code",
]
SmsDeliveryStatus = Literal["delivered", "undelivered", "any"]
WebinarRole = Literal["host", "listener", "presenter", "registrant", "all"]
NegativeDateOperator = Literal[
    "date_from",
    "never",
    "today",
    "yesterday",
    "last_7_days",
    "last_30_days",
    "last_n_days",
    "this_week",
    "this_month",
]
CartDateOperator = Literal[
    "date_from",
    "anytime",
    "never",
    "today",
    "yesterday",
    "last_n_days",
    "this_week",
    "last_week",
    "this_month",
    "last_month",
    "custom",
]
PurchaseDateOperator = Literal[
    "anytime",
    "today",
    "yesterday",
    "last_n_days",
    "this_week",
    "last_week",
    "this_month",
    "last_month",
    "last_2_months",
    "custom",
]
ProductDateOperator = Literal[
    PeriodName, "last_n_days", "all_time", "date_to", "date_from", "custom"
]
EventDateOperator = Literal[PeriodName, "last_n_days", "anytime", "date_to", "date_from", "custom"]


class NameCondition(TypedDict):
    """What the name is like."""

    conditionType: Literal["name"]
    operatorType: Literal["string_operator"]
    operator: TextOperator
    value: str


class EmailCondition(TypedDict):
    """What the address is like."""

    conditionType: Literal["email"]
    operatorType: Literal["string_operator"]
    operator: TextOperator
    value: str


class CustomTextCondition(TypedDict):
    """What a custom field says; `string_operator_list` is for fields with values to choose from."""

    conditionType: Literal["custom"]
    scope: str
    operatorType: Literal["string_operator", "string_operator_list"]
    operator: TextOperator | PresenceOperator
    value: NotRequired[str]


class CustomNumberCondition(TypedDict):
    """How large a custom field is; the API wants the number as a text."""

    conditionType: Literal["custom"]
    scope: str
    operatorType: Literal["numeric_operator"]
    operator: NumberOperator | PresenceOperator
    value: NotRequired[str]


class CustomDateCondition(TypedDict):
    """When a custom field is; `numberOfDays` belongs to the value `last_n_days`."""

    conditionType: Literal["custom"]
    scope: str
    operatorType: Literal["date_operator"]
    operator: DateOperator | PresenceOperator
    value: NotRequired[str]
    numberOfDays: NotRequired[int]
    includeCurrentPeriod: NotRequired[bool]


CustomFieldCondition = Annotated[
    CustomTextCondition | CustomNumberCondition | CustomDateCondition,
    Field(discriminator="operatorType"),
]


class SubscriptionDateCondition(TypedDict):
    """When somebody subscribed."""

    conditionType: Literal["subscription_date"]
    operatorType: Literal["date_operator"]
    operator: DateOperator
    value: str


class SubscriptionMethodCondition(TypedDict):
    """How somebody subscribed; `value` is the id of the form, import, page, website or webinar."""

    conditionType: Literal["subscription_method"]
    method: SubscriptionMethod
    webformType: NotRequired[WebformType]
    value: NotRequired[str]


class OpenedCondition(TypedDict):
    """Whether somebody opened a message; `value` is its id."""

    conditionType: Literal["opened"]
    operatorType: Literal["message_operator"]
    operator: MessageType
    value: str


class NotOpenedCondition(TypedDict):
    """Whether somebody left a message unopened; `scope` is its id."""

    conditionType: Literal["not_opened"]
    operatorType: Literal["complex_message_operator"]
    operator: MessageTypeOrAll
    scope: NotRequired[str]
    dateOperator: NegativeDateOperator
    value: NotRequired[str | int]
    includeCurrentPeriod: NotRequired[bool]


class AutoresponderDayCondition(TypedDict):
    """On which day of the autoresponder cycle somebody is."""

    conditionType: Literal["phase"]
    operatorType: Literal["numeric_operator"]
    operator: NumberOperator | PresenceOperator
    value: NotRequired[int]


class LastSendDateCondition(TypedDict):
    """When something was last sent to somebody."""

    conditionType: Literal["last_send_date"]
    operatorType: Literal["date_operator"]
    operator: DateOperator
    value: str


class LastClickDateCondition(TypedDict):
    """When somebody last clicked."""

    conditionType: Literal["last_click_date"]
    operatorType: Literal["date_operator"]
    operator: DateOperator
    value: str


class LastOpenDateCondition(TypedDict):
    """When somebody last opened a message."""

    conditionType: Literal["last_open_date"]
    operatorType: Literal["date_operator"]
    operator: DateOperator
    value: str


class WebinarCondition(TypedDict):
    """Whether somebody took part in a webinar (`scope`)."""

    conditionType: Literal["webinar"]
    scope: str
    webinarCondition: Literal["participated", "not_participated"]
    contactType: WebinarRole


class LinkClickedCondition(TypedDict):
    """Whether somebody clicked a link of a message (`scope`); `all` is any link of it."""

    conditionType: Literal["clicked"]
    operatorType: Literal["message_operator"]
    operator: MessageType
    scope: str
    clickTrackId: str


class LinkNotClickedCondition(TypedDict):
    """Whether somebody left a link of a message (`scope`) unclicked."""

    conditionType: Literal["not_clicked"]
    operatorType: Literal["complex_message_operator"]
    operator: MessageTypeOrAll
    dateOperator: NegativeDateOperator
    scope: NotRequired[str]
    clickTrackId: NotRequired[str]
    value: NotRequired[str | int]
    includeCurrentPeriod: NotRequired[bool]


class MessageSentCondition(TypedDict):
    """Whether a message (`value`) was sent to somebody."""

    conditionType: Literal["sent"]
    operatorType: Literal["message_operator"]
    operator: MessageType
    value: str


class MessageNotSentCondition(TypedDict):
    """Whether a message (`value`) was not sent to somebody."""

    conditionType: Literal["not_sent"]
    operatorType: Literal["message_operator"]
    operator: MessageType
    value: str


class GeolocationCondition(TypedDict):
    """Where somebody was seen."""

    conditionType: Literal["geo"]
    scope: GeolocationScope
    operatorType: Literal["string_operator"]
    operator: TextOperator
    value: str


class AnyConsentDate(TypedDict):
    """Whenever consent was given or refused."""

    operator: Literal["anytime"]


class BoundConsentDate(TypedDict):
    """Since or until when consent was given or refused: `2026-01-31`."""

    operator: Literal["date_from", "date_to"]
    date: str


ConsentDate = Annotated[AnyConsentDate | BoundConsentDate, Field(discriminator="operator")]


class GdprCondition(TypedDict):
    """Whether somebody gave a consent (GDPR field); without `consentDate`, at any time."""

    conditionType: Literal["gdpr"]
    gdprFieldId: str
    consentStatus: Literal["given", "not_given"]
    consentDate: NotRequired[ConsentDate]


class ScoringCondition(TypedDict):
    """Which score somebody has; `not_exists` stands alone."""

    conditionType: Literal["score"]
    operatorType: Literal["numeric_operator", "not_exists"]
    operator: NotRequired[NumberOperator]
    value: NotRequired[int]


class EngagementScoreCondition(TypedDict):
    """How engaged somebody is, from 1 to 5."""

    conditionType: Literal["engagement_score"]
    operatorType: NotRequired[Literal["numeric_operator"]]
    operator: NumberOperator
    value: int


class TagCondition(TypedDict):
    """Whether somebody has a tag; `value` is its id."""

    conditionType: Literal["tag"]
    operatorType: Literal["exists"]
    operator: Literal["exists", "not_exists"]
    value: str


class GoalCondition(TypedDict):
    """How often somebody reached a goal (`scope`)."""

    conditionType: Literal["goal"]
    scope: str
    operatorType: Literal["numeric_operator"]
    operator: NumberOperator | PresenceOperator
    value: NotRequired[int]


class CrmCondition(TypedDict):
    """In which stage of a pipeline somebody is; `all` is any stage."""

    conditionType: Literal["crm"]
    pipelineScope: str
    stageScope: str


class PurchaseDate(TypedDict):
    """When purchases were made; `range` is `first/last` and belongs to `custom`."""

    operator: PurchaseDateOperator
    numberOfDays: NotRequired[int]
    includeCurrentPeriod: NotRequired[bool]
    range: NotRequired[str]


class ECommerceNumberOfPurchasesCondition(TypedDict):
    """How often somebody bought in a shop (`scope`); `all` is any shop."""

    conditionType: Literal["ecommerce_number_of_purchases"]
    scope: str
    operatorType: Literal["numeric_operator"]
    operator: NumberOperator
    value: int
    date: PurchaseDate


class ECommerceTotalSpentCondition(TypedDict):
    """How much somebody spent in a shop (`scope`); `all` is any shop."""

    conditionType: Literal["ecommerce_total_spent"]
    scope: str
    operatorType: Literal["numeric_operator"]
    operator: NumberOperator
    value: int | float
    currency: str
    date: PurchaseDate


class ECommerceProductPurchasedCondition(TypedDict):
    """Whether somebody bought a product; each scope is an id or `all`."""

    conditionType: Literal["ecommerce_product_purchased"]
    shopScope: str
    categoryScope: str
    productScope: str
    operatorType: Literal["equal_operator"]
    operator: Literal["is", "is_not"]
    dateOperator: ProductDateOperator
    value: NotRequired[str]
    numberOfDays: NotRequired[int]
    includeCurrentPeriod: NotRequired[bool]


class ECommerceBrandPurchasedCondition(TypedDict):
    """Whether somebody bought something of a brand; the opposite is spelled `not_is` here."""

    conditionType: Literal["ecommerce_brand_purchased"]
    scope: str
    operatorType: Literal["equal_operator"]
    operator: Literal["is", "not_is"]
    value: str


class CartValue(TypedDict):
    """What an abandoned cart is worth."""

    currency: str
    value: int | float
    operator: NumberOperator


class ECommerceAbandonedCartCondition(TypedDict):
    """Whether somebody left a cart; `range` is `first/last` and belongs to `custom`."""

    conditionType: Literal["ecommerce_abandoned_cart"]
    shopScope: str
    cartValue: CartValue
    dateOperator: CartDateOperator
    value: NotRequired[str | int]
    includeCurrentPeriod: NotRequired[bool]
    range: NotRequired[str]


class SmsSentCondition(TypedDict):
    """Whether an SMS was sent to somebody, and whether it arrived."""

    conditionType: Literal["sms_sent"]
    smsId: str
    deliveryStatus: NotRequired[SmsDeliveryStatus]


class SmsLinkClickedCondition(TypedDict):
    """Whether somebody clicked a link of an SMS."""

    conditionType: Literal["sms_link_clicked"]
    smsId: str
    clickTrackId: str


class SmsLinkNotClickedCondition(TypedDict):
    """Whether somebody left a link of an SMS unclicked."""

    conditionType: Literal["sms_link_not_clicked"]
    smsId: str
    clickTrackId: str


class CustomEventCondition(TypedDict):
    """Whether a custom event occurred for somebody; `date` is a date or `first/last`."""

    conditionType: Literal["custom_event"]
    customEventId: str
    occurrence: Literal["occurred", "not_occurred"]
    dateOperator: EventDateOperator
    date: NotRequired[str]


Condition = Annotated[
    NameCondition
    | EmailCondition
    | CustomFieldCondition
    | SubscriptionDateCondition
    | SubscriptionMethodCondition
    | OpenedCondition
    | NotOpenedCondition
    | AutoresponderDayCondition
    | LastSendDateCondition
    | LastClickDateCondition
    | LastOpenDateCondition
    | WebinarCondition
    | LinkClickedCondition
    | LinkNotClickedCondition
    | MessageSentCondition
    | MessageNotSentCondition
    | GeolocationCondition
    | GdprCondition
    | ScoringCondition
    | EngagementScoreCondition
    | TagCondition
    | GoalCondition
    | CrmCondition
    | ECommerceNumberOfPurchasesCondition
    | ECommerceTotalSpentCondition
    | ECommerceProductPurchasedCondition
    | ECommerceBrandPurchasedCondition
    | ECommerceAbandonedCartCondition
    | SmsSentCondition
    | SmsLinkClickedCondition
    | SmsLinkNotClickedCondition
    | CustomEventCondition,
    Field(discriminator="conditionType"),
]
"""One condition of any type."""

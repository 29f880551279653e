"""Conditions about what was sent to a person, and what the person did."""

from __future__ import annotations

from prefect_getresponse.segments.comparisons import (
    Anytime,
    Between,
    LastDays,
    Never,
    Since,
    Until,
    Within,
    anytime,
)
from prefect_getresponse.segments.conditions import (
    CustomEventCondition,
    LastClickDateCondition,
    LastOpenDateCondition,
    LastSendDateCondition,
    LinkClickedCondition,
    LinkNotClickedCondition,
    MessageNotSentCondition,
    MessageSentCondition,
    MessageType,
    NotOpenedCondition,
    OpenedCondition,
    SmsDeliveryStatus,
    SmsLinkClickedCondition,
    SmsLinkNotClickedCondition,
    SmsSentCondition,
    WebinarCondition,
    WebinarRole,
)
from prefect_getresponse.segments.wire import Dates, date_members, value_members, word


def sent(kind: MessageType, message_id: str) -> MessageSentCondition:
    """A message was sent to somebody: `sent("newsletter", "zSFIB")`."""
    return {
        "conditionType": "sent",
        "operatorType": "message_operator",
        "operator": kind,
        "value": message_id,
    }


def not_sent(kind: MessageType, message_id: str) -> MessageNotSentCondition:
    """A message was not sent to somebody."""
    return {
        "conditionType": "not_sent",
        "operatorType": "message_operator",
        "operator": kind,
        "value": message_id,
    }


def opened(kind: MessageType, message_id: str) -> OpenedCondition:
    """Somebody opened a message."""
    return {
        "conditionType": "opened",
        "operatorType": "message_operator",
        "operator": kind,
        "value": message_id,
    }


def not_opened(
    when: Since | Within | LastDays | Never,
    kind: MessageType | None = None,
    message_id: str | None = None,
) -> NotOpenedCondition:
    """Somebody left a message unopened: `not_opened(last_days(90))`.

    Args:
        when: In which time; `never()` looks at all of it.
        kind: Kind of message; any if left out.
        message_id: Id of the message; goes with `kind`.
    """
    condition: NotOpenedCondition = {
        "conditionType": "not_opened",
        "operatorType": "complex_message_operator",
        "operator": kind or "all",
        "dateOperator": word(when),
    }
    condition.update(value_members(when))
    if message_id is not None:
        condition["scope"] = message_id
    return condition


def clicked(
    kind: MessageType, message_id: str, click_track_id: str = "all"
) -> LinkClickedCondition:
    """Somebody clicked a link of a message; `all` is any link of it."""
    return {
        "conditionType": "clicked",
        "operatorType": "message_operator",
        "operator": kind,
        "scope": message_id,
        "clickTrackId": click_track_id,
    }


def not_clicked(
    when: Since | Within | LastDays | Never,
    kind: MessageType | None = None,
    message_id: str | None = None,
    click_track_id: str = "all",
) -> LinkNotClickedCondition:
    """Somebody left a link unclicked: `not_clicked(within("this_month"), "newsletter", "zhgnQ")`.

    Args:
        when: In which time; `never()` looks at all of it.
        kind: Kind of message; any if left out.
        message_id: Id of the message; goes with `kind`.
        click_track_id: Id of the link; `all` is any link of the message.
    """
    condition: LinkNotClickedCondition = {
        "conditionType": "not_clicked",
        "operatorType": "complex_message_operator",
        "operator": kind or "all",
        "clickTrackId": click_track_id,
        "dateOperator": word(when),
    }
    condition.update(value_members(when))
    if message_id is not None:
        condition["scope"] = message_id
    return condition


def last_send_date(when: Dates) -> LastSendDateCondition:
    """When something was last sent to somebody: `last_send_date(within("last_week"))`."""
    return {"conditionType": "last_send_date", **date_members(when)}


def last_open_date(when: Dates) -> LastOpenDateCondition:
    """When somebody last opened a message: `last_open_date(until("2025-12-31"))`."""
    return {"conditionType": "last_open_date", **date_members(when)}


def last_click_date(when: Dates) -> LastClickDateCondition:
    """When somebody last clicked: `last_click_date(since("2026-01-01"))`."""
    return {"conditionType": "last_click_date", **date_members(when)}


def webinar(
    webinar_id: str, *, participated: bool = True, role: WebinarRole = "all"
) -> WebinarCondition:
    """Whether somebody took part in a webinar.

    Args:
        webinar_id: Id of the webinar.
        participated: Whether the person did, or did not.
        role: As what.
    """
    return {
        "conditionType": "webinar",
        "scope": webinar_id,
        "webinarCondition": "participated" if participated else "not_participated",
        "contactType": role,
    }


def sms_sent(sms_id: str, delivery: SmsDeliveryStatus | None = None) -> SmsSentCondition:
    """An SMS was sent to somebody: `sms_sent("zSFIB", "undelivered")`.

    Args:
        sms_id: Id of the SMS.
        delivery: Whether it arrived; left out, and with `any`, that does not matter.
    """
    condition: SmsSentCondition = {"conditionType": "sms_sent", "smsId": sms_id}
    if delivery is not None:
        condition["deliveryStatus"] = delivery
    return condition


def sms_link_clicked(sms_id: str, click_track_id: str) -> SmsLinkClickedCondition:
    """Somebody clicked a link of an SMS."""
    return {"conditionType": "sms_link_clicked", "smsId": sms_id, "clickTrackId": click_track_id}


def sms_link_not_clicked(sms_id: str, click_track_id: str) -> SmsLinkNotClickedCondition:
    """Somebody left a link of an SMS unclicked."""
    return {
        "conditionType": "sms_link_not_clicked",
        "smsId": sms_id,
        "clickTrackId": click_track_id,
    }


def custom_event(
    custom_event_id: str,
    when: Since | Until | Between | Within | Anytime | None = None,
    *,
    occurred: bool = True,
) -> CustomEventCondition:
    """Whether a custom event occurred: `custom_event("PNM", within("last_week"))`.

    Args:
        custom_event_id: Id of the event.
        when: In which time; any if left out.
        occurred: Whether it did, or did not.
    """
    when = when or anytime()
    condition: CustomEventCondition = {
        "conditionType": "custom_event",
        "customEventId": custom_event_id,
        "occurrence": "occurred" if occurred else "not_occurred",
        "dateOperator": word(when),
    }
    if isinstance(when, Since | Until | Between):
        condition["date"] = when.value
    return condition

"""What an account sends by itself is checked as it is there, confirmation messages included."""

from __future__ import annotations

import json

import httpx
import pytest

from prefect_getresponse.newsletters.account_messages import check_account_messages
from prefect_getresponse.newsletters.account_side import AccountSide
from prefect_getresponse.newsletters.content.message import Known
from tests.newsletters.lab import Lab

BODIES = "/subscription-confirmations/body/en"


@pytest.fixture
def lab() -> Lab:
    """An account with a list whose people are asked to confirm."""
    lab = Lab()
    [body] = lab.api("GET", BODIES)
    [subject] = lab.api("GET", "/subscription-confirmations/subject/en")
    name = "subscriptionConfirmation{}Id".format
    chosen = {name("Body"): body[name("Body")], name("Subject"): subject[name("Subject")]}
    asked = {"languageCode": "en", "optinTypes": {"api": "double"}, "confirmation": chosen}
    lab.api("POST", "/campaigns", {"name": "asked", **asked})
    return lab


def found(lab: Lab) -> list[tuple[str, str]]:
    findings = lab.run(
        lambda client: check_account_messages(AccountSide(client, lab.time), Known())
    )
    return [
        (each.part.split("/")[0] + "#" + each.part.split("#")[1], each.rule) for each in findings
    ]


def broken(answer: httpx.Response) -> httpx.Response:
    rows = json.loads(answer.read() or b"null")
    if isinstance(rows, list) and rows and "contentHtml" in rows[0]:
        rows[0] |= {"contentHtml": "<p>{{LINK `confirm`}} {{ name }}</p>"}
        return httpx.Response(answer.status_code, json=rows)
    return answer


def test_the_texts_that_ask_people_to_confirm_are_checked(lab: Lab) -> None:
    assert found(lab) == []
    lab.wire.change = broken
    assert found(lab) == [("confirmation#html", "foreign-template")]


def test_confirmation_texts_of_lists_that_ask_nobody_are_not_read(lab: Lab) -> None:
    [asked] = [each for each in lab.api("GET", "/campaigns") if each["name"] == "asked"]
    single = dict.fromkeys(("email", "api", "webform"), "single")
    lab.api("POST", f"/campaigns/{asked['campaignId']}", {"name": "asked", "optinTypes": single})
    lab.wire.change = broken
    assert found(lab) == []
    assert lab.calls("GET", f"/v3{BODIES}") == 1  # the one of the fixture


def test_what_an_account_sends_by_itself_is_checked(lab: Lab) -> None:
    common = {"fromField": {"fromFieldId": lab.sender["fromFieldId"]}}
    html = "<p>Hi {{ name }}</p>"
    to = {"selectedCampaigns": [lab.campaign_id]}
    text = {"content": {"html": html, "plain": "Hi"}, "subject": "Welcome"}
    day = {"type": "onday", "dayOfCycle": 1, **to}
    sent = {"sendSettings": {"type": "signup"}, "triggerSettings": day, "status": "enabled"}
    lab.api("POST", "/autoresponders", {**common, **text, **sent, "campaignId": lab.campaign_id})
    feed = {"frequency": "asap", "filter": "recent", "maxArticles": 3, **to}
    rss = {"rssFeedUrl": "https://shop.example/feed", "sendSettings": feed, "status": "enabled"}
    lab.api("POST", "/rss-newsletters", {**common, **text, **rss})
    delivery = {
        "sendOn": {"sendingType": "now"},
        "winnerMode": "manual",
        "winningCriteria": "open",
        "samplingPercentage": 100,
        "samplingTime": "P1DT2H",
    }
    test = {
        "name": "Two subjects",
        "campaign": {"campaignId": lab.campaign_id},
        "deliverySettings": delivery,
        "variants": ["Hi {{CONTACT `subscriber_name`}}", "Hi {{CONTRACT `subscriber_name`}}"],
        "sendSettings": to,
        "content": {"html": "<p>Hi</p>", "plain": "Hi"},
    }
    lab.api("POST", "/ab-tests/subject", {**common, **test})
    assert found(lab) == [
        ("autoresponder#html", "foreign-template"),
        ("rss-newsletter#html", "foreign-template"),
        ("ab-test#subject", "unknown-tag"),
    ]

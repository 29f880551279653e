import base64
from typing import Any

import pytest

from prefect_getresponse import GetResponseCredentials, InvalidArguments, NotFound
from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.limits.budgets import ENDPOINT_BUDGETS
from prefect_getresponse.tasks.common import CampaignReference, FromFieldReference
from prefect_getresponse.tasks.contacts import create_contact
from prefect_getresponse.tasks.newsletters import (
    LARGEST_ATTACHMENTS,
    NewsletterSendSettings,
    cancel_newsletter,
    create_newsletter,
    delete_newsletter,
    get_newsletter,
    get_newsletter_statistics,
    get_newsletter_thumbnail,
    list_newsletter_activities,
    list_newsletter_statistics,
    list_newsletters,
    send_newsletter_draft,
)
from tests.conftest import Run
from tests.support.running_sandbox import RunningSandbox

DAY = 86_400
NEWSLETTER: dict[str, Any] = {
    "subject": "Spring",
    "from_field": {"fromFieldId": "V"},
    "campaign": {"campaignId": "C"},
    "content": {"plain": "See https://shop.example"},
    "send_settings": {"selectedCampaigns": ["C"]},
}


def attachments(*sizes: int) -> list[dict[str, str]]:
    return [
        {
            "fileName": "a.bin",
            "mimeType": "application/octet-stream",
            "content": base64.b64encode(bytes(size)).decode(),
        }
        for size in sizes
    ]


def send_on(date: str) -> dict[str, Any]:
    return {"send_settings": {"sendOn": {"date": date, "timeZone": {"timeZoneId": 1}}}}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"attachments": attachments(LARGEST_ATTACHMENTS + 1)}, "attachments: .*409601 bytes"),
        ({"attachments": attachments(LARGEST_ATTACHMENTS, 1)}, "attachments: .*400 KB"),
        (
            {"attachments": [{"fileName": "a", "mimeType": "b", "content": "a\nb="}]},
            "attachments.0.content: .*not base64",
        ),
        (send_on("2026-07-14T07:00:00+0200"), "sendOn.date: .*without offset"),
        (send_on("tomorrow"), "sendOn.date: .*2026-07-14T07:00:00"),
        ({"content": {"html": "x" * 524_289}}, "content.html: .*524,288"),
        ({"subject": "x"}, "subject: .*at least 2"),
        ({"send_settings": {"selectedSupressions": []}}, "selectedSupressions: there is no"),
        ({"flags": ["openrate"]}, "flags.0"),
    ],
)
def test_what_cannot_be_sent_is_refused(changed: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidArguments, match=named):
        create_newsletter.operation.request({**NEWSLETTER, **changed})


def test_limits_may_be_reached() -> None:
    files = attachments(LARGEST_ATTACHMENTS - 1, 1)
    request = create_newsletter.operation.request({**NEWSLETTER, "attachments": files})
    assert request.body["attachments"] == files


def test_a_send_is_never_repeated_and_has_its_budget() -> None:
    for task in (create_newsletter, send_newsletter_draft):
        assert task.operation.retry_class is RetryClass.ONCE
    assert create_newsletter.operation.budgets == ("newsletters",)
    assert [window.calls for window in ENDPOINT_BUDGETS["newsletters"]] == [256]


@pytest.fixture
def settings(
    run: Run,
    credentials: GetResponseCredentials,
    sandbox: RunningSandbox,
    campaign: CampaignReference,
) -> NewsletterSendSettings:
    """A list with twenty people."""
    for number in range(20):
        email = f"reader{number}@example.com"
        run(create_contact, credentials, email=email, campaign=campaign)
    sandbox.clock.advance(600)
    return {"selectedCampaigns": [campaign["campaignId"]]}


def test_life_of_a_newsletter(
    run: Run,
    credentials: GetResponseCredentials,
    sandbox: RunningSandbox,
    campaign: CampaignReference,
    sender: FromFieldReference,
    settings: NewsletterSendSettings,
) -> None:
    draft = run(
        create_newsletter,
        credentials,
        name="spring",
        type="draft",
        subject="Spring",
        from_field=sender,
        campaign=campaign,
        content={"html": '<a href="https://shop.example">Shop</a>'},
        send_settings=settings,
        flags=["clicktrack"],
    )
    newsletter_id = draft["newsletterId"]
    assert [each["newsletterId"] for each in run(list_newsletters, credentials, type="draft")] == [
        newsletter_id
    ]

    run(send_newsletter_draft, credentials, message_id=newsletter_id, send_settings=settings)
    assert run(cancel_newsletter, credentials, newsletter_id).get("type") == "draft"
    run(send_newsletter_draft, credentials, message_id=newsletter_id, send_settings=settings)
    sandbox.clock.advance(DAY)

    sent = run(get_newsletter, credentials, newsletter_id)
    assert sent.get("sendMetrics", {}).get("status") == "finished"
    [total] = run(get_newsletter_statistics, credentials, newsletter_id, group_by="total")
    assert total.get("sent") == 20
    listed = run(list_newsletter_statistics, credentials, newsletter_id=newsletter_id)[0]
    now = {"timeInterval": ""}  # both end at the moment of their call
    assert {**listed, **now} == {**total, **now}
    with pytest.warns(DeprecationWarning, match="list_newsletter_activities is deprecated"):
        found = run(
            list_newsletter_activities, credentials, newsletter_id, activity="send", per_page=5
        )
    assert len(found) == 5
    assert run(get_newsletter_thumbnail, credentials, newsletter_id, size="small")[:4] == b"\x89PNG"

    run(delete_newsletter, credentials, newsletter_id)
    with pytest.raises(NotFound):
        run(get_newsletter, credentials, newsletter_id)


def test_a_time_belongs_to_its_zone(
    run: Run,
    credentials: GetResponseCredentials,
    campaign: CampaignReference,
    sender: FromFieldReference,
) -> None:
    later: NewsletterSendSettings = {
        "selectedCampaigns": [campaign["campaignId"]],
        "sendOn": {"date": "2046-07-14T07:00:00", "timeZone": {"timeZoneId": 1}},
    }
    newsletter = run(
        create_newsletter,
        credentials,
        subject="Summer",
        from_field=sender,
        campaign=campaign,
        content={"plain": "Summer"},
        send_settings=later,
    )
    # Warsaw is two hours ahead of UTC in summer.
    assert newsletter.get("sendOn") == "2046-07-14T05:00:00+0000"

from typing import Any

import pytest

from prefect_getresponse import GetResponseCredentials, InvalidArguments, NotFound
from prefect_getresponse.tasks.common import CampaignReference, FromFieldReference
from prefect_getresponse.tasks.rss_newsletters import (
    create_rss_newsletter,
    delete_rss_newsletter,
    get_rss_newsletter,
    get_rss_newsletter_statistics,
    list_rss_newsletters,
    update_rss_newsletter,
)
from tests.conftest import Run

NEWS: dict[str, Any] = {
    "rss_feed_url": "https://blog.example/feed",
    "subject": "News",
    "status": "enabled",
    "from_field": {"fromFieldId": "V"},
    "content": {"plain": "News"},
}


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"frequency": "daily"}, "needs sendAtHour"),
        ({"frequency": "weekly", "sendAtHour": 9}, "needs sendAtWeekDay"),
        ({"frequency": "monthly"}, "needs sendAtHour, sendAtMonthDay"),
        ({"frequency": "asap", "sendAtMonthDay": 29}, "1 to 28, or 31"),
        ({"frequency": "asap", "maxArticles": 31}, "maxArticles: .*30"),
        ({"frequency": "hourly"}, "frequency"),
    ],
)
def test_what_the_api_would_refuse_is_not_sent(settings: dict[str, Any], named: str) -> None:
    send_settings = {"filter": "recent", **settings}
    with pytest.raises(InvalidArguments, match=named):
        create_rss_newsletter.operation.request({**NEWS, "send_settings": send_settings})


def test_life_of_an_rss_newsletter(
    run: Run,
    credentials: GetResponseCredentials,
    campaign: CampaignReference,
    sender: FromFieldReference,
) -> None:
    members: dict[str, Any] = {
        **NEWS,
        "from_field": sender,
        "send_settings": {
            "frequency": "monthly",
            "filter": "recent",
            "sendAtHour": 9,
            "sendAtMonthDay": 31,
            "selectedCampaigns": [campaign["campaignId"]],
        },
        "flags": ["clicktrack", "google_analytics"],
    }
    made = run(create_rss_newsletter, credentials, **members)
    rss_id = made["rssNewsletterId"]
    assert made.get("flags") == ["clicktrack", "google_analytics"]

    [row] = run(list_rss_newsletters, credentials, campaign_id=campaign["campaignId"])
    assert row.get("flags") == "clicktrack,google_analytics"
    assert run(list_rss_newsletters, credentials, campaign_id="none") == []
    stopped = run(update_rss_newsletter, credentials, rss_id, status="disabled")
    assert (stopped.get("status"), stopped.get("subject")) == ("disabled", "News")
    [total] = run(get_rss_newsletter_statistics, credentials, rss_id)
    assert total.get("sent") == 0

    run(delete_rss_newsletter, credentials, rss_id)
    with pytest.raises(NotFound):
        run(get_rss_newsletter, credentials, rss_id)

"""Opens and clicks from the files of reports, which succeed the listing of activities."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.export.lab import Lab, contents

STREAMS = ["newsletter_activities", "list_days"]
LISTING = {"method": "GET", "path": "/v3/newsletters/*/activities", "kind": "status"}
GONE = {"faults": [LISTING | {"status": 404, "times": 99}]}
SAME = {"contact_href"}
"""What files of reports do not have."""


@pytest.fixture
def to(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/out.db"


def activities(to: str) -> list[dict[str, object]]:
    rows = contents(to, "newsletter_activities")
    return [{name: value for name, value in row.items() if name not in SAME} for row in rows]


@pytest.mark.parametrize("activity", ["report", "auto"])
def test_a_report_that_is_made_brings_what_the_listing_brings(
    to: str, tmp_path: Path, activity: str
) -> None:
    lab = Lab(past=9)
    by_listing = f"sqlite:///{tmp_path}/listing.db"
    lab.export(by_listing, streams=STREAMS)
    lab.control("faults", GONE)
    report = lab.export(to, streams=STREAMS, activity=activity, create_reports=True)
    assert report.problem is None
    assert report.warnings == report.differences == []
    assert activities(to) == activities(by_listing)
    assert {row["activity"] for row in activities(to)} == {"send", "open"}
    lab.time.advance(86_400)
    again = lab.export(to, streams=STREAMS, activity=activity, create_reports=True)
    assert again.warnings == again.differences == []
    assert activities(to) == activities(by_listing)


def test_a_report_that_is_there_is_read_once_and_none_is_made(to: str) -> None:
    lab = Lab(past=9)
    newsletters = [each["newsletterId"] for each in lab.api("GET", "/newsletters")]
    body = {
        "name": "Last days",
        "type": "message_activity_report",
        "scheduling": {"frequency": "one_time", "startDate": "2020-01-01", "endDate": "2040-01-01"},
        "filters": {"activityType": ["open"], "messageId": newsletters},
    }
    lab.api("POST", "/custom-reports", body)
    lab.time.advance(300)
    lab.export(to, streams=STREAMS, activity="report")
    assert {row["activity"] for row in activities(to)} == {"open"}
    assert lab.calls().count("POST /v3/custom-reports") == 1  # the one above
    before = [call for call in lab.calls() if call.startswith("GET /v3/custom-reports/")]
    report = lab.export(to, streams=STREAMS, activity="report")
    after = [call for call in lab.calls() if call.startswith("GET /v3/custom-reports/")]
    assert report.tables["newsletter_activities"].available
    assert len(after) - len(before) == 1  # looked at, not fetched again


def test_without_a_report_the_stream_is_unavailable_and_nothing_fails(to: str) -> None:
    lab = Lab(past=9)
    lab.control("faults", GONE)
    report = lab.export(to, streams=STREAMS, activity="auto")
    assert report.problem is None
    assert not report.tables["newsletter_activities"].available
    assert any("--create-reports" in text for text in report.warnings)


def test_a_report_that_takes_long_is_read_by_the_next_export(to: str) -> None:
    lab = Lab(past=9, speed=0.1)
    slow = lab.export(to, streams=STREAMS, activity="report", create_reports=True)
    assert any("not ready yet" in text for text in slow.warnings)
    lab.time.advance(86_400)
    assert lab.export(to, streams=STREAMS, activity="report").problem is None
    assert activities(to)


def test_the_key_does_not_go_along_and_a_link_is_valid_for_five_minutes(to: str) -> None:
    lab = Lab(past=9)
    lab.export(to, streams=STREAMS, activity="report", create_reports=True)
    row = next(each for each in lab.api("GET", "/custom-reports") if "Activities" in each["name"])
    [file] = lab.api("GET", f"/custom-reports/{row['customReportId']}")["files"]
    fetch = httpx.Client(transport=lab.sandbox.transport(sleep=lab.time.advance))
    assert fetch.get(file["downloadUrl"]).text.startswith("Message ID,Contact ID")
    lab.time.advance(301)
    assert fetch.get(file["downloadUrl"]).status_code == 403


def test_a_file_with_other_columns_is_said_to_be_unreadable(to: str) -> None:
    lab = Lab(past=9)
    lab.web = httpx.MockTransport(lambda _request: httpx.Response(200, text="Who,What\na,b\n"))
    report = lab.export(to, streams=STREAMS, activity="report", create_reports=True)
    assert report.problem is None
    assert any("no column for message" in text for text in report.warnings)


def test_columns_that_nobody_knows_are_kept_and_said(to: str) -> None:
    lab = Lab(past=9)
    text = (
        "\ufeffNewsletter ID,Subscriber ID,Action,Date,Link clicked,Device\n"
        "N1,K1,CLICK,2026-01-02 03:04:05,https://shop.example/,phone\n"
        "N1,K1,CLICK,2026-01-02 03:04:05,https://shop.example/a\n"
        "N1,K2,OPEN,2026-01-02 03:04:06,,\n"
    )
    lab.web = httpx.MockTransport(lambda _request: httpx.Response(200, text=text))
    report = lab.export(to, streams=STREAMS, activity="report", create_reports=True)
    rows = [row for row in activities(to) if row["newsletter_id"] == "N1"]
    assert [(row["activity"], row["contact_id"], row["_more"]) for row in rows] == [
        ("click", "K1", {"Link clicked": "https://shop.example/", "Device": "phone"}),
        ("click", "K1", {"Link clicked": "https://shop.example/a"}),
        ("open", "K2", None),
    ]
    assert report.new_members["newsletter_activities"] == {"Link clicked": 2, "Device": 1}
    assert any("Device, Link clicked" in text for text in report.warnings)

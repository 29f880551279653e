"""Reports and their files."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import Api
from tests.support.faults import fault_paths

DAY = 86_400.0
REPORT: dict[str, Any] = {
    "name": "Bounces",
    "type": "bounces",
    "scheduling": {"frequency": "one_time", "startDate": "2026-01-01", "endDate": "2026-01-31"},
}


@pytest.mark.parametrize(
    ("changed", "member"),
    [
        ({"type": "message_activity_report"}, "filters"),
        ({"filters": {"activityType": ["open"], "messageId": []}}, "filters"),
        ({"scheduling": REPORT["scheduling"] | {"endDate": "2025-01-01"}}, "scheduling.endDate"),
        ({"scheduling": REPORT["scheduling"] | {"frequency": "weekly"}}, "scheduling.frequency"),
    ],
)
def test_what_does_not_fit_is_refused(api: Api, changed: dict[str, Any], member: str) -> None:
    answer = api.call("POST", "/custom-reports", REPORT | changed)
    assert answer.status_code == 400
    assert fault_paths(answer)[0] == member


def test_files_go_after_their_time(api: Api) -> None:
    report = api.ok("POST", "/custom-reports", REPORT)
    path = f"/custom-reports/{report['customReportId']}"
    assert report["scheduling"]["oneTime"] == {
        "startDate": "2026-01-01T00:00:00+0000",
        "endDate": "2026-01-31T00:00:00+0000",
    }
    assert "generatedAt" not in report
    api.advance(DAY)
    assert api.ok("GET", path)["files"][0]["status"] == "ready"
    assert api.ok("GET", path)["generatedAt"] > report["createdAt"]
    api.advance(31 * DAY)
    assert api.ok("GET", path)["files"] == []


def test_a_recurring_report_is_there(api: Api) -> None:
    [row] = api.ok("GET", "/custom-reports", **{"sort[frequency]": "ASC"})
    assert row["frequency"] == "weekly"
    details = api.ok("GET", f"/custom-reports/{row['customReportId']}")
    assert details["scheduling"]["oneTime"] is None
    assert details["files"][0]["downloadUrl"].endswith(".csv")

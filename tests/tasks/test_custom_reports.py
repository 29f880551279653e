import pytest

from prefect_getresponse import GetResponseCredentials, InvalidArguments
from prefect_getresponse.tasks.custom_reports import (
    CustomReportPeriod,
    create_custom_report,
    get_custom_report,
    list_custom_reports,
)
from tests.conftest import Run
from tests.support.running_sandbox import RunningSandbox

JANUARY: CustomReportPeriod = {
    "frequency": "one_time",
    "startDate": "2026-01-01",
    "endDate": "2026-01-31",
}


@pytest.mark.parametrize("day", ["2026-02-30", "2026-1-1", "20260101", "yesterday"])
def test_days_are_checked(day: str) -> None:
    with pytest.raises(InvalidArguments, match=r"scheduling.startDate: .*2026-01-15"):
        create_custom_report.operation.request(
            {"name": "Bounces", "type": "bounces", "scheduling": {**JANUARY, "startDate": day}}
        )


def test_a_report_is_made_in_the_background(
    run: Run, credentials: GetResponseCredentials, sandbox: RunningSandbox
) -> None:
    made = run(
        create_custom_report, credentials, name="Bounces", type="bounces", scheduling=JANUARY
    )
    report_id = made["customReportId"]
    states: list[str | None] = []
    for seconds in (0, 60, 120):
        sandbox.clock.advance(seconds)
        [file] = run(get_custom_report, credentials, report_id).get("files", [])
        states.append(file.get("status"))
    assert states == ["pending", "in-progress", "ready"]

    links = {
        run(get_custom_report, credentials, report_id).get("files", [])[0].get("downloadUrl")
        for _ in range(2)
    }
    assert len(links) == 2
    [row] = run(list_custom_reports, credentials, name="bounc")
    assert (row["customReportId"], row.get("frequency")) == (report_id, "one_time")

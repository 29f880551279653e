from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.tasks.landing_pages import (
    get_landing_page,
    get_landing_page_statistics,
    list_landing_pages,
)
from tests.conftest import Run


def test_statistics_of_a_landing_page(run: Run, credentials: GetResponseCredentials) -> None:
    [listed] = run(list_landing_pages, credentials, status="published")
    page = run(get_landing_page, credentials, listed["lpsId"])
    statistics = run(get_landing_page_statistics, credentials, listed["lpsId"])

    assert (
        statistics.get("visits") == page.get("visits") == listed.get("statistics", {}).get("visits")
    )
    parts = [
        run(get_landing_page_statistics, credentials, listed["lpsId"], page=each["uuid"])
        for each in page.get("pages", [])
    ]
    assert sum(each.get("visits", 0) for each in parts) == statistics.get("visits")


def test_the_odd_names_of_bounds(run: Run, credentials: GetResponseCredentials) -> None:
    [row] = run(
        list_landing_pages,
        credentials,
        status="published",
        stats_from="2001-01-01T00:00:00",
        stats_to="2001-01-02T00:00:00",
    )

    assert row.get("statistics", {}).get("visits") == 0

from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.tasks.campaigns import list_campaigns
from prefect_getresponse.tasks.webinars import get_webinar, list_webinars
from tests.conftest import Run
from tests.support.running_sandbox import RunningSandbox


def test_webinars_are_found_by_list_kind_and_name(
    run: Run, credentials: GetResponseCredentials
) -> None:
    (campaign,) = run(list_campaigns, credentials)
    every = run(list_webinars, credentials, type="all", sort_starts_on="ASC")

    assert [each.get("type") for each in every] == ["on_demand", "live", "live"]
    assert run(list_webinars, credentials, campaign_id=f"none,{campaign['campaignId']}") != []
    assert run(list_webinars, credentials, campaign_id="none") == []
    [named] = run(list_webinars, credentials, name="segments")
    assert run(get_webinar, credentials, named["webinarId"]) == every[0]


def test_an_upcoming_webinar_is_finished_in_time(
    run: Run, credentials: GetResponseCredentials, sandbox: RunningSandbox
) -> None:
    [upcoming] = run(list_webinars, credentials, status="upcoming")
    sandbox.clock.advance(8 * 86_400)

    assert run(list_webinars, credentials, status="upcoming") == []
    assert run(get_webinar, credentials, upcoming["webinarId"]).get("status") == "finished"

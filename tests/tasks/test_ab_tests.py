from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.tasks.ab_tests import get_splittest, list_splittests
from tests.conftest import Run


def test_active_ones_unless_asked(run: Run, credentials: GetResponseCredentials) -> None:
    [active] = run(list_splittests, credentials)
    assert active.get("status") == "active"
    [inactive] = run(list_splittests, credentials, status="inactive")
    assert inactive["splittestId"] != active["splittestId"]
    assert run(get_splittest, credentials, active["splittestId"]) == active

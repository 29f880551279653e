from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.tasks.workflows import get_workflow, list_workflows, update_workflow
from tests.conftest import Run


def test_a_workflow_is_switched_on_and_off(run: Run, credentials: GetResponseCredentials) -> None:
    [draft] = [
        each for each in run(list_workflows, credentials) if each.get("status") == "incomplete"
    ]
    workflow_id = draft["workflowId"]
    assert "dateStart" not in draft

    started = run(update_workflow, credentials, workflow_id, status="active")
    assert started.get("status") == "active"
    assert "dateStart" in started
    assert "dateStop" not in started
    stopped = run(update_workflow, credentials, workflow_id, status="inactive")
    assert "dateStop" in stopped
    assert run(get_workflow, credentials, workflow_id) == stopped

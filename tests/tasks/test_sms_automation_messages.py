from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.tasks.sms_automation_messages import (
    get_sms_automation,
    list_sms_automations,
)
from prefect_getresponse.tasks.workflows import list_workflows
from tests.conftest import Run


def test_automated_messages_and_their_workflows(
    run: Run, credentials: GetResponseCredentials
) -> None:
    with_links = run(list_sms_automations, credentials, has_links=True)
    in_use, ready = run(list_sms_automations, credentials, sort_status="ASC")

    assert with_links == [ready]
    details = run(get_sms_automation, credentials, in_use["smsId"])
    [workflow] = details.get("workflows", [])
    assert workflow["workflowId"] in {
        each["workflowId"] for each in run(list_workflows, credentials)
    }
    [link] = run(get_sms_automation, credentials, ready["smsId"]).get("clickTracks", [])
    assert link.get("url") == "https://example.com/cart"

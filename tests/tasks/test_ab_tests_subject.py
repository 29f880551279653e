from typing import Any

import pytest

from prefect_getresponse import GetResponseCredentials, InvalidArguments, ValidationFailed
from prefect_getresponse.tasks.ab_tests_subject import (
    cancel_ab_test,
    choose_subject_ab_test_winner,
    create_subject_ab_test,
    delete_ab_test,
    get_subject_ab_test,
    list_subject_ab_tests,
)
from prefect_getresponse.tasks.common import CampaignReference, FromFieldReference
from tests.conftest import Run
from tests.support.running_sandbox import RunningSandbox

NOW = {"sendingType": "now"}
DELIVERY: dict[str, Any] = {
    "sendOn": NOW,
    "winnerMode": "manual",
    "winningCriteria": "open",
    "samplingPercentage": 20,
    "samplingTime": "P1D",
}
TEST: dict[str, Any] = {
    "name": "Spring",
    "campaign": {"campaignId": "C"},
    "from_field": {"fromFieldId": "V"},
    "delivery_settings": DELIVERY,
    "variants": ["Spring is here", "New in spring"],
    "send_settings": {"selectedCampaigns": ["C"]},
    "content": {"plain": "Hello"},
}


def sent_on(**members: Any) -> dict[str, Any]:
    return {"delivery_settings": DELIVERY | {"sendOn": members}}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"variants": ["one"]}, "variants: .*at least 2"),
        ({"variants": ["a", "b", "c", "d", "e", "f"]}, "variants: .*at most 5"),
        ({"variants": ["a", "x" * 151]}, "variants.1: .*150"),
        ({"variants": [{"subject": "a"}, {"subject": "b"}]}, "variants.0: must be a text"),
        (sent_on(sendingType="scheduled"), "needs `date` and `timeZone`"),
        (sent_on(sendingType="now", date="2026-07-14 07:00:00"), "takes neither"),
        ({"delivery_settings": DELIVERY | {"samplingTime": "1 day"}}, "samplingTime: .*ISO 8601"),
        ({"delivery_settings": DELIVERY | {"samplingPercentage": 101}}, "samplingPercentage"),
        ({"send_settings": {"selectedSuppressions": []}}, "selectedSuppressions: there is no"),
    ],
)
def test_what_the_api_would_refuse_is_not_sent(changed: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidArguments, match=named):
        create_subject_ab_test.operation.request({**TEST, **changed})


def test_the_stage_is_spelt_with_a_hyphen_in_the_filter() -> None:
    request = list_subject_ab_tests.operation.request({"stage": "sending-winner"})
    assert request.query == (("query[stage]", "sending-winner"),)


def test_life_of_a_test(
    run: Run,
    credentials: GetResponseCredentials,
    sandbox: RunningSandbox,
    campaign: CampaignReference,
    sender: FromFieldReference,
) -> None:
    members: dict[str, Any] = {
        **TEST,
        "campaign": campaign,
        "from_field": sender,
        "send_settings": {"selectedCampaigns": [campaign["campaignId"]]},
    }
    test = run(create_subject_ab_test, credentials, **members)
    test_id = test["abTestId"]
    assert test.get("stage") == "preparing"
    with pytest.raises(ValidationFailed):
        run(delete_ab_test, credentials, test_id)

    sandbox.clock.advance(600)
    [testing] = run(list_subject_ab_tests, credentials, stage="testing", ab_test_id=test_id)
    assert testing["abTestId"] == test_id
    variant_id = test.get("variants", [])[1]["variantId"]
    run(choose_subject_ab_test_winner, credentials, test_id, variant_id=variant_id)
    chosen = run(get_subject_ab_test, credentials, test_id)
    assert [each.get("isWinner") for each in chosen.get("variants", [])] == [False, True]
    with pytest.raises(ValidationFailed):
        run(cancel_ab_test, credentials, test_id)

    sandbox.clock.advance(600)
    run(delete_ab_test, credentials, test_id)
    assert run(list_subject_ab_tests, credentials) == []


def test_cancelling_is_done_later(
    run: Run,
    credentials: GetResponseCredentials,
    sandbox: RunningSandbox,
    campaign: CampaignReference,
    sender: FromFieldReference,
) -> None:
    members: dict[str, Any] = {
        **TEST,
        "campaign": campaign,
        "from_field": sender,
        "send_settings": {"selectedCampaigns": [campaign["campaignId"]]},
    }
    test_id = run(create_subject_ab_test, credentials, **members)["abTestId"]
    run(cancel_ab_test, credentials, test_id)
    assert run(get_subject_ab_test, credentials, test_id).get("stage") == "preparing"
    sandbox.clock.advance(30)
    assert run(get_subject_ab_test, credentials, test_id).get("stage") == "cancelled"

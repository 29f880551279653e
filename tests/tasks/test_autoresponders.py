from typing import Any

import pytest

from prefect_getresponse import Conflict, GetResponseCredentials, InvalidArguments, NotFound
from prefect_getresponse.tasks.autoresponders import (
    create_autoresponder,
    delete_autoresponder,
    get_autoresponder,
    get_autoresponder_statistics,
    list_autoresponder_statistics,
    list_autoresponders,
    update_autoresponder,
)
from prefect_getresponse.tasks.common import CampaignReference
from prefect_getresponse.tasks.contacts import create_contact
from tests.conftest import Run
from tests.support.running_sandbox import RunningSandbox

DAY = 86_400
WELCOME: dict[str, Any] = {
    "name": "welcome",
    "status": "enabled",
    "subject": "Welcome",
    "content": {"plain": "Hello"},
    "send_settings": {"type": "immediately"},
    "trigger_settings": {"dayOfCycle": 1},
}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"send_settings": {"type": "delay"}}, "delayInHours"),
        ({"send_settings": {"type": "custom"}}, "sendAtHour"),
        ({"send_settings": {"type": "custom", "sendAtHour": 24}}, "sendAtHour: .*23"),
        ({"trigger_settings": {"dayOfCycle": 10_000}}, "dayOfCycle: .*9999"),
        (
            {"send_settings": {"type": "signup", "excludedDaysOfWeek": ["sunday"]}},
            "excludedDaysOfWeek.0",
        ),
    ],
)
def test_what_the_api_would_refuse_is_not_sent(changed: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidArguments, match=named):
        create_autoresponder.operation.request({**WELCOME, **changed})


def test_the_misspelt_filter_goes_out_as_it_is() -> None:
    request = list_autoresponder_statistics.operation.request({"autoresponder_id": "Q"})
    assert request.query == (("query[autoreponderId]", "Q"),)


def test_life_of_an_autoresponder(
    run: Run,
    credentials: GetResponseCredentials,
    sandbox: RunningSandbox,
    campaign: CampaignReference,
) -> None:
    made = run(create_autoresponder, credentials, **WELCOME)
    autoresponder_id = made["autoresponderId"]
    assert made.get("campaign", {}).get("id") == campaign["campaignId"]
    with pytest.raises(Conflict):
        run(create_autoresponder, credentials, **WELCOME)

    run(
        create_contact,
        credentials,
        email="jane@example.com",
        campaign=campaign,
        day_of_cycle="0",
    )
    sandbox.clock.advance(600 + 2 * DAY)
    [listed] = run(list_autoresponders, credentials, sort_delivered="DESC")
    assert listed.get("statistics", {}).get("delivered") == 1
    [total] = run(get_autoresponder_statistics, credentials, autoresponder_id)
    assert total.get("sent") == 1
    [listed_total] = run(
        list_autoresponder_statistics, credentials, autoresponder_id=autoresponder_id
    )
    # The interval ends when it is asked for.
    assert listed_total | {"timeInterval": ""} == total | {"timeInterval": ""}

    changed = run(update_autoresponder, credentials, autoresponder_id, subject="Hello there")
    assert (changed.get("subject"), changed.get("name")) == ("Hello there", "welcome")
    run(delete_autoresponder, credentials, autoresponder_id)
    with pytest.raises(NotFound):
        run(get_autoresponder, credentials, autoresponder_id)

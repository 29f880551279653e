from typing import Any

import pytest

from prefect_getresponse import (
    GetResponseCredentials,
    GetResponseError,
    InvalidArguments,
    NotFound,
    ValidationFailed,
)
from prefect_getresponse.tasks.campaigns import list_campaigns
from prefect_getresponse.tasks.contacts import create_batch_contacts
from prefect_getresponse.tasks.custom_fields import create_custom_field
from prefect_getresponse.tasks.sms_messages import (
    SmsPhoneNumber,
    get_sms,
    get_sms_statistics,
    list_sms,
    list_sms_sender_names,
    send_sms,
)
from tests.conftest import Run
from tests.support.running_sandbox import RunningSandbox

NUMBERS: list[SmsPhoneNumber] = [
    {"phone": f"+48500000{number:03}", "countryCode": "PL"} for number in range(100)
]


def test_progress_and_statistics_grow(
    run: Run, credentials: GetResponseCredentials, sandbox: RunningSandbox
) -> None:
    sent = run(
        send_sms,
        credentials,
        name="Sale",
        content="Today only: https://example.com/sale " + "!" * 160,
        recipients_type="importedNumbers",
        send_settings={"importedNumbers": NUMBERS},
    )
    sms_id = sent["smsId"]
    assert sent.get("sendMetrics") == {"progress": "0", "status": "sending"}
    assert sent.get("sendSettings") == {"contacts": None, "importedNumbers": {"count": 100}}

    sandbox.clock.advance(7)
    half = run(get_sms_statistics, credentials, sms_id).get("totalRecipients", 0)
    assert 0 < half < 100
    sandbox.clock.advance(86_400)
    statistics = run(get_sms_statistics, credentials, sms_id)
    clicks = statistics.get("totalClicks", 0)
    assert 0 < clicks < 50
    assert statistics.get("totalRecipients") == 100
    assert statistics.get("totalSms") == 200
    assert statistics.get("totalPrice") == {"amount": "4.8000", "currency": "USD"}
    done = run(get_sms, credentials, sms_id)
    assert done.get("sendMetrics") == {"progress": "100", "status": "sent"}
    assert [each.get("amount") for each in done.get("clickTracks", [])] == [clicks]
    later = run(get_sms_statistics, credentials, sms_id, created_from="2099-01-01")
    assert later.get("totalRecipients") == 0


def test_contacts_get_it_at_the_number_in_their_field(
    run: Run, credentials: GetResponseCredentials, sandbox: RunningSandbox
) -> None:
    field_id = run(
        create_custom_field,
        credentials,
        name="mobile",
        type="phone",
        format="text",
        hidden="false",
        values=[],
    )["customFieldId"]
    (campaign,) = run(list_campaigns, credentials)
    run(
        create_batch_contacts,
        credentials,
        campaign_id=campaign["campaignId"],
        contacts=[
            {
                "email": "jane@example.com",
                "customFieldValues": [{"customFieldId": field_id, "value": ["+48500000001"]}],
            },
            {"email": "without.number@example.com"},
        ],
    )
    sandbox.clock.advance(300)

    def recipients(**settings: Any) -> int | None:
        to: Any = {"contacts": {"phoneNumberCustomFieldId": field_id, **settings}}
        sms = run(
            send_sms,
            credentials,
            name="Sale",
            content="Today",
            recipients_type="contacts",
            send_settings=to,
        )
        sandbox.clock.advance(60)
        return run(get_sms_statistics, credentials, sms["smsId"]).get("totalRecipients")

    lists = [campaign["campaignId"]]
    assert recipients(selectedCampaigns=lists) == 1
    assert recipients(selectedCampaigns=lists, excludedCampaigns=lists) == 0


def test_messages_are_found(run: Run, credentials: GetResponseCredentials) -> None:
    [draft] = run(list_sms, credentials, type="draft")
    [sent] = run(list_sms, credentials, sending_status="sent", has_links=True)

    assert draft.get("sendOn") is None
    assert "clickTracks" not in sent
    assert run(list_sms, credentials, sort_sent="DESC") == [sent, draft]
    with pytest.raises(NotFound):
        run(get_sms, credentials, "none")


def test_only_an_active_sender_name_sends(run: Run, credentials: GetResponseCredentials) -> None:
    names = run(list_sms_sender_names, credentials)
    assert [each.get("isDefault") for each in names] == [True, False, False]
    [pending] = run(list_sms_sender_names, credentials, status="pending")
    with pytest.raises(GetResponseError, match="The sender name is pending"):
        run(
            send_sms,
            credentials,
            name="Sale",
            content="Today",
            recipients_type="importedNumbers",
            send_settings={
                "senderNameId": pending["senderNameId"],
                "importedNumbers": NUMBERS[:1],
            },
        )


@pytest.mark.parametrize(
    ("kind", "settings", "named"),
    [
        ("contacts", {"importedNumbers": NUMBERS[:1]}, "'sendSettings', 'contacts'.*required"),
        ("importedNumbers", {}, "'sendSettings', 'importedNumbers'.*required"),
        ("contacts", {"contacts": {"phoneNumberCustomFieldId": "none"}}, "Either selectedCampaign"),
    ],
)
def test_recipients_must_fit_their_type(
    kind: Any, settings: Any, named: str, credentials: GetResponseCredentials
) -> None:
    with pytest.raises(ValidationFailed, match=named):
        send_sms.fn(
            credentials, name="Sale", content="x", recipients_type=kind, send_settings=settings
        )


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"name": "x" * 101}, "name: "),
        ({"content": ""}, "content: "),
        (
            {"send_settings": {"importedNumbers": [{"phone": "1", "countryCode": "POL"}]}},
            "importedNumbers.0.countryCode: ",
        ),
    ],
)
def test_what_cannot_be_sent_is_refused(changed: dict[str, Any], named: str) -> None:
    sms: dict[str, Any] = {
        "name": "Sale",
        "content": "Today",
        "recipients_type": "importedNumbers",
        "send_settings": {"importedNumbers": NUMBERS[:1]},
    }
    with pytest.raises(InvalidArguments, match=named):
        send_sms.operation.request({**sms, **changed})

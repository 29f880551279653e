import pytest

from prefect_getresponse import Conflict, GetResponseCredentials, InvalidArguments, NotFound
from prefect_getresponse.tasks.campaigns import list_campaigns
from prefect_getresponse.tasks.common import CampaignReference
from prefect_getresponse.tasks.predefined_fields import (
    create_predefined_field,
    delete_predefined_field,
    get_predefined_field,
    list_predefined_fields,
    update_predefined_field,
)
from tests.conftest import Run


def test_life_of_a_predefined_field(run: Run, credentials: GetResponseCredentials) -> None:
    campaign_id = run(list_campaigns, credentials)[0]["campaignId"]
    campaign: CampaignReference = {"campaignId": campaign_id}
    created = run(
        create_predefined_field, credentials, name="greeting", value="Hi!", campaign=campaign
    )
    field_id = created["predefinedFieldId"]

    with pytest.raises(Conflict):
        run(create_predefined_field, credentials, name="greeting", value="Ho!", campaign=campaign)
    changed = run(update_predefined_field, credentials, field_id, value="Hello")
    assert changed.get("value") == "Hello"
    assert run(get_predefined_field, credentials, field_id) == changed
    assert run(list_predefined_fields, credentials, campaign_id=campaign_id) == [changed]
    run(delete_predefined_field, credentials, field_id)
    with pytest.raises(NotFound):
        run(get_predefined_field, credentials, field_id)


@pytest.mark.parametrize("value", ["", "7 days", "x" * 351])
def test_a_change_takes_fewer_characters_than_a_new_field(value: str) -> None:
    with pytest.raises(InvalidArguments, match="value: "):
        update_predefined_field.operation.request({"predefined_field_id": "x", "value": value})

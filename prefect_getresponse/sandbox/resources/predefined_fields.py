"""Predefined fields of lists (tag Predefined Fields)."""

from __future__ import annotations

from prefect_getresponse.sandbox.contract.errors import conflict
from prefect_getresponse.sandbox.resources.campaigns import show_campaign
from prefect_getresponse.sandbox.resources.collection import Collection, member
from prefect_getresponse.sandbox.resources.request import Request
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World


def _refuse_taken_name(world: World, _request: Request, field: Record) -> None:
    """A name is taken once a list."""
    name, campaign = field.members["name"], field.members["campaign"]["campaignId"]
    for other in world.records.of("predefined_fields").values():
        if (name, campaign) == (other.members["name"], other.members["campaign"]["campaignId"]):
            raise conflict()


PREDEFINED_FIELDS = Collection(
    "predefined_fields",
    "/predefined-fields/{predefinedFieldId}",
    created="",
    updated="",
    attributes={"campaignId": member("campaign.campaignId")},
    on_create=_refuse_taken_name,
    render=show_campaign,
)

BEHAVIOURS = PREDEFINED_FIELDS.behaviours(
    listing="getPredefinedFieldList",
    get="getPredefinedFieldById",
    create="createPredefinedField",
    update="updatePredefinedField",
    delete="deletePredefinedField",
)

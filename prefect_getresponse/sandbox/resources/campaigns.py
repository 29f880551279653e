"""Lists, which the API calls campaigns (tag Campaigns (Lists))."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from prefect_getresponse.sandbox.contract.dates import iso
from prefect_getresponse.sandbox.contract.errors import INTERNAL, ApiError, conflict, not_found
from prefect_getresponse.sandbox.contract.messages import Answer, json_answer
from prefect_getresponse.sandbox.contract.validation import Body
from prefect_getresponse.sandbox.resources.blocklists import change_masks, read_masks
from prefect_getresponse.sandbox.resources.listing import Attributes, paged, select, sparse
from prefect_getresponse.sandbox.resources.request import HREF, Behaviours, Request
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import Campaign, World

_ONE_DEFAULT = "Exactly one campaign can be default. Set isDefault on other campaign to disable."
_SETTINGS = ("postal", "confirmation", "profile", "subscriptionNotifications")
_ATTRIBUTES: Attributes[Campaign] = {
    "name": lambda campaign: campaign.name,
    "isDefault": lambda campaign: campaign.is_default,
    "createdOn": lambda campaign: campaign.created,
}


def reference(campaign: Campaign) -> dict[str, Any]:
    """Return a list as other resources mention it."""
    return {
        "campaignId": campaign.campaign_id,
        "name": campaign.name,
        "href": f"{HREF}/campaigns/{campaign.campaign_id}",
    }


def show_campaign(world: World, _record: Record, members: dict[str, Any]) -> dict[str, Any]:
    """Show a list with its name and link, where only its identifier is stored."""
    campaign = world.campaigns[members["campaign"]["campaignId"]]
    return {**members, "campaign": reference(campaign)}


def is_on_lists(_world: World, record: Record, campaign_ids: str) -> bool:
    """Whether something is on one of several lists: identifiers between commas."""
    return record.members["campaign"]["campaignId"] in campaign_ids.split(",")


def _row(campaign: Campaign) -> dict[str, Any]:
    return {
        **reference(campaign),
        "techName": uuid.uuid5(uuid.NAMESPACE_OID, campaign.campaign_id).hex,
        "languageCode": campaign.language,
        "isDefault": "true" if campaign.is_default else "false",
        "createdOn": iso(campaign.created),
        "description": campaign.name,
    }


def _details(campaign: Campaign) -> dict[str, Any]:
    details = _row(campaign)
    del details["description"]
    settings: Mapping[str, Any] = {name: campaign.settings.get(name, {}) for name in _SETTINGS}
    return {**details, "optinTypes": campaign.optin_types, **settings}


def _existing(world: World, request: Request) -> Campaign:
    campaign_id = request.path["campaignId"]
    if campaign_id not in world.campaigns:
        raise not_found(campaignId=campaign_id)
    return world.campaigns[campaign_id]


def list_campaigns(world: World, request: Request) -> Answer:
    """`GET /campaigns`."""
    exact = frozenset({"isDefault"})
    selected = select(world.campaigns.values(), request.query, _ATTRIBUTES, exact=exact)
    return paged(selected, request.query, _row, "campaignId")


def get_campaign(world: World, request: Request) -> Answer:
    """`GET /campaigns/{campaignId}`."""
    return json_answer(
        200, sparse(_details(_existing(world, request)), request.query, "campaignId")
    )


def create_campaign(world: World, request: Request) -> Answer:
    """`POST /campaigns`: single opt-in unless `optinTypes` says otherwise."""
    _refuse_taken_name(world, request.body["name"], None)
    if request.body.get("isDefault") == "false":
        raise ApiError(400, INTERNAL, f"Could not create campaign: {_ONE_DEFAULT}")
    campaign = Campaign(world.ids.next(), request.body["name"], request.now)
    world.campaigns[campaign.campaign_id] = campaign
    _apply(world, campaign, request.body)
    return json_answer(201, _details(campaign))


def update_campaign(world: World, request: Request) -> Answer:
    """`POST /campaigns/{campaignId}`: changes the members sent, each as a whole."""
    campaign = _existing(world, request)
    _refuse_taken_name(world, request.body["name"], campaign)
    if campaign.is_default and request.body.get("isDefault") == "false":
        raise ApiError(400, INTERNAL, f"Could not update campaign: {_ONE_DEFAULT}")
    _apply(world, campaign, request.body)
    return json_answer(200, _details(campaign))


def _refuse_taken_name(world: World, name: str, but: Campaign | None) -> None:
    """Refuse the exact name of another list; names that differ in case are two names."""
    if any(each.name == name for each in world.campaigns.values() if each is not but):
        raise conflict()


def _apply(world: World, campaign: Campaign, body: Body) -> None:
    campaign.name = body["name"]
    campaign.language = body.get("languageCode", campaign.language).upper()
    campaign.optin_types.update(body.get("optinTypes", {}))
    campaign.settings.update({name: body[name] for name in _SETTINGS if name in body})
    if body.get("isDefault") == "true":
        for each in world.campaigns.values():
            each.is_default = each is campaign


def get_blocklist(world: World, request: Request) -> Answer:
    """`GET /campaigns/{campaignId}/blocklists`."""
    return read_masks(_existing(world, request).masks, request)


def update_blocklist(world: World, request: Request) -> Answer:
    """`POST /campaigns/{campaignId}/blocklists`."""
    return change_masks(_existing(world, request).masks, request)


BEHAVIOURS: Behaviours = {
    "getCampaignList": list_campaigns,
    "createCampaign": create_campaign,
    "getCampaign": get_campaign,
    "updateCampaign": update_campaign,
    "getCampaignBlocklist": get_blocklist,
    "updateCampaignBlocklist": update_blocklist,
}

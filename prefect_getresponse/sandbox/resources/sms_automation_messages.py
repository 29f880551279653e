"""SMS messages of workflows (tag SMS Automation Messages): built in the web panel, never sent."""

from __future__ import annotations

from prefect_getresponse.sandbox.contract.validation import Body
from prefect_getresponse.sandbox.resources import campaigns
from prefect_getresponse.sandbox.resources.collection import Collection, member
from prefect_getresponse.sandbox.resources.request import HREF
from prefect_getresponse.sandbox.resources.sms_messages import click_tracks
from prefect_getresponse.sandbox.resources.workflows import WORKFLOWS
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World


def _with_workflows(world: World, sms: Record, members: Body) -> Body:
    """Show the workflow that sends it: of one in use the first there is."""
    used = sms.members["status"] == "in_use"
    workflows = list(world.records.of(WORKFLOWS.name).values())[: int(used)]
    shown = [
        {
            "workflowId": each.record_id,
            "name": each.members["name"],
            "href": f"{HREF}/workflow/{each.record_id}",
        }
        for each in workflows
    ]
    return {**members, "workflows": shown}


SMS_AUTOMATION = Collection(
    "sms_automation",
    "/sms-automation/{smsId}",
    created="",
    updated="modifiedOn",
    details_only=frozenset({"content", "workflows", "clickTracks"}),
    attributes={
        "campaignId": member("campaign.campaignId"),
        **{name: member(f"statistics.{name}") for name in ("delivered", "sent", "clicks")},
    },
    render=_with_workflows,
)


def _seed(world: World, now: float) -> None:
    """Give the account a message in use and one that nothing uses."""
    campaign = campaigns.reference(next(iter(world.campaigns.values())))
    for name, status, content, counts in (
        ("Welcome by SMS", "in_use", "Welcome!", (12, 10, 0)),
        ("Your cart is waiting", "ready", "Your cart: https://example.com/cart", (0, 0, 0)),
    ):
        links = click_tracks(world, content)
        members = {
            "name": name,
            "campaign": campaign,
            "status": status,
            "statistics": dict(zip(("sent", "delivered", "clicks"), counts, strict=True)),
            "senderName": "Sandbox",
            "hasLinks": bool(links),
            "content": content,
            "clickTracks": links,
        }
        SMS_AUTOMATION.add(world, members, now)


BEHAVIOURS = SMS_AUTOMATION.behaviours(listing="getSMSAutomationList", get="getSmsAutomationById")
SEED = _seed

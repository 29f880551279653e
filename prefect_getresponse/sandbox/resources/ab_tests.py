"""A/B tests of former times (tag A/B tests): a new account has two, nothing changes them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from prefect_getresponse.sandbox.contract.dates import DAY, iso
from prefect_getresponse.sandbox.contract.messages import Answer
from prefect_getresponse.sandbox.contract.validation import Body
from prefect_getresponse.sandbox.resources.collection import Collection
from prefect_getresponse.sandbox.resources.from_fields import default_sender
from prefect_getresponse.sandbox.resources.message_parts import campaign, show_senders
from prefect_getresponse.sandbox.resources.request import HREF, Behaviours, Request
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World

_SELECTIONS = (
    "selectedSegments",
    "selectedSupressions",
    "excludedCampaigns",
    "excludedSegments",
)


def _shown(world: World, _record: Record, members: Body) -> Body:
    """Complete a test by what the account is called now."""
    sent = {"fromField": default_sender(world)}
    return {
        **members,
        "campaign": campaign(world, members["sendSettings"]["selectedCampaigns"][0]),
        "newsletters": [show_senders({**each, **sent}) for each in members["newsletters"]],
    }


SPLITTESTS = Collection(
    "splittests", "/splittests/{splittestId}", created="", updated="", render=_shown
)


def list_splittests(world: World, request: Request) -> Answer:
    """`GET /splittests`: the active ones unless asked."""
    query = {"query[status]": "active", **request.query}
    return SPLITTESTS.list_all(world, replace(request, query=query))


def _newsletter(world: World, subject: str, status: str, sent: float) -> Body:
    newsletter_id = world.ids.next()
    return {
        "newsletterId": newsletter_id,
        "href": f"{HREF}/newsletters/{newsletter_id}",
        "name": subject,
        "subject": subject,
        "status": status,
        "sendOn": iso(sent),
        "samplingTargets": "50",
        "samplingDelivered": "50",
        "scoreOpens": "20" if status == "chosen" else "12",
        "scoreClicks": "6" if status == "chosen" else "3",
    }


def _test(world: World, name: str, status: str, made: float) -> dict[str, Any]:
    campaign_id = next(iter(world.campaigns))
    subjects = {"Spring is here": "chosen", "New in spring": "rejected"}
    return {
        "name": name,
        "status": status,
        "winningCriteria": "open",
        "winningTarget": "400",
        "stage": "finished" if status == "active" else "canceled_winning",
        "type": "subject",
        "samplingPercentage": "20",
        "samplingTime": "86400",
        "chooseWinning": "automatic",
        "winningScoreOpens": "20",
        "winningScoreClicks": "6",
        "winningDelivered": "400",
        "winningScheduleOn": iso(made + DAY),
        "nextStepOn": None,
        "evaluationSkippedOn": None,
        "canceledOn": None if status == "active" else iso(made + DAY),
        "createdOn": iso(made),
        "newsletters": [_newsletter(world, each, subjects[each], made) for each in subjects],
        "sendSettings": {
            "selectedCampaigns": [campaign_id],
            **{selection: [] for selection in _SELECTIONS},
        },
    }


def seed(world: World, now: float) -> None:
    """Give a new account a test that came to its end and one that was cancelled."""
    SPLITTESTS.add(world, _test(world, "Spring", "active", now - 400 * DAY), now)
    SPLITTESTS.add(world, _test(world, "Spring, first try", "inactive", now - 410 * DAY), now)


SEED = seed
BEHAVIOURS: Behaviours = {
    **SPLITTESTS.behaviours(get="getSplittest"),
    "getSplittestList": list_splittests,
}

"""Suppression lists (tag Suppressions)."""

from __future__ import annotations

from typing import Any

from prefect_getresponse.sandbox.contract.dates import iso
from prefect_getresponse.sandbox.contract.errors import conflict, not_found
from prefect_getresponse.sandbox.contract.messages import Answer, json_answer
from prefect_getresponse.sandbox.resources.listing import Attributes, paged, select
from prefect_getresponse.sandbox.resources.request import HREF, Behaviours, Request
from prefect_getresponse.sandbox.world.world import Suppression, World

_ATTRIBUTES: Attributes[Suppression] = {
    "name": lambda suppression: suppression.name,
    "createdOn": lambda suppression: suppression.created,
}


def _row(suppression: Suppression) -> dict[str, Any]:
    return {
        "suppressionId": suppression.suppression_id,
        "name": suppression.name,
        "createdOn": iso(suppression.created),
        "href": f"{HREF}/suppressions/{suppression.suppression_id}",
    }


def _details(suppression: Suppression) -> dict[str, Any]:
    return {**_row(suppression), "masks": list(suppression.masks)}


def _existing(world: World, request: Request) -> Suppression:
    suppression_id = request.path["suppressionId"]
    if suppression_id not in world.suppressions:
        raise not_found(suppressionId=suppression_id)
    return world.suppressions[suppression_id]


def list_suppressions(world: World, request: Request) -> Answer:
    """`GET /suppressions`: rows without masks."""
    selected = select(world.suppressions.values(), request.query, _ATTRIBUTES)
    return paged(selected, request.query, _row, "suppressionId")


def get_suppression(world: World, request: Request) -> Answer:
    """`GET /suppressions/{suppressionId}`."""
    return json_answer(200, _details(_existing(world, request)))


def create_suppression(world: World, request: Request) -> Answer:
    """`POST /suppressions`."""
    _refuse_taken_name(world, request, None)
    suppression = Suppression(world.ids.next(), request.body["name"], request.now)
    suppression.masks.replace(request.body.get("masks", []))
    world.suppressions[suppression.suppression_id] = suppression
    return json_answer(201, _details(suppression))


def update_suppression(world: World, request: Request) -> Answer:
    """`POST /suppressions/{suppressionId}`: replaces name and masks."""
    suppression = _existing(world, request)
    _refuse_taken_name(world, request, suppression)
    suppression.name = request.body["name"]
    suppression.masks.replace(request.body["masks"])
    return json_answer(200, _details(suppression))


def _refuse_taken_name(world: World, request: Request, but: Suppression | None) -> None:
    name = request.body["name"]
    if any(each.name == name for each in world.suppressions.values() if each is not but):
        raise conflict()


def delete_suppression(world: World, request: Request) -> Answer:
    """`DELETE /suppressions/{suppressionId}`."""
    del world.suppressions[_existing(world, request).suppression_id]
    return Answer(204)


BEHAVIOURS: Behaviours = {
    "getSuppressionsList": list_suppressions,
    "createSuppression": create_suppression,
    "getSuppressionById": get_suppression,
    "updateSuppression": update_suppression,
    "deleteSuppression": delete_suppression,
}

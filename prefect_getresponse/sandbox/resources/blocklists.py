"""Lists of masks: blocklists of the account and of lists."""

from __future__ import annotations

from prefect_getresponse.sandbox.contract.errors import FieldError, invalid
from prefect_getresponse.sandbox.contract.messages import Answer, json_answer
from prefect_getresponse.sandbox.resources.request import Request
from prefect_getresponse.sandbox.world.world import Masks


def read_masks(masks: Masks, request: Request) -> Answer:
    """Answer with the masks that contain `query[mask]`."""
    wanted = request.query.get("query[mask]", "").casefold()
    return json_answer(200, {"masks": [mask for mask in masks if wanted in mask.casefold()]})


def change_masks(masks: Masks, request: Request) -> Answer:
    """Replace the masks, or with `additionalFlags` add or delete some.

    `noResponse` leaves the answer's body empty.
    """
    flags = set(request.query.get("additionalFlags", ()))
    if {"add", "delete"} <= flags:
        raise invalid([FieldError("additionalFlags", "query", "Not both add and delete")])
    if "add" in flags:
        masks.add(request.body["masks"])
    elif "delete" in flags:
        masks.delete(request.body["masks"])
    else:
        masks.replace(request.body["masks"])
    return Answer(200) if "noResponse" in flags else json_answer(200, {"masks": list(masks)})

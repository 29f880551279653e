"""Tags (tag Tags)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from prefect_getresponse.sandbox.contract.dates import iso
from prefect_getresponse.sandbox.contract.errors import (
    BAD_FORMAT,
    ApiError,
    FieldError,
    conflict,
    not_found,
)
from prefect_getresponse.sandbox.contract.messages import Answer, json_answer
from prefect_getresponse.sandbox.contract.validation import Body
from prefect_getresponse.sandbox.resources.listing import Attributes, paged, select, sparse
from prefect_getresponse.sandbox.resources.request import HREF, Behaviours, Checks, Request
from prefect_getresponse.sandbox.world.world import Tag, World

_SIGNS = "[A-Za-z0-9_]*"
_ATTRIBUTES: Attributes[Tag] = {
    "name": lambda tag: tag.name,
    "createdAt": lambda tag: tag.created,
}


def reference(tag: Tag) -> dict[str, Any]:
    """Return a tag as contacts show it."""
    return {
        "tagId": tag.tag_id,
        "name": tag.name,
        "href": f"{HREF}/tags/{tag.tag_id}",
        "color": "",
    }


def _row(tag: Tag) -> dict[str, Any]:
    return {**reference(tag), "createdAt": iso(tag.created)}


def _details(tag: Tag) -> dict[str, Any]:
    details = _row(tag)
    del details["href"]
    return details


def _existing(world: World, request: Request) -> Tag:
    tag_id = request.path["tagId"]
    if tag_id not in world.tags:
        raise not_found(tagId=tag_id)
    return world.tags[tag_id]


def list_tags(world: World, request: Request) -> Answer:
    """`GET /tags`."""
    selected = select(world.tags.values(), request.query, _ATTRIBUTES)
    return paged(selected, request.query, _row, "tagId")


def get_tag(world: World, request: Request) -> Answer:
    """`GET /tags/{tagId}`."""
    return json_answer(200, sparse(_details(_existing(world, request)), request.query, "tagId"))


def create_tag(world: World, request: Request) -> Answer:
    """`POST /tags`: a name that exists is refused (not stated by the API, see the docs)."""
    name = request.body["name"]
    if any(tag.name == name for tag in world.tags.values()):
        raise conflict()
    tag = Tag(world.ids.next(), name, request.now)
    world.tags[tag.tag_id] = tag
    return json_answer(201, _details(tag))


def update_tag(world: World, request: Request) -> Answer:
    """`POST /tags/{tagId}`: deprecated, changes nothing and returns the tag as it is."""
    return json_answer(200, _details(_existing(world, request)))


def check_name(_world: World, body: Body) -> Iterator[FieldError]:
    """Check the signs of a tag's name, which have an answer of their own.

    Raises:
        ApiError: 400 with code 1003.
    """
    name = body.get("name")
    if isinstance(name, str) and re.fullmatch(_SIGNS, name) is None:
        message = "Tag name is invalid. Please see context for valid regex."
        raise ApiError(400, BAD_FORMAT, message, {"regex": f"/^{_SIGNS}$/"})
    yield from ()


def delete_tag(world: World, request: Request) -> Answer:
    """`DELETE /tags/{tagId}`: the tag also disappears from the contacts."""
    del world.tags[_existing(world, request).tag_id]
    return Answer(204)


BEHAVIOURS: Behaviours = {
    "getTagsList": list_tags,
    "createTag": create_tag,
    "getTagById": get_tag,
    "updateTag": update_tag,
    "deleteTag": delete_tag,
}
CHECKS: Checks = {"createTag": check_name}

"""Senders of messages (tag From Fields); a new one is inactive until `/_sandbox/confirm-sender`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

from prefect_getresponse.sandbox.contract.errors import (
    IN_USE,
    ApiError,
    FieldError,
    forbidden_state,
    invalid,
)
from prefect_getresponse.sandbox.contract.messages import Answer
from prefect_getresponse.sandbox.contract.validation import Body
from prefect_getresponse.sandbox.resources.collection import Collection
from prefect_getresponse.sandbox.resources.request import Behaviours, Request
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World

_ID = "fromFieldId"
_MESSAGES = ("newsletters", "autoresponders", "rss_newsletters", "ab_tests")


def _begin_inactive(_world: World, _request: Request, record: Record) -> None:
    record.members |= {"isActive": "false", "isDefault": "false", "domain": _domain(None)}


def _domain(status: str | None) -> dict[str, Any]:
    """What mail servers think of an address's domain: nothing bad."""
    return {"status": status, "DKIMWarning": None, "hasDMARCWarning": "false"}


def _replace(world: World, request: Request, record: Record) -> None:
    """Let another sender take the place of one that goes, or refuse if it is in use."""
    used = [each for whole in _holders(world) for each in _references(whole, record.record_id)]
    heir_id = request.query.get("fromFieldIdToReplaceWith")
    if heir_id is None:
        if used or record.members["isDefault"] == "true":
            raise ApiError(400, IN_USE, "The 'From' address is in use")
        return
    heir = world.records.find(FROM_FIELDS.name, heir_id, {})
    if heir is None or heir is record:
        problem = f"There is no such resource: {heir_id}"
        raise invalid([FieldError("fromFieldIdToReplaceWith", "reference", problem)])
    for reference in used:
        reference[_ID] = heir_id
    if record.members["isDefault"] == "true":
        _make_default(world, heir)


def _holders(world: World) -> Iterator[Any]:
    """Return the JSON in which senders are named."""
    for campaign in world.campaigns.values():
        yield campaign.settings
    for collection in _MESSAGES:
        for record in world.records.of(collection).values():
            yield record.members


def _references(value: Any, from_field_id: str) -> Iterator[Body]:
    """Return the objects inside `value` that name a sender."""
    if isinstance(value, dict):
        members = cast("Body", value)
        if members.get(_ID) == from_field_id:
            yield members
        for each in members.values():
            yield from _references(each, from_field_id)
    elif isinstance(value, list):
        for each in cast("Sequence[Any]", value):
            yield from _references(each, from_field_id)


FROM_FIELDS = Collection(
    "from_fields",
    "/from-fields/{fromFieldId}",
    updated="",
    defaults={"rewrittenEmail": None},
    unique=("email",),
    on_create=_begin_inactive,
    on_delete=_replace,
)


def set_default(world: World, request: Request) -> Answer:
    """`POST /from-fields/{fromFieldId}/default`: only a confirmed sender."""
    record = FROM_FIELDS.existing(world, request)
    if record.members["isActive"] != "true":
        raise forbidden_state("The 'From' address is not active")
    _make_default(world, record)
    return Answer(200)


def _make_default(world: World, chosen: Record) -> None:
    for record in world.records.of(FROM_FIELDS.name).values():
        record.members["isDefault"] = "true" if record is chosen else "false"


def default_sender(world: World) -> dict[str, Any]:
    """Return the reference to the account's default sender."""
    senders = world.records.of(FROM_FIELDS.name).values()
    return {_ID: next(each.record_id for each in senders if each.members["isDefault"] == "true")}


def confirm(world: World, email: str) -> Record | None:
    """Do what the link in the mail to a new sender does.

    Args:
        world: The account.
        email: The sender's address.

    Returns:
        The sender, None if there is none.
    """
    for record in world.records.of(FROM_FIELDS.name).values():
        if record.members["email"] == email:
            record.members["isActive"] = "true"
            return record
    return None


def seed(world: World, now: float) -> None:
    """Give a new account its owner as the only sender, active and default."""
    members = {
        "email": world.account["email"],
        "rewrittenEmail": None,
        "name": "Sandbox Owner",
        "isActive": "true",
        "isDefault": "true",
        "domain": _domain("confirmed"),
    }
    FROM_FIELDS.add(world, members, now)


SEED = seed
BEHAVIOURS: Behaviours = {
    **FROM_FIELDS.behaviours(
        listing="getFromFieldList",
        get="getFromFieldById",
        create="createFromField",
        delete="deleteFromField",
    ),
    "setFromFieldAsDefault": set_default,
}

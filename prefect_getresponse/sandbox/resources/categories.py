"""Categories of shops (tag Categories)."""

from __future__ import annotations

from collections.abc import Mapping

from prefect_getresponse.sandbox.contract.errors import FieldError, invalid
from prefect_getresponse.sandbox.contract.messages import Answer
from prefect_getresponse.sandbox.contract.validation import Body
from prefect_getresponse.sandbox.resources.collection import Collection, member
from prefect_getresponse.sandbox.resources.request import Behaviours, Request
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World


def _refuse_circle(world: World, _request: Request, category: Record) -> None:
    """Refuse a category above that lies below the category itself."""
    known = world.records.of(CATEGORIES.name)
    above: str = category.members.get("parentId", "")
    while above in known:
        if above == category.record_id:
            raise invalid([FieldError("parentId", "circle", "A category cannot be below itself")])
        above = known[above].members.get("parentId", "")


def _free_those_below(world: World, _request: Request, category: Record) -> None:
    for other in world.records.of(CATEGORIES.name).values():
        if other.members.get("parentId") == category.record_id:
            del other.members["parentId"]


CATEGORIES = Collection(
    "categories",
    "/shops/{shopId}/categories/{categoryId}",
    parents=("shops",),
    defaults={"isDefault": False, "externalId": ""},
    attributes={"createdAt": member("createdOn")},
    on_update=_refuse_circle,
    on_delete=_free_those_below,
)


def find_or_add(world: World, body: Body, now: float, above: Mapping[str, str]) -> Record:
    """Return the category that a body describes; it is made if there is none.

    Args:
        world: The account.
        body: The category as it was sent. Its external identifier tells it from others, without
            one the name and the category above.
        now: Unix seconds.
        above: Values of the path, the shop among them.
    """
    names = ("externalId",) if body.get("externalId") else ("name", "parentId")
    for category in world.records.within(CATEGORIES.name, above):
        if all(category.members.get(name) == body.get(name) for name in names):
            return category
    return CATEGORIES.add(world, body, now, above)


def create_category(world: World, request: Request) -> Answer:
    """`POST /shops/{shopId}/categories`: a second time answers with the category that is there."""
    CATEGORIES.check_parents(world, request.path)
    category = find_or_add(world, request.body, request.now, request.path)
    return CATEGORIES.answer(world, request, category)


BEHAVIOURS: Behaviours = {
    **CATEGORIES.behaviours(
        listing="getCategories",
        get="getCategory",
        update="updateCategory",
        delete="deleteCategory",
    ),
    "createCategory": create_category,
}

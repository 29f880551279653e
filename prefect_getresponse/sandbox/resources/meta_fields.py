"""Meta fields of shops (tag Meta Fields)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prefect_getresponse.sandbox.contract.validation import Body
from prefect_getresponse.sandbox.resources.collection import Collection
from prefect_getresponse.sandbox.world.world import World

META_FIELDS = Collection(
    "meta_fields",
    "/shops/{shopId}/meta-fields/{metaFieldId}",
    parents=("shops",),
    defaults={"description": ""},
)


def new_meta_field_ids(
    world: World, bodies: Iterable[Body], now: float, above: Mapping[str, str]
) -> list[str]:
    """Make the meta fields sent along with something, and return their identifiers.

    Args:
        world: The account.
        bodies: The meta fields as they were sent.
        now: Unix seconds.
        above: Values of the path, the shop among them.
    """
    return [META_FIELDS.add(world, body, now, above).record_id for body in bodies]


BEHAVIOURS = META_FIELDS.behaviours(
    listing="getMetaFields",
    get="getMetaField",
    create="createMetaField",
    update="updateMetaField",
    delete="deleteMetaField",
)

"""Taxes of shops (tag Taxes)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prefect_getresponse.sandbox.contract.validation import Body
from prefect_getresponse.sandbox.resources.collection import Collection
from prefect_getresponse.sandbox.world.world import World

TAXES = Collection("taxes", "/shops/{shopId}/taxes/{taxId}", parents=("shops",))


def tax_ids(
    world: World, bodies: Iterable[Body], now: float, above: Mapping[str, str]
) -> list[str]:
    """Return identifiers of taxes sent along with something; those missing are made.

    Args:
        world: The account.
        bodies: Names and rates; the tax of a shop with that name and rate is taken if there is one.
        now: Unix seconds.
        above: Values of the path, the shop among them.
    """
    return [_tax_id(world, body, now, above) for body in bodies]


def _tax_id(world: World, body: Body, now: float, above: Mapping[str, str]) -> str:
    for tax in world.records.within(TAXES.name, above):
        if (tax.members["name"], tax.members["rate"]) == (body["name"], body["rate"]):
            return tax.record_id
    return TAXES.add(world, body, now, above).record_id


BEHAVIOURS = TAXES.behaviours(
    listing="getTaxList",
    get="getTaxById",
    create="createTax",
    update="updateTax",
    delete="deleteTax",
)

"""GDPR fields (tag GDPR Fields); a new account has two."""

from __future__ import annotations

from prefect_getresponse.sandbox.contract.dates import iso
from prefect_getresponse.sandbox.resources.collection import Collection
from prefect_getresponse.sandbox.world.world import World

GDPR_FIELDS = Collection(
    "gdpr_fields",
    "/gdpr-fields/{gdprFieldId}",
    updated="",
    details_only=frozenset({"latestVersion"}),
)


def _seed(world: World, now: float) -> None:
    for name, content in (
        ("Newsletter", "I want to receive the newsletter."),
        ("Profiling", "My data may be used to show me offers that suit me."),
    ):
        version = {
            "gdprFieldVersionId": world.ids.next(),
            "content": content,
            "createdOn": iso(now),
        }
        GDPR_FIELDS.add(world, {"name": name, "latestVersion": version}, now)


BEHAVIOURS = GDPR_FIELDS.behaviours(listing="getGDPRFieldList", get="getGDPRField")
SEED = _seed

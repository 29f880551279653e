"""What a flow makes, as Prefect's assets: named by ids, with counts, and with what they come from.

On an open-source server assets are events, which automations can wait for; Prefect Cloud shows them
in a catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from prefect.assets import Asset, AssetProperties, materialize
from prefect.cache_policies import NO_CACHE

LONGEST = 512
"""Characters of a key that Prefect takes."""
_FORBIDDEN = re.compile(r"[^\w./:-]+")


@dataclass(frozen=True)
class Made:
    """Something that a flow made.

    Attributes:
        key: Where it is, as one word.
        name: Its name, for people.
        metadata: Counts and the like.
    """

    key: str
    name: str
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])


def getresponse_key(account_id: str, *parts: str) -> str:
    """Key of something in GetResponse, by ids: `getresponse://ACCOUNT/lists/LIST/contacts`."""
    return asset_key("/".join(["getresponse:/", account_id, *parts]))


def source_key(location: str) -> str:
    """Key of what was read: a file of this machine has no scheme of its own."""
    return asset_key(location if "://" in location else f"file://{location}")[:LONGEST]


def asset_key(place: str) -> str:
    """A key that Prefect takes: it allows neither spaces nor most signs, nor empty parts."""
    scheme, _, rest = place.partition("://")
    path = "/".join(part for part in _FORBIDDEN.sub("-", rest).split("/") if part)
    return f"{scheme}://{path}"


def record_assets(made: Iterable[Made], sources: Iterable[str]) -> None:
    """Tell Prefect what was made, and what of; one task run for all.

    Args:
        made: What was made.
        sources: Keys of what it was made of.
    """
    listed = list(made)
    if not listed:
        return
    assets = {
        each.key: Asset(key=each.key, properties=AssetProperties(name=each.name)) for each in listed
    }

    @materialize(
        *assets.values(),
        asset_deps=[*sources],
        name="assets",
        task_run_name="assets",
        cache_policy=NO_CACHE,
    )
    def record() -> None:
        for each in listed:
            assets[each.key].add_metadata(dict(each.metadata))

    record()

"""The ledgers of an account's other lists: had one of them the name of a list that is new here?"""

from __future__ import annotations

from pathlib import Path

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.contact_import.account import Campaign
from prefect_getresponse.contact_import.ledger import Ledger


class ListReplaced(GetResponseError):
    """Another list had this name when it was imported into last; nothing was sent."""


def check_list_is_known(path: Path, wanted: str, campaign: Campaign) -> None:
    """Make sure that a list's name still means the list that was imported into before.

    A list that was renamed, and another one made under its old name, knows nobody who unsubscribed
    from the first one. By its id, the new one can always be chosen.

    Args:
        path: Path of the list's ledger.
        wanted: The list as it was asked for, by name or id.
        campaign: The list that was found.

    Raises:
        ListReplaced: It is new here, and the ledger of another list bears its name.
    """
    if path.exists() or wanted == campaign.campaign_id:
        return
    prefix = path.name.removesuffix(f"{campaign.campaign_id}{path.suffix}")
    for other in sorted(path.parent.glob(f"{prefix}*{path.suffix}")):
        with Ledger(other, is_glance=True) as ledger:
            known_as = ledger.identity.list_name()
        if known_as.strip().casefold() == campaign.name.strip().casefold():
            old_id = other.name.removeprefix(prefix).removesuffix(path.suffix)
            raise ListReplaced(
                f"the list {campaign.name!r} is not the one that was imported into before:"
                f" that one had the id {old_id}, this one has {campaign.campaign_id}",
                advice="Name the list you mean by its id instead of its name.",
            )

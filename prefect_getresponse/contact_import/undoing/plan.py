"""Whom undoing the last import of a list concerns.

The ledger knows who came by the import, and as which contact.  The plan's hash names these contacts
and no others, so that the same approval holds until all of them are dealt with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.contact_import.account import Account, Campaign, moment
from prefect_getresponse.contact_import.evidence import MACHINES_APART
from prefect_getresponse.contact_import.ledger import Arrival, Ledger, Phase
from prefect_getresponse.contact_import.ledger.ledger import ledger_path
from prefect_getresponse.contact_import.planning.decision import steps_to
from prefect_getresponse.contact_import.rows.contacts import custom_values, unpack
from prefect_getresponse.contact_import.sending.remove import is_still

_HASH_BYTES = 6


@dataclass(frozen=True)
class UndoPlan:
    """What undoing an import means.

    Attributes:
        run_id: The import.
        source: Short name of its source.
        campaign: The list.
        ledger: Path of its ledger.
        ended: When it ended, in seconds since the epoch.
        arrivals: Who was added by it.
    """

    run_id: str
    source: str
    campaign: Campaign
    ledger: Path
    ended: float
    arrivals: tuple[Arrival, ...]

    @property
    def hash(self) -> str:
        """What is approved."""
        ids = sorted(each.contact_id for each in self.arrivals)
        text = "\n".join([self.campaign.campaign_id, self.run_id, *ids])
        return hashlib.blake2b(text.encode(), digest_size=_HASH_BYTES).hexdigest()

    def markdown(self) -> str:
        """Return it for people."""
        people = len(self.arrivals)
        return (
            f"# Undo the import {self.run_id}\n\n| | |\n|---|---|\n"
            f"| list | {self.campaign.name} |\n| source | {self.source} |\n"
            f"| added by it | {people:,} people |\n"
            f"| calls | at most {2 * people:,} |\n| hash | {self.hash} |\n\n"
            "Each of them is looked at first. Who has changed since, moved or left stays as they"
            " are; the others are removed from the list. Updates of people who were there before"
            " are not undone.\n"
        )


async def plan_undo(account: Account, list_name: str, folder: Path) -> UndoPlan:
    """Find out who was added by the last import of a list; changes nothing.

    Args:
        account: The account.
        list_name: Name of the list, or its id.
        folder: State folder of the imports.

    Raises:
        InvalidArguments: There is no such import, or it has not ended.
    """
    campaign = await account.find_campaign(list_name)
    host = urlsplit(account.client.base_url).netloc
    path = ledger_path(folder, await account.account_id(), host, campaign.campaign_id)
    if not path.exists():
        raise InvalidArguments(
            f"nothing is remembered of imports into {campaign.name!r}",
            advice="Name the state folder of the import (--state-dir).",
        )
    with Ledger(path) as ledger:
        run = ledger.last()
        if run is None:
            raise InvalidArguments(f"no import into {campaign.name!r} is remembered")
        if run.phase not in (Phase.FINISHED, Phase.INTERRUPTED):
            raise InvalidArguments(
                f"the import {run.run_id} has not ended",
                advice="Run it again until it has, then undo it.",
            )
        arrivals = tuple(run.people.arrivals())
        ended = ledger.ended(run.run_id)
        return UndoPlan(run.run_id, run.source, campaign, path, ended, arrivals)


def is_as_it_came(plan: UndoPlan, arrival: Arrival, details: Mapping[str, Any]) -> bool:
    """Whether a contact is still what the import made it.

    Args:
        plan: The plan.
        arrival: The contact as the ledger knows it.
        details: The contact as GetResponse answers it.
    """
    created = moment(str(details.get("createdOn") or ""))
    changed = moment(str(details.get("changedOn") or ""))
    if not is_still(details, plan.campaign.campaign_id, arrival.key):
        return False
    if changed is not None and changed > plan.ended + MACHINES_APART:
        return False
    if created is None or arrival.created is None:
        return False
    if abs(created - arrival.created) > MACHINES_APART:
        return False  # the contact left and came again
    contact = unpack(arrival.contact)._replace(day_of_cycle=None)  # moves by itself
    tags, fields = (_names(details, part) for part in ("tags", "customFieldValues"))
    return (
        not steps_to(contact, details)
        and (details.get("name") or "") == (contact.name or "")
        and tags == set(contact.tags)
        and fields == set(custom_values(contact))
    )


def _names(details: Mapping[str, Any], part: str) -> set[str]:
    listed: list[dict[str, Any]] = details.get(part) or []
    return {str(each["name"]) for each in listed}

"""Remove: in mode `mirror`, people leave the list who are gone from the source.

Each is looked at right before: who has moved to another list or has another address now is left
alone, as a contact's id goes with them. One who cannot be removed is left for the next run, and so
are all others after a few of them in a row; what was sent is read back in any case.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any, Literal

from prefect_getresponse.client.errors import (
    AuthenticationFailed,
    GetResponseError,
    NotFound,
)
from prefect_getresponse.contact_import.account import Account, is_on
from prefect_getresponse.contact_import.active_run import ActiveRun
from prefect_getresponse.contact_import.report_data import tally_up
from prefect_getresponse.contact_import.rows.addresses import listed_key
from prefect_getresponse.contact_import.verdicts import Verdict, reject_ratio
from prefect_getresponse.limits.side_by_side import side_by_side
from prefect_getresponse.tasks.contacts import delete_contact

Removal = Literal["removed", "gone", "kept"]
FAILURES_IN_A_ROW = 5
"""After so many people who cannot be removed the others are not tried."""
_NOT_REMOVED = "people gone from the source: not removed"
_GIVEN_UP = "removals_given_up"
"""Fact of a run that tries to remove nobody else, and why."""
_MOVED = "people gone from the source: on another list by now"


class PeopleNotRemoved(GetResponseError):
    """People who are gone from the source are still on the list; everything else was done."""

    default_advice = "The next run tries again."


def check_removed(run: ActiveRun) -> None:
    """Make sure that a run has not given up removing people.

    Args:
        run: The run, after everybody has a verdict.

    Raises:
        PeopleNotRemoved: It has.
    """
    if why := run.kept.facts.get(_GIVEN_UP):
        raise PeopleNotRemoved(f"people gone from the source cannot be removed: {why}")


async def remove_gone(run: ActiveRun) -> None:
    """Remove the people of the plan, ten at a time; doing it again does no harm.

    Args:
        run: The run.

    Raises:
        AuthenticationFailed: The key is not valid any more; the next run goes on.
    """
    waiting = run.removals.waiting()
    if not waiting:
        return
    if _rejects_too_many(run):
        run.progress.note("too many rows were rejected: nobody is removed")
        return
    run.progress.start("removing", len(waiting), "people")
    await side_by_side(waiting, _Remover(run).remove)


def _rejects_too_many(run: ActiveRun) -> bool:
    """Whether so many rows were rejected that the source may be broken."""
    verdicts, _ = tally_up(run.rows.tally(Verdict.UNKNOWN))
    ratio = reject_ratio(verdicts, run.rows.count())
    return ratio > run.job.options.max_reject_ratio


class _Remover:
    def __init__(self, run: ActiveRun) -> None:
        self._run = run
        self._removals = run.removals
        self._removed = itertools.count(1)
        self._failures = 0

    async def remove(self, person: tuple[str, str]) -> None:
        """Remove somebody, or leave them."""
        contact_id, key = person
        if self._failures >= FAILURES_IN_A_ROW:
            self._leave(contact_id, _NOT_REMOVED)
            return
        try:
            gone = await self._remove(contact_id, key)
        except AuthenticationFailed:
            raise
        except GetResponseError as error:
            self._leave(contact_id, _NOT_REMOVED)
            self._failed(str(error.args[0]))
            return
        self._failures = 0
        if gone:
            self._removals.done(contact_id)
            self._run.progress.advance(next(self._removed))
        else:
            self._leave(contact_id, _MOVED)

    def _leave(self, contact_id: str, why: str) -> None:
        self._removals.leave(contact_id)
        self._run.kept.count_warning(why)

    def _failed(self, why: str) -> None:
        self._run.progress.note(f"one person could not be removed: {why}")
        self._failures += 1
        if self._failures == FAILURES_IN_A_ROW:
            self._run.progress.note("the others are left for the next run")
            self._run.kept.add_facts({_GIVEN_UP: why})

    async def _remove(self, contact_id: str, key: str) -> bool:
        """Remove somebody; False if the contact is not what the plan was about any more."""
        removal = await remove_contact(
            self._run.account,
            contact_id,
            lambda found: is_still(found, self._run.campaign_id, key),
        )
        return removal != "kept"


async def remove_contact(
    account: Account, contact_id: str, is_meant: Callable[[Mapping[str, Any]], bool]
) -> Removal:
    """Look at a contact, and remove it if it is the one that is meant.

    Args:
        account: The account.
        contact_id: Id of the contact.
        is_meant: Whether it is, by its details.
    """
    try:
        details = await account.contact(contact_id)
    except NotFound:
        return "gone"
    if not is_meant(details):
        return "kept"
    # Right before, the person was there: what says otherwise now has removed nobody else.
    await account.call(delete_contact, contact_id=contact_id)
    return "removed"


def is_still(details: Mapping[str, Any], campaign_id: str, key: str) -> bool:
    """Whether a contact is on a list, with an address.

    Args:
        details: The contact as GetResponse answers it.
        campaign_id: The list.
        key: Key of the address.
    """
    return is_on(campaign_id, details) and listed_key(str(details.get("email"))) == key

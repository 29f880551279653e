"""Rules of a release, each taken out: the simulation must notice that it is gone.

`python -m tests.newsletters.mutants` looks for the first seed that notices each of them.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from unittest import mock

from prefect_getresponse.newsletters import content_state, creation, drafts, engine
from prefect_getresponse.newsletters.content_state import Fingerprint, goes_as_approved
from prefect_getresponse.newsletters.creation import Creation
from prefect_getresponse.tasks.newsletters import get_newsletter
from tests.newsletters.simulation import Simulation

MOST = 400
"""Seeds that are tried."""
Mutant = Callable[[], AbstractContextManager[Any]]


def _without(*parts: str) -> Mutant:
    """Compare newsletters without some of their parts."""

    def blind(each: Fingerprint) -> tuple[Any, ...]:
        values = dataclasses.asdict(each)
        return tuple(values[name] for name in sorted(values.keys() - {*parts, "attachments"}))

    return lambda: mock.patch.object(content_state, "_without_files", blind)


def _going(blind: Callable[[dict[str, Any], datetime | None], tuple[Any, Any]]) -> Mutant:
    """Compare how newsletters go out without some of it."""

    def going(newsletter: dict[str, Any], wanted: Creation, at: datetime | None) -> str:
        seen, when = blind(newsletter, at)
        return goes_as_approved(seen, wanted, when)

    return lambda: mock.patch.object(engine, "goes_as_approved", going)


async def _nothing(*_given: object, **_named: object) -> str:
    return ""


async def _ours_alone(_release: Any) -> list[Any]:
    return []


def _same_hash(text: Any, *_others: object) -> str:
    return f"{len(text.release.key):012x}"


def _approves_all() -> Any:
    release = engine.Releasing.release

    async def any_plan(self: Any, client: Any, plan: Any, _approval: Any) -> Any:
        return await release(self, client, plan, engine.Approval(plan.hash))

    return mock.patch.object(engine.Releasing, "release", any_plan)


MUTANTS: dict[str, Mutant] = {
    "the subject is not compared": _without("subject"),
    "the HTML is not compared": _without("html"),
    "the plain text is not compared": _without("plain"),
    "the sender is not compared": _without("sender", "reply_to"),
    "the time is not compared": _going(lambda newsletter, _at: (newsletter, None)),
    "the audience is not compared": lambda: mock.patch.object(
        content_state, "audience_of", return_value={}
    ),
    "nothing is compared": lambda: mock.patch.object(drafts.Drafts, "is_ours", return_value=True),
    "what was scheduled is not read again": lambda: mock.patch.object(
        vars(engine)["_Release"], "_difference", _nothing
    ),
    "what differs is not cancelled": lambda: mock.patch.object(
        engine, "cancel_newsletter", get_newsletter
    ),
    "the hash does not know the text": lambda: mock.patch.object(creation, "_hash", _same_hash),
    "any approval will do": _approves_all,
    "other newsletters of the key are not looked for": lambda: mock.patch.object(
        vars(engine)["_Release"], "_all", _ours_alone
    ),
}


NOTICED_BY = {
    "the subject is not compared": 62,
    "the HTML is not compared": 71,
    "the plain text is not compared": 136,
    "the sender is not compared": 116,
    "the time is not compared": 13,
    "the audience is not compared": 47,
    "nothing is compared": 0,
    "what was scheduled is not read again": 0,
    "what differs is not cancelled": 0,
    "the hash does not know the text": 22,
    "any approval will do": 2,
    "other newsletters of the key are not looked for": 0,
}
"""The first seed that notices it."""


def notices(mutant: Mutant, seed: int) -> list[str]:
    """Return what a seed notices when a rule is gone."""
    with mutant():
        return Simulation(seed).run().failures


def first_to_notice(mutant: Mutant) -> int | None:
    """Return the first seed that notices that a rule is gone."""
    return next((seed for seed in range(MOST) if notices(mutant, seed)), None)


if __name__ == "__main__":
    for name in sys.argv[1:] or MUTANTS:
        sys.stdout.write(f"{name}: {first_to_notice(MUTANTS[name])}\n")
        sys.stdout.flush()

"""The part of the plan about imports: which rows go by import, within the day's allowance."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.contact_import.account import moment
from prefect_getresponse.contact_import.active_run import ActiveRun
from prefect_getresponse.contact_import.ledger import (
    Action,
    ChunkState,
    Decision,
    RowToSend,
)
from prefect_getresponse.contact_import.planning.routing import (
    route_of_known_people,
    route_of_new_people,
)
from prefect_getresponse.contact_import.routes import imports
from prefect_getresponse.contact_import.rows.addresses import has_two_spellings
from prefect_getresponse.contact_import.rows.contacts import unpack
from prefect_getresponse.limits.budgets import DAY
from prefect_getresponse.runtime.event_loops import apart

ROWS_AT_ONCE = 5_000
_KNOWN_PEOPLE = (Action.UPDATE, Action.COMPARE)


class ImportsUsedUp(GetResponseError):
    """The account may not make as many imports today as were asked for."""

    default_advice = "Use --route auto, or wait until the account's first import is a day old."


@dataclass(frozen=True)
class _Group:
    """Rows that may share imports.

    Attributes:
        action: Their action.
        steps: What they fill, as text; None for new people.
    """

    action: Action
    steps: str | None


def left_of_day(listed: Iterable[Mapping[str, Any]], now: float, most: int) -> int:
    """Imports that the account may still make now.

    Args:
        listed: Its imports, those of the last day at least.
        now: Seconds since the epoch.
        most: Imports of a day.
    """
    times = (moment(each.get("createdOn")) for each in listed)
    made = sum(created is None or created >= now - DAY for created in times)
    return max(0, most - made)


async def plan_imports(run: ActiveRun) -> int | None:
    """Cut rows into imports where those are the quicker route, or were asked for.

    Args:
        run: The run.

    Returns:
        Imports that the account may still make today; None if none is wanted.

    Raises:
        ImportsUsedUp: They were asked for, and are more than that.
    """
    planning = await apart(partial(_Planning, run))
    groups = await apart(planning.groups)
    if not groups:
        return None
    made = await run.account.imports(run.job.started - DAY)
    a_day = run.job.tuning.imports_a_day
    left = rest = left_of_day(made, run.job.started, a_day)
    for group in groups:
        rest -= await apart(partial(planning.cut, group, rest))
    if run.job.options.route == "import" and planning.left_over:
        raise ImportsUsedUp(
            f"{left} of {a_day} imports of today are left,"
            f" and {planning.left_over:,} rows do not fit into them"
        )
    return left


class _Planning:
    def __init__(self, run: ActiveRun) -> None:
        self._run = run
        self._job = run.job
        self._actions = run.plan.count_actions()
        self._possible = run.job.import_obstacle is None
        self.left_over = 0

    def groups(self) -> list[_Group]:
        """Rows that are to go by import: new people first, then people of the list."""
        choice = self._job.options.route
        groups: list[_Group] = []
        confirmed = self._job.campaign is None or not self._job.campaign.double_optin
        new = self._actions[Action.ADD]
        if (
            new
            and route_of_new_people(
                choice, new, self._job.tuning, imports=self._possible and confirmed
            )
            == "import"
        ):
            groups.append(_Group(Action.ADD, None))
        known = sum(self._actions[action] for action in _KNOWN_PEOPLE)
        if (
            known
            and route_of_known_people(choice, known, self._job.tuning, imports=self._possible)
            == "import"
        ):
            fewest = 1 if choice == "import" else self._job.tuning.updates_up_to + 1
            shapes = Counter(_shape(row) for row in self._rows(_KNOWN_PEOPLE))
            groups += [
                _Group(Action.MERGE, steps)
                for steps, rows in shapes.most_common()
                if steps is not None and rows >= fewest
            ]
            self._mark({group.steps for group in groups} - {None})
        return groups

    def cut(self, group: _Group, most: int) -> int:
        """Cut the rows of a group into at most so many imports; the rest goes another way.

        Returns:
            Number of imports.
        """
        read = partial(self._run.plan.contacts, group.action, group.steps)
        every = imports.cut(read, self._job.field_ids, self._job.tuning.import_bytes)
        parts = list(islice(every, most + 1))
        fitting = parts[:most]
        with self._run.transaction():
            self._run.imports.cut(group.action, group.steps, fitting, ChunkState.PLANNED)
            if len(parts) > most:
                self.left_over += self._run.plan.left_over(group.action, group.steps)
                if group.action is Action.MERGE:
                    self._run.plan.compare_left_over(group.steps)
        return len(fitting)

    def _mark(self, shapes: set[str | None]) -> None:
        for action in _KNOWN_PEOPLE:
            last = 0
            while rows := self._run.plan.with_action(action, last, ROWS_AT_ONCE):
                marked = ((row, _shape(row)) for row in rows)
                with self._run.transaction():
                    self._run.plan.decide(
                        [
                            Decision(row.row, Action.MERGE, contact_id=row.contact_id, steps=steps)
                            for row, steps in marked
                            if steps in shapes
                        ],
                    )
                last = rows[-1].row

    def _rows(self, actions: tuple[Action, ...]) -> Iterator[RowToSend]:
        for action in actions:
            last = 0
            while rows := self._run.plan.with_action(action, last, ROWS_AT_ONCE):
                yield from rows
                last = rows[-1].row


def _shape(row: RowToSend) -> str | None:
    """What a row fills, as text; None if no import may change its contact.

    An import finds people by their addresses: it might add somebody once more whose domain
    GetResponse spells in its own letters.  Calls that change one contact go by its id.
    """
    contact = unpack(row.contact)
    return None if has_two_spellings(contact.email) else json.dumps(imports.shape(contact))

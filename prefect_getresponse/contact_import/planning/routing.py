"""Which route for which rows, and what it will cost.

For up to 200 new people, one call each is as quick, and answers for every row.  Batches bring
80,000 in the first minute and a half, and then 80,000 every ten minutes.  Above that an import is
quicker, and for changing more than 2,000 people: it needs neither their ids nor what they hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from prefect_getresponse.contact_import.options import RouteChoice
from prefect_getresponse.contact_import.tuning import AS_ALLOWED, Tuning
from prefect_getresponse.limits.budgets import ENDPOINT_BUDGETS, FRAME_SECONDS, Window

IMPORT_SECONDS = 180.0
"""What an import is assumed to take GetResponse, which does not say."""
_ACCOUNT = (Window(80, 1.0), Window(30_000, FRAME_SECONDS))
_BATCH = ENDPOINT_BUDGETS["contacts/batch"]


def route_of_new_people(
    choice: RouteChoice, people: int, tuning: Tuning = AS_ALLOWED, *, imports: bool
) -> str:
    """Route for new people.

    Args:
        choice: What was asked for.
        people: How many there are.
        tuning: Thresholds to go by.
        imports: Whether the automatic choice may import them: it changes no consent procedure.
    """
    if choice != "auto":
        return choice
    if people <= tuning.contacts_up_to:
        return "contacts"
    return "import" if imports and people > tuning.batches_up_to else "batch"


def route_of_known_people(
    choice: RouteChoice, people: int, tuning: Tuning = AS_ALLOWED, *, imports: bool
) -> str:
    """Route for people of the list who may differ from the source.

    Args:
        choice: What was asked for.
        people: How many there are.
        tuning: Thresholds to go by.
        imports: Whether an import can carry them.
    """
    if choice == "import":
        return "import"
    large = choice == "auto" and people > tuning.updates_up_to
    return "import" if large and imports else "update"


@dataclass(frozen=True)
class Estimate:
    """What sending will cost.

    Attributes:
        route: Route for new people.
        add: People to be added.
        update: People to be changed.
        remove: People to be removed.
        calls: Calls to be sent.
        seconds: Least time that the API's limits allow for them, three minutes an import assumed.
        imports: How many of the calls are imports.
        imports_left: Imports that the account may still make today; None if it was not asked.
    """

    route: str
    add: int
    update: int
    remove: int
    calls: int
    seconds: float
    imports: int = 0
    imports_left: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """As JSON-like data."""
        return asdict(self)

    def sentence(self) -> str:
        """It in words."""
        if not self.calls:
            return "nothing to send"
        work = [f"{self.add:,} to add (route {self.route})", f"{self.update:,} to update"]
        if self.remove:
            work.append(f"{self.remove:,} to remove")
        cost = f"{self.calls:,} calls, which the account's limits allow in "
        cost += f"{self.seconds:,.0f} s" if self.seconds >= 1 else "a second"
        if self.imports:
            cost += f" (3 minutes assumed for each of {self.imports} imports,"
            cost += f" of {self.imports_left} left today)"
        return f"{', '.join(work)}; {cost}"


def calls_and_seconds(calls: Mapping[str, int]) -> tuple[int, float]:
    """Calls in all, and the least time for them, latency left out.

    Args:
        calls: Calls by route.
    """
    total = sum(calls.values())
    seconds = max(
        _seconds(total, _ACCOUNT),
        _seconds(calls.get("batch", 0), _BATCH),
        IMPORT_SECONDS * calls.get("import", 0),  # one after another
    )
    return total, round(seconds, 1)


def _seconds(calls: int, windows: tuple[Window, ...]) -> float:
    """Seconds until the last of some calls has begun under a limit a second and one a frame."""
    if calls == 0:
        return 0.0
    short, frame = windows
    full, rest = divmod(calls - 1, frame.calls)
    return frame.seconds * full + rest * short.seconds / short.calls

"""How large calls are, and from when on another kind of call is quicker."""

from __future__ import annotations

from dataclasses import dataclass

from prefect_getresponse.limits.budgets import ENDPOINT_BUDGETS
from prefect_getresponse.limits.throttle import SLOTS
from prefect_getresponse.tasks.imports import LARGEST_IMPORT


@dataclass(frozen=True)
class Tuning:
    """Sizes and thresholds of an import, as GetResponse allows them and as was measured.

    Attributes:
        contacts_up_to: New people who go one a call.
        batches_up_to: New people who go in batches; more of them go by import.
        updates_up_to: People of the list who are changed by calls; more of them by import.
        batch_rows: Rows of a batch.
        import_bytes: Bytes of an import.
        imports_a_day: Imports of an account in a day.
        side_by_side: Calls that are made at the same time.
        announced: Calls that a copy of the ledger tells of before they are made.
        claim_seconds: Seconds for which nobody looks again whether another worker has claimed the
            ledger. Whoever claims it waits for the settle time before a doubtful call is sent
            again, much longer.
    """

    contacts_up_to: int = 200
    batches_up_to: int = 80_000
    updates_up_to: int = 2_000
    batch_rows: int = 1_000
    import_bytes: int = LARGEST_IMPORT
    imports_a_day: int = ENDPOINT_BUDGETS["imports"][0].calls
    side_by_side: int = SLOTS
    announced: int = 100
    claim_seconds: float = 5.0


AS_ALLOWED = Tuning()

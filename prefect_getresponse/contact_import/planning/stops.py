"""Plans that must not be carried out: the import stops before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.contact_import.verdicts import Verdict, reject_ratio

_NO_ADDRESS = frozenset({"no_email", "invalid_email", "extra_cells"})
Tally = Iterable[tuple[str, str | None, int]]


class PlanStopped(GetResponseError):
    """The plan must not be carried out; nothing was sent.

    Attributes:
        report: The plan as an `ImportReport`, once it is made.
    """

    report: Any = None


class NoValidAddress(PlanStopped):
    """No row of the source has a valid e-mail address."""

    default_advice = (
        "Look at the column that is taken for the address; --map COLUMN=email names another one."
    )


class TooManyRejected(PlanStopped):
    """The plan rejects more rows than the limit allows."""

    default_advice = "Correct those rows, or raise --max-reject-ratio (max_reject_ratio)."


def reason_to_stop(tally: Tally, rows_read: int, max_reject_ratio: float) -> PlanStopped | None:
    """Find out whether a plan must not be carried out.

    Args:
        tally: Rows by verdict and reason.
        rows_read: Rows of the source.
        max_reject_ratio: Share of rejected rows above which a run fails.
    """
    counted = list(tally)
    verdicts: dict[str, int] = {}
    for verdict, _, rows in counted:
        verdicts[verdict] = verdicts.get(verdict, 0) + rows
    without = sum(
        rows for verdict, why, rows in counted if verdict == Verdict.REJECTED and why in _NO_ADDRESS
    )
    if without and without + verdicts.get(Verdict.BLANK, 0) == rows_read:
        return NoValidAddress(f"none of the {without:,} rows has a valid e-mail address")
    ratio = reject_ratio(verdicts, rows_read)
    if ratio <= max_reject_ratio:
        return None
    rejected = verdicts.get(Verdict.REJECTED, 0)
    share = f"{ratio:.1%} of those that could be imported"
    what = "1 row" if rejected == 1 else f"{rejected:,} rows"
    return TooManyRejected(
        f"{what} cannot be imported, {share}; the limit is {max_reject_ratio:.1%}"
    )

"""How conditions of segments compare numbers."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

NUMERIC_OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "numeric_lt": operator.lt,
    "numeric_gt": operator.gt,
    "numeric_eq": operator.eq,
    "numeric_not_eq": operator.ne,
    "numeric_lt_eq": operator.le,
    "numeric_gt_eq": operator.ge,
}


def compare_numbers(name: str, value: float, wanted: float) -> bool:
    """Compare by the operator that the contract calls `name`."""
    return NUMERIC_OPERATORS[name](value, wanted)

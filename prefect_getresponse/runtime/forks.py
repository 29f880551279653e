"""What a child process by fork must do before it does anything else."""

from __future__ import annotations

import os
from collections.abc import Callable


def after_fork(work: Callable[[], None]) -> Callable[[], None]:
    """Have a function called at the start of every child process, where there are forks.

    Locks may be held there by threads that do not exist, and connections are the parent's.
    """
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=work)
    return work

"""What a piece of work costs this process."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def spent() -> float:
    """Seconds of processor time of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def written() -> int:
    """Bytes that this process has given to write calls so far; 0 where nobody counts them."""
    counts = Path("/proc/self/io")
    if not counts.exists():
        return 0
    return int(dict(line.split(": ") for line in counts.read_text().splitlines())["wchar"])


def measured(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do some work; what it returns, and what it cost: time, bytes written, and peak memory."""
    cpu, wall, bytes_before = spent(), time.perf_counter(), written()
    done = work()
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return {
        "cpu": spent() - cpu,
        "wall": time.perf_counter() - wall,
        "written": written() - bytes_before,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit,
        **done,
    }

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


def peak() -> float:
    """Most memory that this process has had, in megabytes.

    What the system says of a process includes what the one had that began it, where there is no
    better source.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].removesuffix("kB")) / 2**10
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def measured(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do some work; what it returns, and what it cost: time, bytes written, and peak memory."""
    cpu, wall, bytes_before = spent(), time.perf_counter(), written()
    done = work()
    return {
        "cpu": spent() - cpu,
        "wall": time.perf_counter() - wall,
        "written": written() - bytes_before,
        "megabytes": peak(),
        **done,
    }

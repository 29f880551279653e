"""A disk in memory, where there is one: nothing waits for it, and who dies loses nothing there."""

from __future__ import annotations

import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")


def memory_folder() -> Path:
    """A new folder on a disk in memory, or on that for temporary files."""
    return Path(tempfile.mkdtemp(dir=_MEMORY if _MEMORY.is_dir() else None))

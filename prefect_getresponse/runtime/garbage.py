"""Keeps garbage collection from visiting what stays: a full collection visits every object.

With the hundred thousand objects of imported modules that takes a fifth of a second, in which no
thread runs, and of reading a million people it was a fifth of the processor time.
"""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager


def keep_for_good() -> None:
    """Take all that is there now out of garbage collection, and look for garbage more rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)


_THRESHOLDS = 5_000, 2, 100
"""Objects that have come until the young are visited; young visits until the middle are; and so on.

They are more than the requests that are answered at once consist of, so that visits follow growth,
not traffic. With Python's own numbers a server of 2,000 idle connections visited all their objects
every two or three seconds, 40 to 100 ms each time.
"""


@contextmanager
def kept_meanwhile() -> Generator[None]:
    """Take all that is there now out of garbage collection for a while, and collect rarely."""
    # Who does so already would lose it at our end. To count them all takes 15 ms and more.
    before = gc.get_threshold()
    if before == _THRESHOLDS or gc.get_freeze_count():
        yield
        return
    gc.freeze()
    gc.set_threshold(*_WHILE_AT_WORK)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


_WHILE_AT_WORK = 50_000, 2, 50
"""The same for work on a thousand people at once: they are twenty objects each, and no garbage.

Python's own numbers have the young visited thirty times while one answer is taken apart, which
takes four times as long then. The middle are visited often, as no thread runs meanwhile: of half a
million objects that is a quarter of a second.
"""

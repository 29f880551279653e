"""What stays is left out of garbage collection for a while, and no longer."""

from __future__ import annotations

import gc

from prefect_getresponse.runtime.garbage import keep_for_good, kept_meanwhile


def test_what_is_there_is_left_out_for_a_while() -> None:
    gc.unfreeze()  # whatever ran here before
    with kept_meanwhile():
        assert gc.get_freeze_count() > 10_000
        with kept_meanwhile():  # two at once: the first to end takes nothing from the other
            pass
        assert gc.get_freeze_count() > 10_000
    assert not gc.get_freeze_count()


def test_a_process_that_keeps_its_memory_for_good_goes_on_to() -> None:
    try:
        keep_for_good()
        with kept_meanwhile():
            pass
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()

"""What stays is left out of garbage collection for a while, and no longer."""

from __future__ import annotations

import gc

import pytest

from prefect_getresponse.runtime.garbage import keep_for_good, kept_meanwhile

pytestmark = pytest.mark.usefixtures("garbage_as_usual")


def test_what_is_there_is_left_out_for_a_while() -> None:
    as_before = gc.get_threshold()
    with kept_meanwhile():
        assert gc.get_threshold() > as_before
        assert gc.get_freeze_count() > 10_000
        with kept_meanwhile():  # two at once: the first to end takes nothing from the other
            pass
        assert gc.get_freeze_count() > 10_000
    assert not gc.get_freeze_count()
    assert gc.get_threshold() == as_before


def test_a_process_that_keeps_its_memory_for_good_goes_on_to() -> None:
    keep_for_good()
    with kept_meanwhile():
        pass
    assert gc.get_freeze_count() > 10_000


def test_what_comes_and_goes_is_no_reason_to_look_at_what_stays() -> None:
    visits: list[str] = []

    def note(phase: str, _info: dict[str, int]) -> None:
        visits.append(phase)

    try:
        keep_for_good()
        gc.callbacks.append(note)
        stays: list[list[int]] = []
        for _ in range(100):
            requests = [[number] for number in range(2_000)]
            stays.append(requests[0])
            del requests
        assert not visits
    finally:
        gc.callbacks.remove(note)

"""Time zones by number."""

import pytest

from prefect_getresponse.sandbox.contract.dates import iso, parse_moment
from prefect_getresponse.sandbox.contract.time_zones import TIME_ZONES, moment_in, offset


@pytest.mark.parametrize(
    ("zone_id", "text", "moment"),
    [
        (1, "2026-07-14T07:00:00", "2026-07-14T05:00:00+0000"),
        (1, "2026-01-14T07:00:00", "2026-01-14T06:00:00+0000"),
        (285, "2026-07-14 07:00:00", "2026-07-14T11:00:00+0000"),
        (1, "2026-07-14T07:00:00+0000", "2026-07-14T07:00:00+0000"),
    ],
)
def test_a_time_is_read_in_its_zone(zone_id: int, text: str, moment: str) -> None:
    assert iso(moment_in(zone_id, text)) == moment


def test_offsets_follow_the_season() -> None:
    assert offset(1, parse_moment("2026-01-14")) == "+01:00"
    assert offset(1, parse_moment("2026-07-14")) == "+02:00"


@pytest.mark.parametrize("zone_id", TIME_ZONES)
def test_every_zone_is_known(zone_id: int) -> None:
    assert len(offset(zone_id, 0.0)) == len("+01:00")

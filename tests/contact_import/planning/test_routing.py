"""The automatic choice of the route, and what it will cost."""

import pytest

from prefect_getresponse.contact_import.options import RouteChoice
from prefect_getresponse.contact_import.planning.routing import (
    Estimate,
    calls_and_seconds,
    route_of_known_people,
    route_of_new_people,
)


@pytest.mark.parametrize(
    ("choice", "people", "imports", "route"),
    [
        ("auto", 200, True, "contacts"),
        ("auto", 201, True, "batch"),
        ("auto", 80_000, True, "batch"),
        ("auto", 80_001, True, "import"),
        ("auto", 80_001, False, "batch"),
        ("batch", 1, True, "batch"),
        ("contacts", 1_000_000, True, "contacts"),
        ("import", 1, True, "import"),
    ],
)
def test_new_people(choice: RouteChoice, people: int, imports: bool, route: str) -> None:
    assert route_of_new_people(choice, people, imports=imports) == route


@pytest.mark.parametrize(
    ("choice", "people", "imports", "route"),
    [
        ("auto", 2_000, True, "update"),
        ("auto", 2_001, True, "import"),
        ("auto", 2_001, False, "update"),
        ("batch", 2_001, True, "update"),
        ("import", 1, True, "import"),
    ],
)
def test_known_people(choice: RouteChoice, people: int, imports: bool, route: str) -> None:
    assert route_of_known_people(choice, people, imports=imports) == route


@pytest.mark.parametrize(
    ("calls", "total", "seconds"),
    [
        ({}, 0, 0.0),
        ({"batch": 1}, 1, 0.0),
        ({"batch": 80}, 80, 79.8),
        ({"batch": 81}, 81, 600.0),  # the 81st has to wait for the next frame
        ({"contacts": 161}, 161, 2.0),
        ({"contacts": 30_001}, 30_001, 600.0),
        ({"batch": 2, "update": 801}, 803, 10.0),
        ({"import": 3}, 3, 540.0),
    ],
)
def test_the_estimate_follows_the_limits_of_the_api(
    calls: dict[str, int], total: int, seconds: float
) -> None:
    assert calls_and_seconds(calls) == (total, seconds)


@pytest.mark.parametrize(
    ("calls", "seconds", "says"),
    [(0, 0.0, "nothing to send"), (3, 0.0, "in a second"), (4000, 50.0, "limits allow in 50 s")],
)
def test_the_estimate_says_what_its_seconds_are_for(calls: int, seconds: float, says: str) -> None:
    estimate = Estimate(
        route="contacts", add=calls, update=0, remove=0, calls=calls, seconds=seconds
    )
    assert estimate.sentence().endswith(says)

"""Whatever route people take, they end up the same."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prefect_getresponse.contact_import.options import RouteChoice
from tests.contact_import.lab import Lab, Rows
from tests.exports.test_exports import DATA, expected_of

ROUTES = [route for route in get_args(RouteChoice) if route != "auto"]
HEADER = "Email,First Name,Tags,Size"
MAPPING = {"Size": "custom:size"}


def end_state(lab: Lab) -> dict[str, Any]:
    """Everybody on the list, as far as an import can decide about it."""
    return {
        email: (
            person["name"] or "",
            sorted(person["tags"]),
            person["customFields"],
            person["status"],
        )
        for email, person in lab.members.items()
    }


def test_an_export_of_another_tool(tmp_path: Path) -> None:
    export = "shopify_customers"
    states: list[dict[str, Any]] = []
    for route in ROUTES:
        (tmp_path / route).mkdir()
        lab = Lab(tmp_path / route)
        report = lab.run(source=str(DATA / f"{export}.csv"), route=route)
        assert report.balanced
        states.append(end_state(lab))

    expected = {email.casefold() for email in expected_of(export)["importable"]}
    assert states[0].keys() == expected
    assert states[1:] == states[:1] * (len(ROUTES) - 1)


PEOPLE = st.lists(
    st.tuples(
        st.sampled_from([*(f"p{number}@example.com" for number in range(4)), "known@example.com"]),
        st.sampled_from(["", "Jane", "Jörg 'Ö' \"Q\"", "=1+1"]),
        st.sampled_from(["", "vip", "vip;New customers", "a b;c_d"]),
        st.sampled_from(["", "M", "L, really"]),
    ),
    min_size=1,
    max_size=6,
)


def imported(folder: Path, route: str, nights: list[Rows]) -> dict[str, Any]:
    """Import one source after another by a route."""
    folder.mkdir()
    lab = Lab(folder)
    field = {"name": "size", "type": "string", "format": "text", "hidden": "false"}
    size = lab.api("POST", "/custom-fields", {**field, "values": []})["customFieldId"]
    kept = lab.api("POST", "/tags", {"name": "kept"})["tagId"]
    lab.add_people(
        "known@example.com",
        name="Known",
        tags=[{"tagId": kept}],
        customFieldValues=[{"customFieldId": size, "value": ["S"]}],
    )
    for rows in nights:
        lab.write(rows, HEADER)
        assert lab.run(route=route, mapping=MAPPING).balanced
    return end_state(lab)


@settings(
    max_examples=max(3, settings().max_examples // 32),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)
@given(nights=st.lists(PEOPLE, min_size=1, max_size=2))
def test_any_source(nights: list[Rows]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        states = [imported(Path(folder) / route, route, nights) for route in ROUTES]
    assert states[1:] == states[:1] * (len(ROUTES) - 1)

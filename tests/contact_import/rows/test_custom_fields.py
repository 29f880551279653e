"""Cells of custom fields: what would be refused is left out, and the row goes on."""

from __future__ import annotations

from typing import Any

import pytest

from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.contact_import.rows.custom_fields import CustomField
from tests.contact_import.conftest import lab
from tests.contact_import.lab import Lab, counted

__all__ = ["lab"]

JANE = "jane@example.com"
CHOICE = {"format": "single_select", "values": ("Red", "Light blue", "1")}
SEVERAL = {"format": "multi_select", "values": ("Red", "Light blue", "a, b")}


@pytest.mark.parametrize(
    ("field", "cell", "values", "warning"),
    [
        ({}, "=1+1", ["=1+1"], ""),
        ({"type": "country"}, "Polska", ["Polska"], ""),
        (CHOICE, "Red", ["Red"], ""),
        (CHOICE, "", [], ""),
        (CHOICE, "red", [], "not_in_the_list_of_the_field"),
        (CHOICE, "Red, 1", [], "not_in_the_list_of_the_field"),
        ({"format": "single_select"}, "anything", ["anything"], ""),
        ({"format": "radio", "values": ("Red",)}, "Blue", [], "not_in_the_list_of_the_field"),
        (SEVERAL, "Red", ["Red"], ""),
        (SEVERAL, "Red; Light blue;Red", ["Red", "Light blue"], ""),
        (SEVERAL, "a, b", ["a, b"], ""),
        (SEVERAL, '["Red", "a, b"]', ["Red", "a, b"], ""),
        (SEVERAL, "Red|Green", ["Red"], "not_in_the_list_of_the_field"),
        (SEVERAL, "Green", [], "not_in_the_list_of_the_field"),
        *(({"type": "number"}, cell, [cell], "") for cell in ("0", "-12", "1.50", "007")),
        *(
            ({"type": "number"}, cell, [], "invalid_number")
            for cell in ("1,5", "1 000", "1e5", "NaN", "x", "\u0663", "+1")
        ),
        *(({"type": "date"}, cell, [cell], "") for cell in ("2026-01-31", "1999-12-01")),
        *(
            ({"type": "date"}, cell, [], "invalid_date")
            for cell in ("31.01.2026", "2026-02-30", "2026-01-31 10:00", "20260131", "1/2/2026")
        ),
        *(
            ({"type": "datetime"}, cell, [cell], "")
            for cell in ("2026-01-31 10:00:00", "2026-01-31T10:00:00+01:00")
        ),
        *(
            ({"type": "datetime"}, cell, [], "invalid_datetime")
            for cell in ("2026-01-31", "2026-01-31 25:00:00", "31.01.2026 10:00")
        ),
        ({"type": "phone"}, "+48 600-100-200", ["+48 600-100-200"], ""),
        ({"type": "phone"}, "none", [], "invalid_phone"),
        ({"type": "gender"}, "Female", ["Female"], ""),
        ({"type": "gender"}, "f", [], "invalid_gender"),
        ({"type": "ip"}, "2001:db8::1", ["2001:db8::1"], ""),
        ({"type": "ip"}, "fe80::1%eth0", [], "invalid_ip"),
        ({"type": "url"}, "https://example.com/a?b", ["https://example.com/a?b"], ""),
        *(
            ({"type": "url"}, cell, [], "invalid_url")
            for cell in ("example.com", "ftp://example.com", "https://", "http://[::1")
        ),
    ],
)
def test_a_cell_is_values_of_its_field_or_a_warning(
    field: dict[str, Any], cell: str, values: list[str], warning: str
) -> None:
    custom_field = CustomField("Vf1", "field", **field)
    assert custom_field.reader()(cell) == (tuple(values), warning)
    assert custom_field.is_free == (field in ({}, {"type": "country"}, {"format": "single_select"}))


def test_older_words_of_the_api_are_understood() -> None:
    item: dict[str, Any] = {
        "customFieldId": "a",
        "name": "b",
        "type": "single_select",
        "valueType": "string",
    }
    assert CustomField.of({**item, "values": ["x"]}) == (
        "a",
        "b",
        "string",
        "single_select",
        ("x",),
    )
    newer: dict[str, Any] = {
        "customFieldId": "a",
        "name": "b",
        "type": "date",
        "format": "text",
        "values": [],
    }
    assert CustomField.of(newer) == ("a", "b", "date", "text", ())


def create_fields(lab: Lab) -> None:
    for name, kind, how, values in (
        ("colours", "string", "multi_select", ["Red", "Blue"]),
        ("size", "string", "single_select", ["S", "M"]),
        ("born", "date", "text", []),
    ):
        body = {"name": name, "type": kind, "format": how, "hidden": "false", "values": values}
        lab.api("POST", "/custom-fields", body)


MAPPING = {"Colours": "custom:colours", "Size": "custom:size", "Born": "custom:born"}
HEADER = "Email,Colours,Size,Born"


@pytest.mark.parametrize("route", ["contacts", "batch"])
def test_rows_with_wrong_cells_arrive_without_them(lab: Lab, route: str) -> None:
    create_fields(lab)
    john = "john@example.com"
    lab.write([(JANE, "Red; Blue", "XL", "2026-01-31"), (john, "Green", "M", "soon")], HEADER)

    report = lab.run(route=route, mapping=MAPPING)

    assert counted(report) == {"added": 2}
    assert report.warnings == {
        "Size: not_in_the_list_of_the_field": 1,
        "Colours: not_in_the_list_of_the_field": 1,
        "Born: invalid_date": 1,
    }
    assert values_of(lab, JANE) == {"colours": ["Red", "Blue"], "born": ["2026-01-31"]}
    assert values_of(lab, john) == {"size": ["M"]}


def test_several_values_are_compared_and_replaced_as_a_whole(lab: Lab) -> None:
    create_fields(lab)
    lab.write([(JANE, "Red; Blue", "S", "")], HEADER)
    lab.run(mapping=MAPPING)
    lab.write([(JANE, "Blue; Red", "S", "")], HEADER)
    assert counted(lab.run(mapping=MAPPING)) == {"unchanged": 1}
    lab.write([(JANE, "Blue", "S", "")], HEADER)
    assert counted(lab.run(mapping=MAPPING)) == {"updated": 1}
    assert values_of(lab, JANE) == {"colours": ["Blue"], "size": ["S"]}


def test_an_import_is_not_given_several_values(lab: Lab) -> None:
    create_fields(lab)
    lab.write([(JANE, "Red", "S", "")], HEADER)
    with pytest.raises(InvalidArguments, match="'colours' may have several"):
        lab.run(route="import", mapping=MAPPING)
    assert counted(lab.run(route="import", mapping={"Size": "custom:size"})) == {"added": 1}


def values_of(lab: Lab, email: str) -> dict[str, list[str]]:
    [found] = lab.api("GET", f"/contacts?query[email]={email}")
    details = lab.api("GET", f"/contacts/{found['contactId']}")
    return {field["name"]: field["value"] for field in details["customFieldValues"]}

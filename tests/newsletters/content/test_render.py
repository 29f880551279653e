"""What a person would read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from prefect_getresponse.newsletters.content.findings import Findings
from prefect_getresponse.newsletters.content.render import Person, render, with_names
from prefect_getresponse.newsletters.content.syntax import read_content

ANN = Person(
    contact=with_names("ann o'reilly", "ann@example.com"),
    fields={"pet": ["cat", "dog"], "age": ["41"], "city": ["Gdansk"]},
    tags=frozenset({"vip"}),
    geo={"country": "Poland"},
    predefined={"shop": "Example"},
    added_on=datetime(2026, 1, 3, tzinfo=UTC),
    now=datetime(2026, 11, 2, 9, 5, tzinfo=UTC),
)


def printed(text: str) -> str:
    return render(read_content(text, Findings("html", text)), ANN).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi {{CONTACT `subscriber_first_name`}}!", "Hi ann!"),
        ("{{CONTACT `ucfw(subscriber_name)`}}", "Ann O'Reilly"),
        ("{{CONTACT `uc(subscriber_first_name)`}}", "ANN"),
        ("{{CUSTOM `uc(pet)`}}", "CAT, DOG"),
        ("{{CUSTOM `car` `none`}}", "none"),
        ("{{CUSTOM `car`}}", ""),
        ("{{PREDEFINED `shop`}} {{GEO `country`}}", "Example Poland"),
        ("{{DATE `DAY_ORDINATED MONTH_NAME YEAR`}}", "2nd November 2026"),
        ("{{DATE `YEAR-MONTH-DAY` `+10 DAYS`}}", "2026-11-12"),
        ("{{DATE `DAY/MONTH_NAME_SHORT YEAR_SHORT, HOUR_NONZERO:MINUTE`}}", "02/Nov 26, 9:05"),
        ("{{DATE `YEAR` `+20 YEARS`}}", "2026"),
        ("{{DATE `CENTURY`}}", "21"),
        ("{{ADDED_ON `DAY_NAME`}}", "Saturday"),
        ("{{RANDOM `a` `b`}}", "a"),
        ("{{LINK `https://x.example/?p={{CUSTOM `pet`}}`}}", "https://x.example/?p=cat%2C%20dog"),
        ("{{IF `(age NUMBER_GT '40')`}}old{{ELSE}}young{{ENDIF}}", "old"),
        ("{{IF `(pet STRING_EQ 'dog')`}}1{{ENDIF}}{{IF `(pet STRING_NEQ 'dog')`}}2{{ENDIF}}", "12"),
        ("{{IF `(city STRING_EQI 'GDANSK')`}}home{{ENDIF}}", "home"),
        ("{{IF `(car STRING_NEQ 'x')`}}1{{ELSIF `(car NOT_DEFINED)`}}2{{ENDIF}}", "2"),
        ("{{IF `(vip IS_DEFINED)`}}gold{{ENDIF}}", "gold"),
        ("{{IF `(day_name STRING_EQ 'Monday')`}}new week{{ENDIF}}", "new week"),
        (
            "{{IF `((age NUMBER_LT '40') LOGIC_OR ((vip IS_DEFINED) LOGIC_AND "
            "(age NUMBER_GEQ '41')))`}}"
            "a{{IF `(car IS_DEFINED)`}}b{{ELSE}}c{{ENDIF}}d{{ELSE}}e{{ENDIF}}",
            "acd",
        ),
        ("{{IF `(name NUMBER_GT '1')`}}{{IF `(age IS_DEFINED)`}}x{{ENDIF}}{{ENDIF}}y", "y"),
    ],
)
def test_dynamic_content_prints_what_it_says(text: str, expected: str) -> None:
    assert printed(text) == expected


def test_what_cannot_be_known_is_said() -> None:
    text = "{{CONTACT `vocative(subscriber_first_name)`}}{{EXTERNAL `https://x.example/`}}"
    found = render(read_content(text, Findings("html", text)), ANN)
    assert found.text == "ann[content of https://x.example/]"
    assert len(found.unknown) == 2

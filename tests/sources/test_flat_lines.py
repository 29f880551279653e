"""Lines that are decoded at once are what they are one by one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from prefect_getresponse.sources import open_source
from prefect_getresponse.sources.errors import UnreadableSource
from prefect_getresponse.sources.texts.flat_lines import flat_cells

TEXTS = st.text(st.sampled_from('ab":, {}[]\\\n-0é'), max_size=6)
VALUES = (
    TEXTS | st.none() | st.booleans() | st.integers() | st.floats() | st.lists(TEXTS, max_size=2)
)
RECORDS = st.dictionaries(TEXTS, VALUES | st.dictionaries(TEXTS, TEXTS, max_size=2), max_size=4)
PIECES = st.sampled_from(
    ['{"a": "1"}', '{"a":"1"', '"b":"2"}', '{"a":"1","a":"2"}', '{"a" :"1"}', '{"a":-0}', "[]", ""]
) | RECORDS.map(lambda record: json.dumps(record, ensure_ascii=False))
LINES = st.lists(st.lists(PIECES, min_size=1, max_size=2).map(",".join), min_size=1, max_size=4)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


def as_it_is(value: Any) -> Any:
    return value


def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys are different, and numbers as they are written."""
    assert len(dict(found)) == len(found)
    return dict(found)


@given(LINES, ENDS)
@example(['{"a":"1"},{"a":"2"}', '{"b":"1"', '"c":"2"}'], "\n")
@example(['{"a":1},{"a":2}', '{"b":[{"x":1}', '{"y":2}]}'], "\n")
@example(['{"a":"1', '2"}'], "\n")
@example(['{"a":18446744073709551616}'], "\n")
def test_lines_at_once_are_what_they_are_one_by_one(lines: list[str], end: str) -> None:
    found: Any = flat_cells([f"{line}{end}" for line in lines], as_it_is)

    if found is not None:
        exact = [
            json.loads(line, object_pairs_hook=pairs, parse_int=str, parse_float=str)
            for line in lines
        ]
        texts = [
            {name: str(item) if type(item) is int else item for name, item in record.items()}
            for record in found
        ]
        assert texts == exact


def test_usual_lines_are_decoded_at_once() -> None:
    lines = [json.dumps({"email": f"p{n}@example.com", "age": n, "on": None}) for n in range(1, 9)]
    assert flat_cells([f"{line}\n" for line in lines], as_it_is) == list(map(json.loads, lines))


@pytest.mark.parametrize("place", [1, 700])
def test_what_is_damaged_is_named_by_its_row(tmp_path: Path, place: int) -> None:
    lines = [json.dumps({"email": f"p{number}@example.com"}) for number in range(1_200)]
    lines[place - 1] = '{"email": "p@example.com"'
    path = tmp_path / "people.jsonl"
    path.write_text("\n".join(lines))

    with pytest.raises(UnreadableSource) as raised:
        open_source(path)
    assert raised.value.row == place

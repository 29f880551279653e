import gzip
import json

import pytest

from prefect_getresponse.contact_import.errors import EmptySource, UnreadableSource
from prefect_getresponse.sources import files
from prefect_getresponse.sources.jsonl import JsonlSource
from tests.sources.conftest import Write


def table(source: JsonlSource) -> list[dict[str, str]]:
    return [dict(zip(source.columns(), cells, strict=True)) for _, cells in source.records()]


def test_objects_become_records(write: Write) -> None:
    text = '{"email": "a@example.com", "name": "Anna"}\n\n{"email": "b@example.com", "age": 7}\n'
    source = JsonlSource(write(text, "people.jsonl"))
    assert source.columns() == ["email", "name", "age"]
    assert list(source.records()) == [
        (1, ["a@example.com", "Anna", ""]),
        (2, ["b@example.com", "", "7"]),
    ]
    assert source.progress() == (len(text), len(text))


def test_values_keep_the_text_they_are(write: Write) -> None:
    line = (
        '{"p": {"email": "a@example.com", "deep": {"x": 1.50}}, "big": 1' + "0" * 5000 + ","
        ' "yes": true, "no": false, "null": null, "tags": ["a", "b,ü"], "none": {}}'
    )
    (cells,) = table(JsonlSource(write(line, "a.jsonl")))
    assert cells == {
        "p.email": "a@example.com",
        "p.deep.x": "1.50",
        "big": "1" + "0" * 5000,
        "yes": "true",
        "no": "false",
        "null": "",
        "tags": '["a", "b,ü"]',
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_is_read_like_lines(write: Write, encoding: str, indent: int | None) -> None:
    people = [{"email": f"p{number}@example.com", "name": "Zoë [1], {2}"} for number in range(300)]
    lines = "\n".join(map(json.dumps, people)).encode(encoding)
    array = ("\n " + json.dumps(people, indent=indent, ensure_ascii=False) + "\n").encode(encoding)
    assert table(JsonlSource(write(array, "a.json"))) == people
    assert table(JsonlSource(write(gzip.compress(lines), "b.jsonl.gz"))) == people


def test_chunk_borders_do_not_matter(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "CHUNK_BYTES", 1)
    assert table(JsonlSource(write('[{"a": "ä"},\n{"a": "b"}]', "a.json"))) == [
        {"a": "ä"},
        {"a": "b"},
    ]


@pytest.mark.parametrize(
    "bad",
    [
        '{"email": ',
        "[1]",
        '"text"',
        "17",
        "null",
        "nonsense",
        '{"a": NaN}',
        '{"a": -Infinity}',
        '{"a": 1, "a": 2}',
        '{"a.b": 1, "a": {"b": 2}}',
        '{"a": "\\ud800"}',
        '{"\\udfff": ""}',
        '{"a":' * 33 + "1" + "}" * 33,
        '{"a":' + "[" * 33 + "]" * 33 + "}",
        '{"a":' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"a": 1} {"b": 2}',
    ],
)
def test_a_bad_record_is_an_error_that_names_it(write: Write, bad: str) -> None:
    text = '{"email": "a@example.com"}\n' * 3 + bad + "\n"
    with pytest.raises(UnreadableSource, match="row 4: "):
        JsonlSource(write(text, "a.jsonl"))


@pytest.mark.parametrize("bad", ['[{"a": 1}', '[{"a": 1}, {"a": ]', '[{"a": 1}] {"a": 2}', "[1]"])
def test_a_bad_array_is_an_error(write: Write, bad: str) -> None:
    with pytest.raises(UnreadableSource):
        JsonlSource(write(bad, "a.json"))


@pytest.mark.parametrize("text", ["\n \n", "[]", "[\n]\n"])
def test_no_objects_are_an_error(write: Write, text: str) -> None:
    with pytest.raises(EmptySource):
        JsonlSource(write(text, "a.json"))


def test_keys_are_limited(write: Write) -> None:
    text = "\n".join(json.dumps({f"key{number}": 1}) for number in range(501))
    with pytest.raises(UnreadableSource, match=r"row 501: .*500 different keys"):
        JsonlSource(write(text, "a.jsonl"))


def test_bad_bytes_name_the_row(write: Write) -> None:
    with pytest.raises(UnreadableSource, match="row 2: byte 0xFC"):
        JsonlSource(write(b'{"a": 1}\n{"a": "\xfc"}\n', "a.jsonl"))

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.sources import Reading
from prefect_getresponse.sources.errors import EmptySource, UnreadableSource
from prefect_getresponse.sources.texts.jsonl import JsonlSource
from tests.sources.conftest import DrippingPlace, Write


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


def test_chunk_borders_do_not_matter(write: Write) -> None:
    path = write('[{"a": "ä"},\n{"a": "b"}]', "a.json")
    assert table(JsonlSource(DrippingPlace(path, 1))) == [
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


PEOPLE = [
    {"id": "1", "properties": {"email": "ann@example.com", "hs_email_optout": "false"}},
    {"id": "2", "properties": {"email": "bob@example.com", "hs_email_optout": "true"}},
]


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"results": PEOPLE, "paging": {"next": {"after": "2"}}}, "results"),
        ({"total": 2, "links": ["a", "b"], "members": PEOPLE}, "members"),
        ({"data": {"list": {"items": PEOPLE}, "x": [{"y": 1}]}, "ok": True}, "data.list.items"),
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_records_within_a_document_are_found_and_asked_for(
    write: Write, document: dict[str, object], path: str, indent: int | None
) -> None:
    file = write(json.dumps(document, indent=indent), "dump.json")
    with pytest.raises(UnreadableSource, match=f'within a document. Give --records "{path}"'):
        JsonlSource(file)
    source = JsonlSource(file, Reading(records=path))
    assert source.columns() == ["id", "properties.email", "properties.hs_email_optout"]
    assert list(source.records()) == [
        (1, ["1", "ann@example.com", "false"]),
        (2, ["2", "bob@example.com", "true"]),
    ]


def test_pages_of_an_api_one_a_line(write: Write) -> None:
    pages = "\n".join(json.dumps({"results": [person], "page": 1}) for person in PEOPLE * 3)
    source = JsonlSource(write(pages, "pages.jsonl"), Reading(records="results"))
    assert [row for row, _ in source.records()] == [1, 2, 3, 4, 5, 6]


def test_a_path_that_leads_nowhere_is_named(write: Write) -> None:
    file = write('{"results": [{"email": "a@example.com"}]}\n{"other": 1}', "a.json")
    with pytest.raises(UnreadableSource, match=r"row 2: .*there is no list at results"):
        JsonlSource(file, Reading(records="results"))
    with pytest.raises(EmptySource):
        JsonlSource(write('{"results": []}', "b.json"), Reading(records="results"))


def test_documents_larger_than_a_line_may_be(write: Write) -> None:
    people = [{"email": f"p{n}@example.com", "note": "x" * 1000} for n in range(5_000)]
    source = JsonlSource(write(json.dumps(people), "a.json"))
    assert len(list(source.records())) == 5_000


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ([{"value": "a@example.com", "primary": True, "label": "work"}], "a@example.com"),
        (["a@example.com"], "a@example.com"),
        (
            [
                {"value": "b@example.com", "primary": False},
                {"value": "a@example.com", "primary": True},
            ],
            "a@example.com",
        ),
        (["a@example.com", "b@example.com"], '["a@example.com", "b@example.com"]'),
        (["vip"], '["vip"]'),
        ([{"note": "a@example.com"}], '[{"note": "a@example.com"}]'),
        ([1, 2.50, {"x": [10**20]}], '["1", "2.5", {"x": ["100000000000000000000"]}]'),
        ([1, {"x": [2]}], '["1", {"x": ["2"]}]'),
    ],
)
def test_a_list_with_one_address_is_that_address(write: Write, value: object, cell: str) -> None:
    source = JsonlSource(write(json.dumps({"email": value, "n": 1}), "a.jsonl"))
    assert list(source.records()) == [(1, [cell, "1"])]


NUMBERS = st.one_of(
    st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.just(-0.0)
).map(json.dumps)
TOKENS = st.one_of(NUMBERS, st.sampled_from(["-0", "1.50", "1e5", "0", "true", "null", "1E-2"]))
TEXTS = st.one_of(st.text(max_size=8), st.sampled_from(['a": 1', "x: 1.5", '\\"b\\":', ", -0"]))
PAIRS = st.lists(st.tuples(TEXTS, st.one_of(TOKENS, TEXTS.map(json.dumps))), max_size=5)


@given(PAIRS, st.sampled_from(["", " "]))
def test_the_quick_decoder_reads_as_the_exact_one(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]], space: str
) -> None:
    line = "{" + ", ".join(f"{json.dumps(key)}{space}:{space}{item}" for key, item in pairs) + "}"
    folder = tmp_path_factory.mktemp("lines")
    (folder / "lines.jsonl").write_text(f'{{"first": 1}}\n{line}\n', "utf-8")
    (folder / "array.json").write_text(f'[{{"first": 1}},\n{line}\n]', "utf-8")
    assert outcome(folder / "lines.jsonl") == outcome(folder / "array.json")


def outcome(path: Path) -> object:
    try:
        source = JsonlSource(path)
    except UnreadableSource as error:
        return error.what
    return source.columns(), list(source.records())

import gzip
import io
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.contact_import.errors import ImportInputError
from prefect_getresponse.contact_import.mapping import map_source
from prefect_getresponse.contact_import.sources import CsvSource, JsonlSource, open_source
from prefect_getresponse.contact_import.validation import PreparedRow, compile_reader
from tests.contact_import.sources.conftest import Write


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.csv", CsvSource),
        ("a.TSV", CsvSource),
        ("a.csv.gz", CsvSource),
        ("a.2026-01-01", CsvSource),
        ("export", CsvSource),
        ("a.jsonl", JsonlSource),
        ("a.NDJSON.gz", JsonlSource),
        ("a.json", JsonlSource),
    ],
)
def test_the_name_tells_the_kind(write: Write, name: str, kind: type) -> None:
    text = '{"email": "a@example.com"}\n{"email": "b@example.com"}\n'
    data = gzip.compress(text.encode()) if name.endswith("gz") else text.encode()
    assert isinstance(open_source(write(data, name)), kind)


def test_the_location_may_be_text_or_path(write: Write) -> None:
    path = write("Email\na@example.com\n", "a.csv")
    assert open_source(path).location == open_source(str(path)).location == str(path)


FRAGMENTS = (
    b"Email,Name\n | Email;Name\r\n | a@example.com | b@example.com,B\n | Status | sep=;\n"
    b' | sep= \n | sep="\n | " | , | ; | \t | \r | \n | \0 | \xff\xfe | \xef\xbb\xbf | \xfc | \xc3'
    b' | \xed\xa0\x80 | \\ud800 | {"email": "a@example.com"}\n | {"email": | [ | ] | { | } | NaN'
    b" | 1e999 | \x1f\x8b\x08 | PK | \x1a"
).split(b" | ")
CONTENT = st.one_of(
    st.binary(max_size=300),
    st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.binary(max_size=4)), max_size=30).map(
        b"".join
    ),
    st.text(max_size=200).map(lambda text: text.encode("utf-16", "surrogatepass")),
)


def packed(data: bytes) -> bytes:
    file = io.BytesIO()
    with gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as archive:
        archive.write(data)
    return file.getvalue()


def cut_off(data: bytes) -> bytes:
    return packed(data)[:-9]


@given(
    content=CONTENT,
    kind=st.sampled_from([".csv", ".jsonl", ".json"]),
    wrap=st.sampled_from([bytes, packed, cut_off]),
    encoding=st.sampled_from([None, None, "cp1252", "utf-16", "utf-7", "cp932", "nonsense"]),
)
def test_any_bytes_give_rows_or_an_input_error(
    content: bytes,
    kind: str,
    wrap: Callable[[bytes], bytes],
    encoding: str | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("any") / f"people{kind}"
    path.write_bytes(wrap(content))
    rows: list[PreparedRow] = []
    message = "none"
    try:
        source = open_source(path, encoding=encoding)
        reader = compile_reader(map_source(source))
        rows += list(reader.read(source))
    except ImportInputError as error:
        message = str(error)
    assert message
    assert message.isprintable()
    for row, after in pairwise(rows):
        assert after.row == row.row + 1
    for row in rows:
        assert (row.contact is None) == (row.verdict is not None)
        repr(row).encode()

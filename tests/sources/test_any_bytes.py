"""Whatever the bytes of a source are, they give rows or an input error, and nothing else.

`make fuzz` runs these for long: HYPOTHESIS_PROFILE=long.
"""

import csv
import gzip
import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.contact_import.columns.mapping import map_source
from prefect_getresponse.contact_import.rows.contacts import pack, unpack
from prefect_getresponse.contact_import.rows.validation import PreparedRow, compile_reader
from prefect_getresponse.sources import Reading, Source, open_source
from prefect_getresponse.sources.errors import ImportInputError
from tests.sources.test_packing import archive

HEADER = ["Email", "First Name", "Tags", "Newsletter", "Email Opt Out", "IP Address"]
PEOPLE = [
    ["jane@example.com", "Jane", "vip; b2b", "yes", "", "192.0.2.1"],
    ["j\u00f6rg@b\u00fccher.example", 'J"\u00f6rg"', '["a, b"]', "ja", "no", "2001:db8::1"],
    ["", "Total: 2", "", "", "", ""],
    ["zo\u00eb@example.com ", "=1+1\nx", "{a,b}", "no", "yes", "x"],
]
OBJECTS: list[dict[str, Any]] = [
    dict(zip(HEADER, person, strict=True)) | {"deep": {"x": [1.50, None, {"y": True}]}}
    for person in PEOPLE
]


def table(delimiter: str) -> bytes:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows([HEADER, *PEOPLE])
    return file.getvalue().encode()


def parquet() -> bytes:
    pq: Any = import_module("pyarrow.parquet")
    pa: Any = import_module("pyarrow")
    size = len(PEOPLE)
    columns = dict(zip(HEADER, map(list, zip(*PEOPLE, strict=True)), strict=True))
    columns |= {
        "kind": pa.array(["x", None] * (size // 2)).dictionary_encode(),
        "paid": pa.array([Decimal("1.50"), None] * (size // 2)),
        "none": pa.nulls(size),
        "at": pa.array([2**62, None] * (size // 2), pa.timestamp("ns")),
        "deep": pa.array([{"x": [{"y": b"z"}]}, None] * (size // 2)),
        "map": pa.array([[("k", 1)], None] * (size // 2), pa.map_(pa.string(), pa.int8())),
    }
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def database() -> bytes:
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE people (id INTEGER, email TEXT, data BLOB, points REAL)")
        rows = [(at, person[0], person[1].encode(), at / 2) for at, person in enumerate(PEOPLE)]
        db.executemany("INSERT INTO people VALUES (?, ?, ?, ?)", rows)
        db.commit()
        return db.serialize()


LINES = "\n".join(map(json.dumps, OBJECTS)).encode()
FILES: dict[str, bytes] = {
    "a.csv": table(","),
    "b.csv": table(";").decode().encode("utf-16"),
    "c.tsv": table("\t"),
    "d.jsonl": LINES,
    "e.json": json.dumps(OBJECTS, indent=1).encode(),
    "f.csv.gz": gzip.compress(table(","), mtime=0),
    "g.jsonl.gz": gzip.compress(LINES, mtime=0),
    "h.zip": archive({"people.csv": table("|")}),
    "i.zip": archive({"x/people.jsonl": LINES, "__MACOSX/y": b"z"}),
    "j.parquet": parquet(),
    "k.db": database(),
}
PARTS = (
    b'Email,Name\n| Email;Name\r\n|a@example.com|b@example.com,B\n|Status|sep=;\n|sep= \n|sep="\n|"'
    b"|,|;|\t|\r|\n|\0|\xff\xfe|\xef\xbb\xbf|\xfc|\xc3|\xed\xa0\x80|\\ud800|\x85|\xe2\x80\x8b|=cmd()"
    b'|{"email": "a@b.example"}\n|{"email":|[|]|{|}|NaN|1e999|\x1f\x8b\x08|PK|PK\x03\x04|PAR1|\x1a'
)
FRAGMENTS = [*PARTS.split(b"|"), b"|", b"[" * 2000, b'{"a":' * 200, b"9" * 5000]
QUERY = "SELECT email, data, points FROM people ORDER BY id"

JUNK = st.one_of(st.sampled_from(FRAGMENTS), st.binary(max_size=8))
PLACE = st.floats(min_value=0, max_value=1)
Mutation = Callable[[bytes], bytes]


def replaced(at: float, length: int, junk: bytes) -> Mutation:
    """Replace some bytes at a relative place; nothing by something, something by nothing too."""

    def mutate(data: bytes) -> bytes:
        start = int(at * len(data))
        return data[:start] + junk + data[start + length :]

    return mutate


def repeated(at: float, length: int, times: int) -> Mutation:
    def mutate(data: bytes) -> bytes:
        start = int(at * len(data))
        return data[:start] + data[start : start + length] * times + data[start + length :]

    return mutate


MUTATIONS = st.lists(
    st.one_of(
        st.builds(replaced, PLACE, st.sampled_from([0, 0, 1, 1, 2, 7, 60, 10_000]), JUNK),
        st.builds(repeated, PLACE, st.integers(1, 40), st.integers(0, 5)),
    ),
    max_size=6,
)
ENCODINGS = st.sampled_from(["", "", "", "cp1252", "cp1250", "utf-16", "utf-7", "cp932", "x"])
ANYTHING = st.one_of(
    st.binary(max_size=300),
    st.lists(JUNK, max_size=30).map(b"".join),
    st.text(max_size=200).map(lambda text: text.encode("utf-16", "surrogatepass")),
)


def check(opened: Callable[[], Source]) -> None:
    """Read a source as an import does, up to what the ledger and the API take."""
    rows: list[PreparedRow] = []
    message = "none"
    try:
        source = opened()
        reader = compile_reader(map_source(source))
        rows += reader.read(source)
        assert source.fingerprint() == source.fingerprint() != ""
        json.dumps([reader.renamed_tags, sorted(reader.dropped_tags), reader.all_notes()]).encode()
    except ImportInputError as error:
        message = str(error)
    assert message
    assert message.isprintable()
    assert all(after.row == row.row + 1 for row, after in pairwise(rows))
    for row in rows:
        assert (row.contact is None) == (row.verdict is not None)
        if row.contact is not None:
            text, _ = pack(row.contact)
            assert unpack(text) == row.contact


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any")


def location(path: Path) -> tuple[str, str]:
    return (f"sqlite:///{path}", QUERY) if path.suffix == ".db" else (str(path), "")


@pytest.mark.parametrize("name", FILES)
def test_files_before_any_mutation_are_read(folder: Path, name: str) -> None:
    path = folder / name
    path.write_bytes(FILES[name])
    where, query = location(path)
    source = open_source(where, Reading(query=query))
    people = [row for row in compile_reader(map_source(source)).read(source) if row.contact]
    assert people[0].key == "jane@example.com"


@given(name=st.sampled_from(sorted(FILES)), mutations=MUTATIONS, encoding=ENCODINGS)
def test_mutated_files_give_rows_or_an_input_error(
    folder: Path, name: str, mutations: list[Mutation], encoding: str
) -> None:
    data = FILES[name]
    for mutate in mutations:
        data = mutate(data)
    path = folder / name
    path.write_bytes(data)
    where, query = location(path)
    check(lambda: open_source(where, Reading(encoding=encoding, query=query)))


@given(name=st.sampled_from(sorted(FILES)), mutations=MUTATIONS, encoding=ENCODINGS)
def test_mutated_texts_in_whole_packages_give_rows_or_an_input_error(
    folder: Path, name: str, mutations: list[Mutation], encoding: str
) -> None:
    data = {"gz": LINES, "json": FILES["e.json"]}.get(name.rpartition(".")[2], FILES["a.csv"])
    for mutate in mutations:
        data = mutate(data)
    path = folder / name
    pack_it: Callable[[bytes], bytes] = {"gz": gzip.compress, "zip": zipped}.get(
        name.rpartition(".")[2], bytes
    )
    path.write_bytes(pack_it(data))
    check(lambda: open_source(str(path), Reading(encoding=encoding)))


def zipped(data: bytes) -> bytes:
    return archive({"people.csv": data})


@given(content=ANYTHING, name=st.sampled_from(sorted(FILES)), encoding=ENCODINGS)
def test_any_bytes_give_rows_or_an_input_error(
    folder: Path, content: bytes, name: str, encoding: str
) -> None:
    path = folder / name
    path.write_bytes(content)
    where, query = location(path)
    check(lambda: open_source(where, Reading(encoding=encoding, query=query)))


WORDS = (
    "SELECT|WITH|email|data|*|FROM|people|ORDER BY|id|1|'|--|/*|*/|(|)|;|,|:x|%s|?|NULL|zeroblob(3)"
    "|x'ff'|char(0)|1e999|randomblob(4)|UNION|AS a|LIMIT 1|PRAGMA x|ATTACH 'a' AS b"
)
SQL = st.lists(
    st.one_of(st.sampled_from(WORDS.split("|")), st.text(max_size=5)),
    max_size=9,
).map(" ".join)


@given(query=st.one_of(SQL, SQL.map(lambda words: f"SELECT {words} FROM people ORDER BY id")))
def test_any_query_gives_rows_or_an_input_error(folder: Path, query: str) -> None:
    path = folder / "whole.db"
    if not path.exists():
        path.write_bytes(FILES["k.db"])
    before = path.read_bytes()
    check(lambda: open_source(f"sqlite:///{path}", Reading(query=query)))
    assert path.read_bytes() == before


@given(
    url=st.one_of(st.text(max_size=30), st.text(max_size=30).map("sqlite:///".__add__)),
    query=st.sampled_from(["", QUERY]),
)
def test_any_location_gives_rows_or_an_input_error(folder: Path, url: str, query: str) -> None:
    check(
        lambda: open_source(
            folder / url if "://" not in url and query == "" else url, Reading(query=query)
        )
    )

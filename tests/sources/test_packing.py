"""Packed files: those that hold one text, and those that hold something else."""

import gzip
import io
import os
import zipfile
from collections.abc import Mapping

import pytest

from prefect_getresponse.sources import JsonlSource, open_source
from prefect_getresponse.sources.errors import EmptySource, UnreadableSource
from prefect_getresponse.sources.storage.files import ByteFile
from tests.sources.conftest import Write

TABLE = b"Email,Name\na@example.com,Anna\n"
LINE = b'{"email": "a@example.com", "name": "Anna"}\n'


def archive(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as packed:
        for name, content in members.items():
            packed.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


def content(file: ByteFile) -> bytes:
    return b"".join(file.chunks())


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
@pytest.mark.parametrize("name", ["people.zip", "people.csv.zip", "people.csv"])
def test_an_archive_of_one_file_is_that_file(write: Write, name: str, method: int) -> None:
    packed = archive(
        {
            "exports/": b"",
            "exports/people.csv": TABLE,
            "__MACOSX/exports/._people.csv": b"x",
            "exports/.DS_Store": b"y",
        },
        method,
    )
    source = open_source(write(packed, name))
    assert list(source.records()) == [(2, ["a@example.com", "Anna"])]
    assert source.progress() == (len(packed), len(packed))


def test_the_name_in_an_archive_tells_the_kind(write: Write) -> None:
    assert isinstance(open_source(write(archive({"people.jsonl": LINE}), "a.zip")), JsonlSource)
    assert isinstance(open_source(write(archive({"people": LINE}), "a.jsonl.zip")), JsonlSource)
    # The name alone makes no archive.
    assert list(open_source(write(TABLE, "b.zip")).records()) == [(2, ["a@example.com", "Anna"])]


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"a.csv": TABLE, "b.csv": TABLE}, "2 files, `a.csv`, `b.csv`. Unpack it and import"),
        ({}, "an empty archive"),
        ({"exports/": b""}, "no files"),
        ({"../people.csv": TABLE}, "leads out of it"),
        ({"a/../../people.csv": TABLE}, "leads out of it"),
        ({"..\\people.csv": TABLE}, "leads out of it"),
        ({"/etc/people.csv": TABLE}, "leads out of it"),
        ({"C:\\people.csv": TABLE}, "leads out of it"),
        ({"[Content_Types].xml": b"x", "xl/workbook.xml": b"x"}, "this is an Excel workbook"),
        ({"mimetype": b"x", "content.xml": b"x"}, "this is an OpenDocument file"),
        ({"people.zip": archive({"people.csv": TABLE})}, "in another archive"),
        ({"people.csv": gzip.compress(TABLE)}, "a packed file in another one"),
        ({"people.parquet": b"PAR1"}, "Parquet .* must be unpacked first"),
    ],
)
def test_other_archives_are_refused(write: Write, members: dict[str, bytes], says: str) -> None:
    with pytest.raises(UnreadableSource, match=says):
        open_source(write(archive(members), "people.zip"))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_unpacks_to_any_size_at_once_is_refused(write: Write, method: int) -> None:
    with pytest.raises(UnreadableSource, match="not packed with deflate"):
        open_source(write(archive({"people.csv": bytes(1 << 20)}, method), "people.zip"))


def test_an_archive_with_a_password_is_refused(write: Write) -> None:
    packed = bytearray(archive({"people.csv": TABLE}))
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UnreadableSource, match="needs a password"):
        open_source(write(bytes(packed), "people.zip"))


@pytest.mark.parametrize("damage", ["index cut", "index", "data", "head"])
def test_damage_is_an_error_that_says_so(write: Write, damage: str) -> None:
    packed = bytearray(archive({"people.csv": os.urandom(100_000)}, zipfile.ZIP_STORED))
    if damage == "index cut":
        del packed[-30:]
    else:
        index = packed.index(b"PK\x01\x02")
        packed[{"index": index, "data": 50_000, "head": 26}[damage]] ^= 255
    with pytest.raises(UnreadableSource, match="zip data are damaged or cut off"):
        content(ByteFile(write(bytes(packed), "people.zip")))


def test_an_empty_file_in_an_archive_is_empty(write: Write) -> None:
    with pytest.raises(EmptySource):
        open_source(write(archive({"people.csv": b""}), "people.zip"))


@pytest.mark.parametrize("kind", ["gzip", "zip"])
def test_a_bomb_stops_early(write: Write, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    zeros = bytes(1 << 25)
    packed = gzip.compress(zeros) if kind == "gzip" else archive({"a": zeros})
    file = ByteFile(write(packed, "bomb.csv"))
    chunks: list[bytes] = []
    with pytest.raises(UnreadableSource, match="more than 100 times"):
        chunks.extend(file.chunks())
    assert sum(map(len, chunks)) <= 1 << 24
    monkeypatch.setenv("PREFECT_INTEGRATIONS_GETRESPONSE_SOURCE_MAX_RATIO", "10000")
    assert sum(map(len, ByteFile(write(packed, "large.csv")).chunks())) == len(zeros)


def test_size_counts_unpacked(write: Write) -> None:
    file = ByteFile(write(archive({"a.csv": os.urandom(300_000)}), "a.zip"), most=280_000)
    with pytest.raises(UnreadableSource, match="larger than"):
        content(file)

import gzip
import os
import resource
from pathlib import Path

import pytest

from prefect_getresponse.sources.errors import (
    EmptySource,
    ImportInputError,
    SourceChanged,
    SourceNotFound,
    UnreadableSource,
)
from prefect_getresponse.sources.storage.files import ByteFile
from tests.sources.conftest import Write


def content(file: ByteFile) -> bytes:
    return b"".join(file.chunks())


def test_reads_plain_and_compressed_bytes_alike(write: Write) -> None:
    data = b"Email\na@example.com\n" * 1000
    assert content(ByteFile(write(data, "a.csv"))) == data
    # The content decides, not the name; several members make one text.
    assert content(ByteFile(write(gzip.compress(data) + gzip.compress(data), "b.csv"))) == data * 2


def test_progress_counts_bytes_on_disk(write: Write) -> None:
    packed = gzip.compress(os.urandom(1 << 20))
    file = ByteFile(write(packed, "a.csv.gz"))
    assert file.progress() == (0, len(packed))
    positions = [file.progress()[0] for _ in file.chunks()]
    assert positions == sorted(positions)
    assert file.progress() == (len(packed), len(packed))


def test_fingerprint_is_of_the_content(write: Write) -> None:
    one, same, other = write(b"1", "one"), write(b"1", "same"), write(b"2", "other")
    assert ByteFile(one).fingerprint() == ByteFile(same).fingerprint()
    assert ByteFile(one).fingerprint() != ByteFile(other).fingerprint()


def test_location_is_absolute_and_keeps_the_name_of_a_link(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = write(b"1", "2026-01.csv")
    link = tmp_path / "latest.csv"
    link.symlink_to(target)
    monkeypatch.chdir(tmp_path)
    assert ByteFile("latest.csv").location == str(link)
    assert ByteFile("latest.csv").name == "latest.csv"


@pytest.mark.parametrize(
    "location", ["missing.csv", "missing/x.csv", "*.csv", "a\0b", "~nobody_/x"]
)
def test_what_is_not_there_is_not_found(tmp_path: Path, location: str) -> None:
    with pytest.raises(SourceNotFound):
        ByteFile(tmp_path / location)


def test_only_regular_files_are_sources(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(SourceNotFound, match="not a regular file"):
        ByteFile(tmp_path / "pipe.csv")
    with pytest.raises(SourceNotFound, match="a directory"):
        ByteFile(tmp_path)


def test_an_empty_file_is_an_error(write: Write) -> None:
    with pytest.raises(EmptySource):
        ByteFile(write(b"", "a.csv"))
    with pytest.raises(EmptySource):
        ByteFile(write(gzip.compress(b""), "a.csv.gz"))


@pytest.mark.parametrize("magic", [b"%PDF-1.7", b"PAR1....", b"SQLite format 3\0"])
def test_known_binary_formats_are_named(write: Write, magic: bytes) -> None:
    with pytest.raises(UnreadableSource, match=r"this is .*, not text"):
        ByteFile(write(magic, "a.csv"))


@pytest.mark.parametrize(
    "text", [b"\xef\xbb\xbf\n<!DOCTYPE html>", b"<table><tr>", b"<?xml version", b"BEGIN:VCARD\r\n"]
)
def test_texts_that_are_no_tables_are_named(write: Write, text: bytes) -> None:
    with pytest.raises(UnreadableSource, match=r"this is .*, not a table\. .* CSV"):
        ByteFile(write(text, "a.xls"))


@pytest.mark.parametrize("damage", ["cut", "flip", "garbage"])
def test_damaged_gzip_is_an_error(write: Write, damage: str) -> None:
    packed = gzip.compress(os.urandom(10_000))
    broken = {
        "cut": packed[:-5000],
        "flip": packed[:5000] + bytes([packed[5000] ^ 255]) + packed[5001:],
        "garbage": packed + b"garbage",
    }[damage]
    with pytest.raises(UnreadableSource, match="packed data are damaged"):
        content(ByteFile(write(broken, "a.csv.gz")))


def test_size_is_limited(write: Write) -> None:
    file = ByteFile(write(b"x" * 300_000, "a.csv"), most=280_000)
    with pytest.raises(UnreadableSource, match="larger than"):
        content(file)


def test_a_change_while_reading_is_noticed(write: Write) -> None:
    path = write(b"Email\n" * 100_000, "a.csv")
    file = ByteFile(path)
    chunks = file.chunks()
    next(chunks)
    with path.open("ab") as other:
        other.write(b"one more\n")
    with pytest.raises(SourceChanged):
        list(chunks)
    with pytest.raises(SourceChanged):
        file.fingerprint()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_forbidden_file_is_an_error(write: Write) -> None:
    path = write(b"1", "a.csv")
    path.chmod(0)
    with pytest.raises(ImportInputError, match="permissions"):
        ByteFile(path)


def test_too_few_open_files_are_told_as_such(write: Write) -> None:
    path = write(b"1", "a.csv")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        with pytest.raises(UnreadableSource, match=r"ulimit -n"):
            content(ByteFile(path))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

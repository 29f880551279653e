import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from prefect_getresponse.sources import open_source
from prefect_getresponse.sources.errors import (
    ImportInputError,
    SourceChanged,
    SourceNotFound,
    UnreadableSource,
)
from prefect_getresponse.sources.storage.places import public_url, short_name

fsspec: Any = pytest.importorskip("fsspec")
CSV = b"email\na@example.com\n"


@pytest.fixture
def memory() -> Iterator[Any]:
    """A file system behind `memory://` URLs, empty at the start and the end."""
    files = fsspec.filesystem("memory")
    yield files
    files.store.clear()
    files.pseudo_dirs[:] = [""]


def test_files_behind_urls_are_read_like_local_ones(memory: Any) -> None:
    memory.pipe("/crm/people.csv", CSV)
    memory.pipe("/crm/people.csv.gz", gzip.compress(CSV))
    plain, packed = (
        open_source("memory://crm/people.csv"),
        open_source("memory://crm/people.csv.gz"),
    )

    assert list(plain.records()) == list(packed.records()) == [(2, ["a@example.com"])]
    assert plain.location == "memory://crm/people.csv"
    assert plain.progress() == (len(CSV), len(CSV))


def test_patterns_work_in_urls(memory: Any) -> None:
    for name in "ab":
        memory.pipe(f"/crm/{name}.csv", CSV)
    assert len(list(open_source("memory://crm/*.csv").records())) == 2
    with pytest.raises(SourceNotFound, match="no file matches"):
        open_source("memory://crm/*.tsv")


def test_file_urls_are_local_files(tmp_path: Path) -> None:
    path = tmp_path / "two words.csv"
    path.write_bytes(CSV)
    assert open_source(f"file://{tmp_path}/two%20words.csv").location == str(path)


def test_a_remote_file_that_changes_is_noticed(memory: Any) -> None:
    memory.pipe("/crm/people.csv", CSV)
    source = open_source("memory://crm/people.csv")
    memory.pipe("/crm/people.csv", CSV * 2)
    with pytest.raises(SourceChanged):
        list(source.records())


def test_the_hash_that_a_storage_keeps_saves_the_download(
    memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.pipe("/crm/people.csv", CSV)
    info: dict[str, Any] = memory.info("/crm/people.csv")

    def fingerprint(etag: str) -> str:
        def tagged(_path: str) -> dict[str, Any]:
            return {**info, "ETag": etag}

        monkeypatch.setattr(memory, "info", tagged)
        return open_source("memory://crm/people.csv").fingerprint()

    assert fingerprint("one") == fingerprint("one") != fingerprint("two")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("memory://crm/missing.csv", "there is no file memory://crm/missing.csv"),
        ("nothing://user:secret@host/people.csv?key=secret", "nothing is known that reads"),
        ("postgresql://user:secret@host/crm", "--query"),
    ],
)
def test_what_is_not_there_is_said_without_secrets(memory: Any, url: str, says: str) -> None:
    with pytest.raises(SourceNotFound, match=says) as raised:
        open_source(url)
    assert "secret" not in str(raised.value)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_url: str) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec, "url_to_fs", missing)
    with pytest.raises(SourceNotFound, match=r'pip install "prefect-getresponse\[s3\]"'):
        open_source("s3://bucket/people.csv")


def test_errors_of_a_storage_keep_its_secrets(memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    memory.pipe("/crm/people.csv", CSV)

    def failing(*_: object, **__: object) -> None:
        raise RuntimeError("403 for https://host/people.csv?signature=secret")

    monkeypatch.setattr(memory, "open", failing)
    with pytest.raises(UnreadableSource, match="RuntimeError") as raised:
        open_source("memory://crm/people.csv")
    error: ImportInputError = raised.value
    assert "secret" not in str(error)
    assert error.__suppress_context__


def test_names_and_identities_hold_no_secrets() -> None:
    url = "https://user:secret@host/exports/people.csv?signature=secret#secret"
    assert public_url(url) == "https://host/exports/people.csv"
    assert short_name(url) == "people.csv"
    assert short_name("postgresql://user:secret@host") == "host"
    assert short_name("/data/people.csv") == "people.csv"
    assert short_name("sqlite://") == "sqlite"
    for password in ("p#w", "p?w", "p/w", "p[w", "p@w", "p:w", "p?w#x"):
        assert short_name(f"postgresql://user:{password}@host/shop") in ("shop", "postgresql")

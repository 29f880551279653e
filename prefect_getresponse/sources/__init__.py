"""Where rows come in: every source is a stream of records under named columns.

`source` says what one is. Files lie in `storage/`, and `texts/` and `workbooks/` read them;
`parquet`, `sql` and `rows` are the other kinds, `tables` and `cells` what sources of values share.
`reading` is what cannot be found out from a source, `trimming` what does not count in a cell,
`errors` what can be wrong, `database_urls` how databases are named.

A further kind is one module with a class that satisfies `Source`, and one line in `_KINDS`, by the
suffix of a file, or in `_SERVERS`, by the scheme of a URL.
"""

import os
from collections.abc import Callable
from pathlib import PurePath

from prefect_getresponse.sources.errors import SourceNotFound
from prefect_getresponse.sources.parquet import ParquetSource
from prefect_getresponse.sources.reading import AS_FOUND, Reading
from prefect_getresponse.sources.rows import RowsSource
from prefect_getresponse.sources.source import Source
from prefect_getresponse.sources.storage.files import ByteFile, is_workbook, name_in_archive
from prefect_getresponse.sources.storage.globs import GlobSource, is_pattern
from prefect_getresponse.sources.storage.places import Location, is_url, place, short_name
from prefect_getresponse.sources.storage.web import SCHEMES
from prefect_getresponse.sources.texts.csv_source import CsvSource
from prefect_getresponse.sources.texts.jsonl import JsonlSource
from prefect_getresponse.sources.workbooks.archive import SUFFIXES
from prefect_getresponse.sources.workbooks.source import WorkbookSource

__all__ = [
    "CsvSource",
    "GlobSource",
    "JsonlSource",
    "ParquetSource",
    "Reading",
    "RowsSource",
    "Source",
    "WorkbookSource",
    "open_source",
    "short_name",
]

_Opener = Callable[[Location, Reading], Source]

_KINDS: dict[str, _Opener] = {
    ".csv": CsvSource,
    ".tsv": CsvSource,
    ".tab": CsvSource,
    ".txt": CsvSource,
    ".jsonl": JsonlSource,
    ".ndjson": JsonlSource,
    ".json": JsonlSource,
    ".parquet": ParquetSource,
    ".pq": ParquetSource,
    **dict.fromkeys(SUFFIXES, WorkbookSource),
}


def open_source(location: str | os.PathLike[str], reading: Reading = AS_FOUND) -> Source:
    """Open a source by its location.

    The kind of a file is told from its name, ignoring `.gz` and `.zip`; else from the name of the
    file in a zip archive, else from its first bytes: a workbook, Parquet, JSON, or CSV.

    Args:
        location: Path of a CSV, TSV, JSON, Parquet, XLSX or ODS file, or a pattern of several; or
            their URL, `https://` or for fsspec, such as `s3://bucket/customers.csv`; or, with a
            query, SQLAlchemy's URL of a database.
        reading: What is said about the source; the rest is found out.

    Raises:
        ImportInputError: The source cannot be used; the subclass says why, the message what to do.
    """
    server = _SERVERS.get(_scheme(location).partition("+")[0])
    if server or reading.query:
        return (server or _open_database)(location, reading)
    if is_pattern(location):
        return GlobSource(location, lambda part: _open_file(part, reading))
    return _open_file(location, reading)


def _open_database(location: str | os.PathLike[str], reading: Reading) -> Source:
    if not reading.query:
        raise SourceNotFound(
            "a database alone does not say which rows", "Give a --query (query) as well"
        )
    if not is_url(location):
        raise SourceNotFound(
            "a query needs the URL of a database", "Write it like sqlite:///customers.db"
        )
    # Imported late: SQLAlchemy takes long to import, and most imports are of files.
    from prefect_getresponse.sources.sql import SqlSource

    return SqlSource(os.fspath(location), reading)


_DATABASES = ("postgresql", "postgres", "mysql", "mariadb", "sqlite", "oracle", "mssql")
_SERVERS: dict[str, Callable[[str | os.PathLike[str], Reading], Source]] = {
    **dict.fromkeys(_DATABASES, _open_database),
}
"""Kinds of sources that are no files, by the scheme of their URLs."""


def _open_file(location: str | os.PathLike[str], reading: Reading) -> Source:
    found: Location = location
    if _scheme(location) in SCHEMES:
        found = place(location)  # fetched once, and its name may come with it
    name = short_name(found)
    if _kind(name) is None and name.lower().endswith(".zip"):
        name = name_in_archive(found)
    return (_kind(name) or _kind_of_content(found))(found, reading)


def _scheme(location: str | os.PathLike[str]) -> str:
    """Scheme of a URL; empty for what is none."""
    return os.fspath(location).partition(":")[0] if is_url(location) else ""


def _kind(name: str) -> _Opener | None:
    suffixes = [part.lower() for part in PurePath(name).suffixes]
    telling = [part for part in suffixes if part not in (".gz", ".zip")]
    return _KINDS.get(telling[-1]) if telling else None


def _kind_of_content(location: Location) -> _Opener:
    head = ByteFile(location, binary=True).head(64)
    if head.startswith(b"PK") and is_workbook(location):
        return WorkbookSource
    if head.startswith(b"PAR1"):
        return ParquetSource
    return JsonlSource if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[") else CsvSource

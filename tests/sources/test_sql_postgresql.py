"""The same on a real PostgreSQL, where its programs are installed (Debian's `postgresql`)."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest

from prefect_getresponse.contact_import.columns.mapping import map_source
from prefect_getresponse.contact_import.rows.validation import compile_reader
from prefect_getresponse.sources import Reading, open_source
from prefect_getresponse.sources.errors import UnreadableSource
from tests.support.postgresql import PASSWORD, PROGRAMS, postgresql

QUERY = "SELECT * FROM people ORDER BY id"
psycopg: Any = pytest.importorskip("psycopg", reason="the extra [sql] is not installed")

pytestmark = [
    pytest.mark.skipif(not PROGRAMS, reason="PostgreSQL is not installed"),
    pytest.mark.xdist_group("postgresql"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A database with 20,000 people; the URL to it."""
    with postgresql() as url:
        fill(url)
        yield url


def fill(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as db:
        db.execute(
            "CREATE TABLE people AS SELECT id, id || '@example.com' AS email, ARRAY['vip', 'new']"
            " AS tags, 1.50::numeric AS points, '{\"a\": 1}'::jsonb AS more, NULL::text AS name,"
            " '2026-01-31 08:15+00'::timestamptz AS since FROM generate_series(1, 20000) AS id"
        )


def test_rows_are_streamed_and_written_as_people_write_them(server: str) -> None:
    source = open_source(server, Reading(query=QUERY))
    records = source.records()

    row, cells = next(records)
    found = dict(zip(source.columns(), cells, strict=True))
    since = found.pop("since")
    assert row == 1
    assert since.startswith("2026-01-31 ")
    assert found == {
        "id": "1",
        "email": "1@example.com",
        "tags": '["vip", "new"]',
        "points": "1.50",
        "more": '{"a": 1}',
        "name": "",
    }
    assert sum(1 for _ in records) == 19_999


def test_types_that_python_has_no_values_for_are_read_as_their_text(server: str) -> None:
    query = (
        "SELECT id, '203.0.113.7'::inet AS ip, '10.0.0.0/8'::cidr AS net,"
        " 'infinity'::date AS until, 'infinity'::timestamptz AS seen, '[1,5)'::int4range AS ages,"
        " '0044-03-15 BC'::date AS old,"
        " '\\xff00'::bytea AS photo, B'101' AS bits, '1 year'::interval AS every"
        " FROM people WHERE id < 3 ORDER BY id"
    )
    source = open_source(server, Reading(query=query))
    (_, cells), _ = source.records()
    assert cells[:7] == [
        "1",
        "203.0.113.7",
        "10.0.0.0/8",
        "infinity",
        "infinity",
        "[1,5)",
        "0044-03-15 BC",
    ]
    assert cells[7:9] == ["(not text)", "101"]


def test_a_table_with_addresses_of_the_network_gives_the_people_that_it_should(
    server: str,
) -> None:
    with psycopg.connect(server, autocommit=True) as db:
        db.execute(
            "CREATE TABLE IF NOT EXISTS subscribers(id serial primary key, email text,"
            " first_name text, ip_address inet, subscribed boolean)"
        )
        db.execute(
            "INSERT INTO subscribers(email, first_name, ip_address, subscribed) VALUES"
            " ('ann@example.com', 'Ann', '203.0.113.7', true),"
            " ('bob@example.com', 'Bob', '2001:db8::1', false)"
        )
    query = "SELECT email, first_name, ip_address, subscribed FROM subscribers ORDER BY id"
    source = open_source(server, Reading(query=query))
    reader = compile_reader(map_source(source))
    ann, bob = reader.read(source)
    assert ann.contact is not None
    assert (ann.contact.name, ann.contact.ip_address) == ("Ann", "203.0.113.7")
    assert (bob.contact, bob.reason) == (None, "no_consent")


def test_a_reading_that_is_given_up_says_nothing(
    server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in open_source(server, Reading(query=QUERY)).records():
        break
    gc.collect()
    assert capsys.readouterr().err == ""


def test_the_password_may_come_from_the_environment(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GETRESPONSE_SOURCE_CRM", PASSWORD)
    source = open_source(
        server.replace(PASSWORD, "${GETRESPONSE_SOURCE_CRM}"), Reading(query=QUERY)
    )

    assert source.location == open_source(server, Reading(query=QUERY)).location
    assert PASSWORD not in source.location + source.name + repr(source)


def test_a_query_cannot_change_anything(server: str) -> None:
    with pytest.raises(UnreadableSource, match="data-modifying"):
        open_source(
            server,
            Reading(
                query="WITH gone AS (DELETE FROM people RETURNING id)"
                " SELECT * FROM gone ORDER BY id"
            ),
        )


def test_a_connection_that_is_lost_is_an_error_that_names_the_row(server: str) -> None:
    source = open_source(server, Reading(query=QUERY))
    records = source.records()
    next(records)
    with psycopg.connect(server, autocommit=True) as db:
        db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = 'postgres' AND pid <> pg_backend_pid()"
        )

    with pytest.raises(UnreadableSource, match=r"row \d+: the connection .* was lost"):
        list(records)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (PASSWORD, "wrong-password", "authentication failed"),
        ("/postgres", "/missing", "does not exist"),
    ],
)
def test_refusals_are_told_without_the_password(server: str, old: str, new: str, says: str) -> None:
    with pytest.raises(UnreadableSource, match=says) as raised:
        open_source(server.replace(old, new), Reading(query=QUERY))
    assert PASSWORD not in str(raised.value)
    assert "wrong-password" not in str(raised.value)


def test_an_error_about_a_cell_does_not_show_it(server: str) -> None:
    with pytest.raises(UnreadableSource) as raised:
        open_source(server, Reading(query="SELECT email::int FROM people ORDER BY id"))
    assert "example.com" not in str(raised.value)

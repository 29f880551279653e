import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from prefect_getresponse.sources import Reading, open_source
from prefect_getresponse.sources.errors import (
    EmptySource,
    ImportInputError,
    SourceNotFound,
    UnreadableSource,
)

QUERY = "SELECT * FROM people ORDER BY id"


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database of 5000 people."""
    path = tmp_path / "crm.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE people (id INTEGER, email TEXT, points REAL)")
        db.executemany(
            "INSERT INTO people VALUES (?, ?, ?)",
            [(number, f"{number}@example.com", number / 2) for number in range(1, 5001)],
        )
        db.commit()
    return f"sqlite:///{path}"


def test_a_query_is_a_source(url: str) -> None:
    source = open_source(url, Reading(query=QUERY))

    assert source.name == "sqlite crm.db"
    assert source.columns() == ["id", "email", "points"]
    records = list(source.records())
    assert records[:2] == [(1, ["1", "1@example.com", "0.5"]), (2, ["2", "2@example.com", "1"])]
    assert len(records) == 5000
    assert source.progress() == (5000, 0)


def test_another_query_is_another_source_and_other_rows_another_state(
    url: str, tmp_path: Path
) -> None:
    source, other = (
        open_source(url, Reading(query=QUERY)),
        open_source(url, Reading(query=QUERY + " DESC")),
    )
    assert source.location != other.location
    assert source.fingerprint() == open_source(url, Reading(query=QUERY)).fingerprint()

    with closing(sqlite3.connect(tmp_path / "crm.db")) as db:
        db.execute("UPDATE people SET points = 7 WHERE id = 5000")
        db.commit()
    assert open_source(url, Reading(query=QUERY)).fingerprint() != source.fingerprint()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT email FROM people ORDER BY id;",
        "select '100%' as share, ':x' as word, email from people order\n by id -- the order",
        "WITH some AS (SELECT * FROM people) SELECT email FROM some ORDER BY id LIMIT 2",
    ],
)
def test_queries_are_taken_as_they_are(url: str, query: str) -> None:
    assert "email" in open_source(url, Reading(query=query)).columns()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM people",
        "SELECT * FROM people -- ORDER BY id",
        "SELECT * FROM (SELECT * FROM people ORDER BY id) AS p",
        "SELECT *, row_number() OVER (ORDER BY id) FROM people",
        "SELECT *, 'order by' FROM people",
        'SELECT *, "ORDER BY" FROM people',
    ],
)
def test_the_order_must_be_said(url: str, query: str) -> None:
    with pytest.raises(UnreadableSource, match="Add an ORDER BY"):
        open_source(url, Reading(query=query))


@pytest.mark.parametrize(
    "query", ["DELETE FROM people ORDER BY id", "SELECT 1 ORDER BY 1; DROP TABLE people"]
)
def test_only_one_select_is_taken(url: str, query: str) -> None:
    with pytest.raises(UnreadableSource, match="not one SELECT"):
        open_source(url, Reading(query=query))


def test_a_query_without_rows_is_empty(url: str) -> None:
    with pytest.raises(EmptySource):
        open_source(url, Reading(query="SELECT * FROM people WHERE id < 0 ORDER BY id"))


def test_the_database_says_what_is_wrong(url: str) -> None:
    with pytest.raises(UnreadableSource, match="no such table: persons"):
        open_source(url, Reading(query="SELECT * FROM persons ORDER BY id"))


def test_a_missing_database_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound):
        open_source(f"sqlite:///{tmp_path}/missing.db", Reading(query=QUERY))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("location", "says"),
    [
        ("people.csv", "needs the URL of a database"),
        ("postgresql://user:hush@host:port/crm", "cannot be understood"),
        ("nodatabase://user:hush@host/crm", "knows no database nodatabase"),
        ("sqlite+nodriver://user:hush@host/crm", "there is no database"),
        ("postgresql+nodriver://user:hush@host/crm", "knows no database"),
        (
            "postgresql://user:${GETRESPONSE_SOURCE_NONE}@host/crm",
            "not in the environment",
        ),
    ],
)
def test_unusable_locations_are_refused_without_secrets(location: str, says: str) -> None:
    with pytest.raises(ImportInputError, match=says) as raised:
        open_source(location, Reading(query=QUERY))
    assert "hush" not in str(raised.value)

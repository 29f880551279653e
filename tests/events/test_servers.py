"""The inbox in a database server: several receivers and drains, one transaction with the table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from prefect_getresponse.events.draining.rows import EVENTS
from prefect_getresponse.events.inbox.inbox import Inbox, LeaseLost
from prefect_getresponse.events.receiving.reading import webhook_entries
from prefect_getresponse.sinks.opening import open_sink
from tests.events.loop import Loop
from tests.events.samples import opened
from tests.support.mariadb import IS_INSTALLED, mariadb
from tests.support.postgresql import PROGRAMS, postgresql

pytestmark = pytest.mark.xdist_group("postgresql")


@pytest.fixture(scope="module", params=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest) -> Iterator[str]:
    if not (PROGRAMS if request.param == "postgresql" else IS_INSTALLED):
        pytest.skip(f"{request.param} is not installed")
    with postgresql() if request.param == "postgresql" else mariadb() as url:
        yield url


@pytest.fixture
def database(server: str) -> Iterator[str]:
    """The address of an empty database."""
    yield server
    engine = create_engine(server.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("DROP SCHEMA IF EXISTS getresponse CASCADE"))
        else:
            for name in inspect(connection).get_table_names():
                connection.execute(text(f"DROP TABLE `{name}`"))
    engine.dispose()


def test_an_unsubscribe_becomes_a_row_in_one_transaction(database: str, tmp_path: Path) -> None:
    loop = Loop(tmp_path)
    loop.inbox_url = loop.to = database
    loop.start()
    loop.api.add(loop.campaign, "ann@mail.example")
    loop.listen(loss=0.0, duplicates=0.5)
    loop.remove("ann@mail.example")
    loop.deliver()
    report = loop.drain()
    loop.reconcile()
    loop.drain()
    assert report.types["contact_removed_link"] == 1
    with closing(open_sink(database)) as sink:
        rows = sorted(sink.select(EVENTS, ["type", "email", "found_by", "payload"]), key=str)
    assert [row[0] for row in rows] == ["contact_added", "contact_removed_link"]
    *said, payload = rows[1]
    assert said == ["contact_removed_link", "ann@mail.example", "both"]
    assert payload["type"] == "contact_removed_link"
    loop.close()


def test_two_drains_never_have_the_same_entries(database: str) -> None:
    first, second = Inbox(database), Inbox(database)
    body = json.dumps([opened()] * 50).encode()
    first.add(webhook_entries(body, "id", 1.0))
    second.add(webhook_entries(body, "id", 2.0))  # what is known stays as it was
    assert {entry.received_at for entry in first.show()} == {1.0}
    leases = [first.take(("Ab1",), 30), second.take(("Ab1",), 30)]
    keys = [entry.key for lease in leases for entry in lease.entries]
    assert len(keys) == len(set(keys)) == 50
    done = dict.fromkeys([entry.key for entry in leases[0].entries], "webhook")
    with second.transaction() as connection:
        second.settle(connection, leases[0], done, {})
    with pytest.raises(LeaseLost), first.transaction() as connection:
        first.settle(connection, leases[0], done, {})
    assert first.counts() == {"done": 30, "leased": 20}
    first.close()
    second.close()


def test_any_text_can_be_kept(database: str) -> None:
    inbox = Inbox(database)
    strange = json.dumps(opened(note="\u0000 \ud800 \U0001f600")).encode()
    for number, body in enumerate((strange, b"\x00\xff", b'{"type": "a", "x": "\\u0000"}')):
        inbox.add(webhook_entries(body, f"{number}", 1.0))
    assert sum(inbox.counts().values()) == 3
    inbox.close()


def test_a_database_that_knows_no_encoding_is_an_inbox_too(server: str, tmp_path: Path) -> None:
    if not server.startswith("postgresql"):
        pytest.skip("a thing of PostgreSQL")
    engine = create_engine(
        server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(
            text("CREATE DATABASE plain ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE 'C'")
        )
    engine.dispose()
    loop = Loop(tmp_path)
    loop.inbox_url = loop.to = server.removesuffix("postgres") + "plain"
    loop.start()
    loop.listen(loss=0.0, duplicates=0.0)
    loop.api.add(loop.campaign, "ann@mail.example")
    loop.deliver()
    loop.drain()
    with closing(open_sink(loop.to)) as sink:
        [row] = sink.select(EVENTS, ["type", "email", "payload"])
    assert row[:2] == ("contact_added", "ann@mail.example")
    loop.close()

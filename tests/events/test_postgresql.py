"""The inbox in PostgreSQL: several receivers and drains, and one transaction with the table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from prefect_getresponse.events.inbox.inbox import Inbox, LeaseLost
from prefect_getresponse.events.receiving.reading import webhook_entries
from tests.events.loop import Loop
from tests.events.samples import opened
from tests.support.postgresql import PROGRAMS, postgresql

pytestmark = [
    pytest.mark.skipif(not PROGRAMS, reason="PostgreSQL is not installed"),
    pytest.mark.xdist_group("postgresql"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql() as url:
        yield url


@pytest.fixture
def database(server: str) -> str:
    """The address of an empty database."""
    engine = create_engine(server.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA IF EXISTS getresponse CASCADE"))
    engine.dispose()
    return server


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
    engine = create_engine(database.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT type, email, found_by, payload->>'type' FROM getresponse.events")
        ).all()
    engine.dispose()
    assert [tuple(row) for row in rows if row[0] != "contact_added"] == [
        ("contact_removed_link", "ann@mail.example", "both", "contact_removed_link")
    ]
    assert [row[0] for row in rows].count("contact_added") == 1
    loop.close()


def test_two_drains_never_have_the_same_entries(database: str) -> None:
    first, second = Inbox(database), Inbox(database)
    body = json.dumps([opened()] * 50).encode()
    first.add(webhook_entries(body, "id", 1.0))
    second.add(webhook_entries(body, "id", 2.0))
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

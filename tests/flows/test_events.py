"""Drain and reconciliation as people run them in Prefect."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import get_client

from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.events.inbox.inbox import Inbox
from prefect_getresponse.events.receiving.reading import webhook_entries
from prefect_getresponse.flows.drain_events import drain_events
from prefect_getresponse.flows.reconcile_events import reconcile_events
from tests.events.samples import ADDRESS, NOW, opened
from tests.support.fast_sandbox import KEY, FastSandbox, fast_sandbox

pytestmark = pytest.mark.xdist_group("prefect")


@pytest.fixture(scope="module")
def account() -> Iterator[FastSandbox]:
    with fast_sandbox() as sandbox:
        people = {"email": "jane@example.com", "campaign": {"campaignId": sandbox.campaign_id}}
        sandbox.api("POST", "/contacts", people)
        while not sandbox.people():
            pass
        yield sandbox


@pytest.fixture
def credentials(account: FastSandbox, prefect_server: str) -> GetResponseCredentials:
    values = {"api_key": KEY, "base_url": account.url, "allow_custom_host": True}
    return GetResponseCredentials.model_validate({"account_name": "events-flow", **values})


def rows(path: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT type, found_by FROM getresponse_events").fetchall()


def task_runs_and_artifacts(state: Any) -> tuple[str, set[str], str]:
    """Name of a run, names of its tasks, and all that its artifacts say."""
    run_id = state.state_details.flow_run_id
    with get_client(sync_client=True) as client:
        run = client.read_flow_run(run_id)
        tasks = [each for each in client.read_task_runs() if each.flow_run_id == run_id]
        told = [each for each in client.read_artifacts() if each.flow_run_id == run_id]
    assert run.name
    return run.name, {each.name for each in tasks}, json.dumps([each.data for each in told])


def test_a_drain_writes_rows_names_its_table_and_shows_no_person(
    account: FastSandbox, credentials: GetResponseCredentials, tmp_path: Path
) -> None:
    inbox, table = str(tmp_path / "inbox.sqlite"), tmp_path / "tables.sqlite"
    payload = {**opened(), "account": {"accountId": account.api("GET", "/accounts")["accountId"]}}
    with closing(Inbox(inbox)) as place:
        place.add(webhook_entries(json.dumps(payload).encode(), "id-1", NOW))
    state = drain_events(credentials, f"sqlite:///{table}", inbox, return_state=True)
    assert state.result().done == 1
    assert rows(table) == [("contact_opened_message", "webhook")]
    name, tasks, told = task_runs_and_artifacts(state)
    assert name == "drain events of events-flow"
    assert {"empty the inbox", "assets"} <= tasks
    assert "1 of 1" in told or "contact_opened_message" in told
    assert ADDRESS not in told
    again = drain_events(credentials, f"sqlite:///{table}", inbox)
    assert (again.taken, again.done) == (0, 0)


def test_a_reconciliation_adds_what_never_arrived(
    credentials: GetResponseCredentials, tmp_path: Path
) -> None:
    inbox, table = str(tmp_path / "inbox.sqlite"), tmp_path / "tables.sqlite"
    state = reconcile_events(
        credentials, f"sqlite:///{table}", inbox, types=["contact_added"], return_state=True
    )
    assert state.result().added == {"contact_added": 1}
    assert rows(table) == [("contact_added", "poll")]
    name, tasks, told = task_runs_and_artifacts(state)
    assert name == "reconcile events of events-flow"
    assert {"read and compare", "assets"} <= tasks
    assert "jane@example.com" not in told
    again = reconcile_events(credentials, f"sqlite:///{table}", inbox, types=["contact_added"])
    assert not again.added

"""The commands of the inbox, in this process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from prefect_getresponse.cli import NOT_STARTED, OK, run
from prefect_getresponse.events.inbox.inbox import Inbox
from prefect_getresponse.events.receiving.reading import webhook_entries
from tests.events.samples import opened
from tests.support.running_sandbox import RunningSandbox


@pytest.fixture
def place(tmp_path: Path, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> str:
    """An inbox with an event and something that is none, named by the settings."""
    url = f"sqlite:///{tmp_path}/inbox.sqlite"
    prefix = "PREFECT_INTEGRATIONS_GETRESPONSE_"
    values = {"INBOX_URL": url, "API_KEY": "sandbox-key", "BASE_URL": sandbox.url}
    for name, value in {**values, "ALLOW_CUSTOM_HOST": "true"}.items():
        monkeypatch.setenv(f"{prefix}{name}", value)
    account = sandbox.control("GET", "state")["account"]
    inbox = Inbox(url)
    body = json.dumps([opened(account={"accountId": account}), 17]).encode()
    inbox.add(webhook_entries(body, "id-1", 1_790_000_000.0))
    inbox.close()
    return url


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert run(["inbox", "show", "--json", *words]) == OK
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


def test_the_whole_life_of_an_entry(
    place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = shown(capsys, "--state", "waiting")
    assert [row["key"] for row in rows] == ["id-1/0"]
    assert set(rows[0]) >= {
        "key",
        "received_at",
        "kind",
        "type",
        "account_id",
        "contact_id",
        "occurred_at",
        "payload",
        "state",
        "lease_until",
        "tries",
        "error",
    }
    assert rows[0]["received_at"] == "2026-09-21T14:13:20.000+00:00"
    assert run(["inbox", "show"]) == OK
    listed = capsys.readouterr().out
    assert "1 unreadable, 1 waiting" in listed
    assert "canary" not in listed

    assert run(["inbox", "drain", "--to", f"sqlite:///{tmp_path}/tables.sqlite"]) == OK
    assert "1 of 1 events in the table" in capsys.readouterr().out
    assert [row["state"] for row in shown(capsys, "--type", "contact_opened_message")] == ["done"]
    assert run(["inbox", "replay", "--state", "done", "id-1/0"]) == OK
    assert [row["key"] for row in shown(capsys, "--state", "waiting")] == ["id-1/0"]
    assert run(["inbox", "reconcile", "--to", f"sqlite:///{tmp_path}/tables.sqlite"]) == OK
    capsys.readouterr()
    assert run(["inbox", "purge", "--older-than", "0", "--unreadable"]) == OK
    assert "purged: 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["inbox", "replay", "--state", "done"],
        ["inbox", "purge", "--older-than", "-1"],
        ["inbox", "show", "--inbox", "nonsense://x"],
        ["inbox", "drain", "--to", "nonsense://x"],
        ["inbox", "drain", "--to", "sqlite:///t.sqlite", "--handlers", "no_such_module"],
        ["receive", "--port", "0"],
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    place: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words) == NOT_STARTED
    [line] = capsys.readouterr().err.strip().splitlines()
    assert line.startswith("error: ")

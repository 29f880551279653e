"""`prefect-getresponse lists`, `contacts find` and `operations WORD`."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from prefect_getresponse import cli
from tests.support.fast_sandbox import CAMPAIGN, FastSandbox, only_settings


@pytest.fixture(autouse=True)
def settings(fast: FastSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in only_settings(fast.settings(tmp_path)).items():
        monkeypatch.setenv(name, text)


def test_lists_are_shown_with_their_ids(
    fast: FastSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["lists"]) == 0
    assert f"{CAMPAIGN}  {fast.campaign_id}  " in capsys.readouterr().out
    assert cli.run(["lists", "--json"]) == 0
    found = {each["name"]: each["campaignId"] for each in json.loads(capsys.readouterr().out)}
    assert found[CAMPAIGN] == fast.campaign_id


def test_a_contact_is_found_by_its_address(
    fast: FastSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    email = "find.me@example.com"
    fast.api("POST", "/contacts", {"email": email, "campaign": {"campaignId": fast.campaign_id}})
    deadline = time.monotonic() + 20
    while email not in fast.people() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert cli.run(["contacts", "find", email]) == 0
    assert capsys.readouterr().out.startswith(f"{CAMPAIGN}  ")
    assert cli.run(["contacts", "find", "me@example.com"]) == 1
    assert capsys.readouterr().out == "nothing found\n"


def test_operations_are_found_by_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["operations", "Contacts", "delete"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert (
        "prefect_getresponse.tasks.contacts.delete_contact  DELETE  /contacts/{contactId}" in lines
    )
    assert all("delete" in line.lower() and "contacts" in line.lower() for line in lines)
    assert cli.run(["operations", "zebra"]) == 2

"""`prefect-getresponse release`: plan, approval, release, statistics, cancelling."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from prefect_getresponse import cli
from tests.support.fast_sandbox import FastSandbox, fast_sandbox, only_settings
from tests.support.terminals import at_a_terminal

RELEASE = """subject: News of spring
sender: {sender}
html: "<p>Hi {{{{CONTACT `subscriber_first_name` `you`}}}}</p>"
plain: Hi {{{{CONTACT `subscriber_first_name` `you`}}}}
audience:
  list: customers
send_on: 2097-01-31T10:00:00+01:00
"""


@pytest.fixture(scope="module")
def sandbox() -> Generator[FastSandbox]:
    with fast_sandbox() as found:
        person = {
            "email": "ann@example.com",
            "name": "Ann Lee",
            "campaign": {"campaignId": found.campaign_id},
        }
        found.api("POST", "/contacts", person)
        yield found


@pytest.fixture
def file(sandbox: FastSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in only_settings(sandbox.settings(tmp_path)).items():
        monkeypatch.setenv(name, text)
    deadline = time.monotonic() + 20
    while not sandbox.people() and time.monotonic() < deadline:
        time.sleep(0.05)
    deadline = time.monotonic() + 20
    while not sandbox.people() and time.monotonic() < deadline:
        time.sleep(0.05)
    sender = sandbox.api("GET", "/from-fields")[0]["email"]
    path = tmp_path / f"spring-{tmp_path.name}.yaml"
    path.write_text(RELEASE.format(sender=sender))
    return path


def plan_hash(capsys: pytest.CaptureFixture[str]) -> str:
    found = re.search(r"\| hash \| ([0-9a-f]{12}) \|", capsys.readouterr().out)
    assert found
    return found[1]


def test_a_release_is_planned_approved_sent_and_cancelled(
    file: Path, sandbox: FastSandbox, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    assert cli.run(["release", str(file), "--dry-run", "--json", str(report)]) == 0
    approved = plan_hash(capsys)
    assert json.loads(report.read_text())["status"] == "planned"
    assert sandbox.api("GET", "/newsletters") == []

    assert cli.run(["release", str(file), "--approve", approved, "--json", str(report)]) == 0
    made = json.loads(report.read_text())
    assert (made["status"], made["balanced"], made["error"]) == ("released", True, "")
    assert cli.run(["release", str(file), "--approve", approved]) == 0
    assert "was released before" in capsys.readouterr().out.lower()
    assert len(sandbox.api("GET", "/newsletters")) == 1

    assert cli.run(["release", "stats", file.stem, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "scheduled"
    assert cli.run(["release", "cancel", file.stem]) == 0
    assert [each["type"] for each in sandbox.api("GET", "/newsletters")] == ["draft"]
    assert cli.run(["release", "cancel", file.stem]) == 2


def test_without_approval_nothing_is_created(
    file: Path, sandbox: FastSandbox, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    before = sandbox.api("GET", "/newsletters")
    report = tmp_path / "report.json"
    assert cli.run(["release", str(file), "--json", str(report)]) == 2
    told = capsys.readouterr()
    assert "ApprovalNeeded: needs approval: approve=" in " ".join(told.err.split())
    assert len(json.loads(report.read_text())["hash"]) == 12
    assert cli.run(["release", str(file), "--approve", "000000000000"]) == 2
    assert "another plan" in capsys.readouterr().err
    assert sandbox.api("GET", "/newsletters") == before


def test_errors_stop_it_with_their_places(
    file: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file.write_text(file.read_text().replace("Hi {{CONTACT", "Hi {{CONTRACT", 1))
    report = tmp_path / "report.json"
    assert cli.run(["release", str(file), "--json", str(report)]) == 2
    assert "html:1:7: error" in " ".join(capsys.readouterr().err.split())
    assert json.loads(report.read_text())["findings"][0]["rule"] == "unknown-tag"


def test_lint_reads_what_the_account_has(
    file: Path, sandbox: FastSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["lint", str(file), "--from-account"]) == 0
    capsys.readouterr()
    draft = {
        "type": "draft",
        "subject": "Old news",
        "fromField": {"fromFieldId": sandbox.api("GET", "/from-fields")[0]["fromFieldId"]},
        "campaign": {"campaignId": sandbox.campaign_id},
        "content": {"html": "<p>Hi {{ name }}</p>", "plain": "Hi"},
        "sendSettings": {"selectedCampaigns": [sandbox.campaign_id]},
    }
    made = sandbox.api("POST", "/newsletters", draft)
    file.write_text(file.read_text().replace("`you`}}", "`you`}} {{CUSTOM `no_such_field`}}"))
    assert cli.run(["lint", str(file), "--from-account"]) == 1
    lines = capsys.readouterr().out
    assert f"draft/{made['newsletterId']}#html:1:7: error" in lines
    assert "unknown-custom-field" in lines
    sandbox.api("DELETE", f"/newsletters/{made['newsletterId']}")


def test_preview_reads_a_contact(
    file: Path, sandbox: FastSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["preview", str(file), "--contact", "ann@example.com", "--part", "plain"]) == 0
    assert "Hi Ann" in capsys.readouterr().out
    assert cli.run(["preview", str(file), "--contact", "none@example.com"]) == 2
    assert "no list has this address" in " ".join(capsys.readouterr().err.split())


@pytest.mark.xdist_group("forks")
def test_the_question_at_a_terminal(file: Path, sandbox: FastSandbox, tmp_path: Path) -> None:
    environment = sandbox.settings(tmp_path)
    for key, code, made in (("no", 2, 0), ("yes", 0, 1)):
        ended, seen = at_a_terminal(["release", str(file)], f"{key}\n", environment)
        assert ended == code, seen
        assert f"Release {file.stem} to 1 people" in " ".join(seen.split())
        query = {"query[name]": f"release {file.stem} "}
        assert len(sandbox.api("GET", "/newsletters", **query)) == made

"""`prefect-getresponse undo`: plan, approval, report."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from prefect_getresponse import cli
from tests.support.fast_sandbox import CAMPAIGN, fast_sandbox, only_settings


def test_an_import_is_undone_once_it_is_approved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    people = tmp_path / "people.csv"
    people.write_text("Email\n" + "".join(f"new{number}@example.com\n" for number in range(3)))
    report = tmp_path / "report.json"
    with fast_sandbox() as sandbox:
        for name, text in only_settings(sandbox.settings(tmp_path)).items():
            monkeypatch.setenv(name, text)
        assert cli.run(["undo", CAMPAIGN, "--json", str(report)]) == 2
        assert "nothing is remembered" in json.loads(report.read_text())["error"]
        assert "nothing is remembered" in " ".join(capsys.readouterr().err.split())
        assert cli.run(["import", str(people), "--list", CAMPAIGN, "--vouch", "--no-input"]) == 0
        capsys.readouterr()
        assert cli.run(["undo", CAMPAIGN, "--dry-run", "--json", str(report)]) == 0
        planned = json.loads(report.read_text())
        assert (planned["planned"], planned["error"]) == (3, None)
        capsys.readouterr()
        assert cli.run(["undo", CAMPAIGN]) == 2
        told = capsys.readouterr()
        assert "needs approval: approve=" in " ".join(told.err.split())
        found = re.search(r"\| hash \| ([0-9a-f]{12}) \|", told.out)
        assert found
        assert found[1] == planned["plan_hash"]
        assert len(sandbox.people()) == 3
        assert cli.run(["undo", CAMPAIGN, "--approve", found[1], "--json", str(report)]) == 0
        assert json.loads(report.read_text())["removed"] == 3

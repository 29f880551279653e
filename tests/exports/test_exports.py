"""Exports of other tools reach the outcome that stands beside them, without a word of mapping."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.flows.nightly_contact_import import nightly_contact_import
from tests.support.fast_sandbox import KEY, FastSandbox, set_waits
from tests.support.forked_program import ForkedProgram

DATA = Path(__file__).parent / "data"
EXPORTS = ["hubspot_contacts", "mailchimp_audience", "shopify_customers"]
WITHOUT_CONSENT = ["hubspot_contacts", "mailchimp_audience"]
"""No column says who agreed: HubSpot's says who left, Mailchimp writes a file a status."""
REASONS = {
    "invalid e-mail": {"invalid_email"},
    "does not accept marketing": {"no_consent"},
    "no e-mail": {"no_email"},
}


def expected_of(export: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (DATA / f"{export}.expected.json").read_text(encoding="utf-8")
    )
    return found


def assert_reached(
    sandbox: FastSandbox, campaign: str, report: dict[str, Any], expected: dict[str, Any]
) -> None:
    """The list, read back over HTTP, the report and the rejects file say what is expected."""
    campaign_id = sandbox.campaign(campaign)
    people = sandbox.people(campaign_id)
    importable: dict[str, dict[str, Any]] = {
        email.casefold(): person for email, person in expected["importable"].items()
    }
    assert people.keys() == importable.keys()
    names = {email: person["name"] or "" for email, person in people.items()}
    assert names == {email: person["name"] for email, person in importable.items()}
    if any("tags" in person for person in importable.values()):
        tags = {email: set(person["tags"]) for email, person in importable.items()}
        assert sandbox.tags(campaign_id) == tags
    assert report["rows_read"] == expected["rows"]
    assert report["balanced"] is True
    assert sum(report["verdicts"].values()) == expected["rows"]
    assert report["verdicts"]["added"] == len(importable)
    assert_refused(report, expected.get("not_imported", []))


def assert_refused(report: dict[str, Any], not_imported: list[dict[str, Any]]) -> None:
    """The rejects file names exactly the rows that were not to be imported, and why."""
    found: dict[int, str] = {}
    if report["rejects_file"]:
        with Path(report["rejects_file"]).open(encoding="utf-8", newline="") as file:
            found = {int(row["row"]): row["reason"] for row in csv.DictReader(file)}
    why = {row["row"]: row["why"] for row in not_imported}
    assert found.keys() == why.keys()
    assert all(found[row] in REASONS[reason] for row, reason in why.items())


@pytest.mark.xdist_group("forks")
@pytest.mark.parametrize("export", EXPORTS)
def test_export_through_the_command_line(fast: FastSandbox, tmp_path: Path, export: str) -> None:
    report = tmp_path / "report.json"
    words = ["import", str(DATA / f"{export}.csv"), "--list", export, "--create-list"]
    words += ["--json", str(report), *(["--vouch"] if export in WITHOUT_CONSENT else [])]
    done = ForkedProgram(words, fast.settings(tmp_path / "home"), tmp_path)

    _, err = done.communicate(timeout=120)
    assert done.returncode == 0, err
    found = json.loads(report.read_text(encoding="utf-8"))
    assert_reached(fast, export, found, expected_of(export))
    if export == "mailchimp_audience":
        assert found["renamed_tags"]["Newsletter 2026"] == "Newsletter_2026"


@pytest.mark.xdist_group("prefect")
@pytest.mark.usefixtures("prefect_server")
def test_an_export_through_the_flow(
    fast: FastSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = "mailchimp_audience"
    set_waits(monkeypatch, tmp_path)
    credentials = GetResponseCredentials.model_validate(
        {"api_key": KEY, "base_url": fast.url, "allow_custom_host": True}
    )

    report = nightly_contact_import(
        credentials,
        source=str(DATA / f"{export}.csv"),
        list_name=export,
        create_list=True,
        vouched=export in WITHOUT_CONSENT,
    )

    assert_reached(fast, export, report.as_dict(), expected_of(export))

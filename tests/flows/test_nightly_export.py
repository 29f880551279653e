"""The export as people run it in Prefect."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import get_client

from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.export.report import ExportFailed
from prefect_getresponse.flows.nightly_export import nightly_export
from prefect_getresponse.runtime.assets import asset_key, getresponse_key
from tests.support.fast_sandbox import KEY, FastSandbox, fast_sandbox

pytestmark = pytest.mark.xdist_group("prefect")


@pytest.fixture
def account() -> Iterator[FastSandbox]:
    with fast_sandbox() as sandbox:
        yield sandbox


def credentials_of(account: FastSandbox) -> GetResponseCredentials:
    values: dict[str, Any] = {
        "api_key": KEY,
        "base_url": account.url,
        "allow_custom_host": True,
        "account_name": "export-flow",
    }
    return GetResponseCredentials(**values)


@pytest.mark.usefixtures("prefect_server")
def test_the_flow_exports_reports_and_names_what_it_made(
    account: FastSandbox, tmp_path: Path
) -> None:
    to = f"sqlite:///{tmp_path}/out.db"
    state = nightly_export(
        credentials_of(account), to, streams=["lists", "contacts"], return_state=True
    )
    report = state.result()
    assert report.balanced
    assert report.tables["lists"].got == 2
    with get_client(sync_client=True) as client:
        run_id = state.state_details.flow_run_id
        assert run_id is not None
        run = client.read_flow_run(run_id)
        assert run.name == "export of export-flow, all lists, to out.db"
        keys = {
            artifact.key for artifact in client.read_artifacts() if artifact.flow_run_id == run_id
        }
    assert any(key.startswith("getresponse-export-report") for key in keys if key)
    assert any(key.startswith("getresponse-export-tables") for key in keys if key)


@pytest.mark.usefixtures("prefect_server")
def test_a_dry_run_writes_nothing_and_a_wrong_list_fails_in_a_sentence(
    account: FastSandbox, tmp_path: Path
) -> None:
    to = str(tmp_path / "lake")
    report = nightly_export(credentials_of(account), to, streams=["lists"], dry_run=True)
    assert report.plan["lists"].calls == 1
    assert not (tmp_path / "lake").exists()
    state = nightly_export(credentials_of(account), to, lists=["nowhere"], return_state=True)
    assert state.is_failed()
    assert "no list is named 'nowhere'" in str(state.message)


def test_keys_of_assets_are_ids_and_single_words() -> None:
    assert getresponse_key("A1", "lists", "L2") == "getresponse://A1/lists/L2"
    assert asset_key("sqlite:////tmp/a b/out.db/getresponse_tags") == (
        "sqlite://tmp/a-b/out.db/getresponse_tags"
    )


def test_the_error_of_a_failed_export_carries_its_report() -> None:
    assert ExportFailed("broken").report is None

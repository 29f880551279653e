"""The same rows through dlt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

dlt: Any = pytest.importorskip("dlt")

from prefect_getresponse.export.dlt import getresponse_source  # noqa: E402
from tests.support.fast_sandbox import FastSandbox, fast_sandbox  # noqa: E402


@pytest.fixture
def account() -> Any:
    with fast_sandbox() as sandbox:
        yield sandbox


@pytest.mark.filterwarnings("ignore")
def test_dlt_loads_lists_and_people_with_types_and_keys(
    account: FastSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prefect_getresponse import GetResponseCredentials
    from tests.support.fast_sandbox import KEY

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    values: dict[str, Any] = {"api_key": KEY, "base_url": account.url, "allow_custom_host": True}
    credentials = GetResponseCredentials(**values)
    people = {"email": "jane@example.com", "campaign": {"campaignId": account.campaign_id}}
    account.api("POST", "/contacts", people)
    account.control("GET", "/state")
    while not account.people():
        pass
    pipeline = dlt.pipeline(
        "warehouse",
        pipelines_dir=str(tmp_path / "work"),
        destination=dlt.destinations.duckdb(str(tmp_path / "out.duckdb")),
        dataset_name="getresponse",
    )
    for _ in range(2):
        pipeline.run(
            getresponse_source(credentials, ["lists", "contacts"]), loader_file_format="jsonl"
        )
    with pipeline.sql_client() as client:
        found = client.execute_sql("SELECT email, created_on FROM contacts")
        lists = client.execute_sql("SELECT count(*) FROM lists")
    assert [email for email, _ in found] == ["jane@example.com"]
    assert found[0][1].year >= 2026
    assert lists[0][0] == 2

"""The same rows through dlt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.export.schema.catalogue import RUNS
from tests.export.lab import contents, tables
from tests.support.fast_sandbox import KEY, FastSandbox, fast_sandbox

pytestmark = pytest.mark.filterwarnings("ignore")  # those of dlt


@pytest.fixture
def account() -> Iterator[FastSandbox]:
    with fast_sandbox() as sandbox:
        people = {"email": "jane@example.com", "campaign": {"campaignId": sandbox.campaign_id}}
        sandbox.api("POST", "/contacts", people)
        sandbox.api("POST", "/tags", {"name": "vip"})
        while not sandbox.people():
            pass
        yield sandbox


@pytest.fixture
def credentials(account: FastSandbox, monkeypatch: pytest.MonkeyPatch) -> GetResponseCredentials:
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    values: dict[str, Any] = {"api_key": KEY, "base_url": account.url, "allow_custom_host": True}
    return GetResponseCredentials(**values)


def test_every_table_is_a_resource_with_its_rows_keys_and_types(
    credentials: GetResponseCredentials, tmp_path: Path
) -> None:
    getresponse_source = pytest.importorskip("prefect_getresponse.export.dlt").getresponse_source
    copy = tmp_path / "copy.sqlite"
    source = getresponse_source(credentials, copy=str(copy))
    assert set(source.resources) == {*tables(), RUNS.name}
    for name, table in tables().items():
        schema = source.resources[name].compute_table_schema()
        hints = schema["columns"]
        assert {key for key, hint in hints.items() if hint.get("primary_key")} == set(table.key)
        assert {column.name for column in table.all_columns} <= hints.keys()
    for name in ("contacts", "lists", "tags"):
        rows = contents(f"sqlite:///{copy}", name, set())
        found = [{key: row[key] for key in rows[0]} for row in source.resources[name]]
        assert sorted(map(str, found)) == sorted(map(str, rows))
        assert rows


def test_dlt_loads_what_changed_by_key(
    account: FastSandbox,
    credentials: GetResponseCredentials,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dlt: Any = pytest.importorskip("dlt")
    getresponse_source = pytest.importorskip("prefect_getresponse.export.dlt").getresponse_source
    monkeypatch.chdir(tmp_path)
    pipeline = dlt.pipeline(
        "warehouse",
        pipelines_dir=str(tmp_path / "work"),
        destination=dlt.destinations.duckdb(str(tmp_path / "out.duckdb")),
        dataset_name="getresponse",
    )

    def load() -> list[tuple[Any, ...]]:
        source = getresponse_source(credentials, ["contacts"], copy=str(tmp_path / "copy.sqlite"))
        pipeline.run(source, loader_file_format="jsonl")
        with pipeline.sql_client() as client:
            found = client.execute_sql("SELECT email, created_on, _deleted_at FROM contacts")
            return [tuple(row) for row in found or ()]

    [(email, created, gone)] = load()
    assert (email, created.year >= 2026, gone) == ("jane@example.com", True, None)
    account.control(
        "POST", "/remove", {"list": account.campaign_id, "email": email, "reason": "api"}
    )
    [(email, _, gone)] = load()
    assert email == "jane@example.com"
    assert gone is not None

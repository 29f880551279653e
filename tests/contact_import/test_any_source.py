"""The whole import, from sources that are no files."""

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from prefect_getresponse import GetResponseCredentials, cli
from prefect_getresponse.contact_import.engine import run_import
from prefect_getresponse.contact_import.options import import_options
from prefect_getresponse.contact_import.report import ImportReport
from prefect_getresponse.sources import RowsSource
from tests.support.fast_sandbox import CAMPAIGN, KEY, FastSandbox, only_settings

JANE, JOHN = "jane@example.com", "john@example.com"


def test_rows_of_a_program_are_imported_and_remembered(fast: FastSandbox, tmp_path: Path) -> None:
    credentials = GetResponseCredentials(
        api_key=SecretStr(KEY), base_url=fast.url, allow_custom_host=True
    )

    def import_rows(rows: list[dict[str, Any]]) -> ImportReport:
        options = import_options(
            source="crm", list_name=CAMPAIGN, vouched=True, state_dir=str(tmp_path)
        )

        async def work() -> ImportReport:
            client = credentials.get_async_client()
            return await run_import(options, "default", client, source=RowsSource(rows, name="crm"))

        return asyncio.run(work())

    rows: list[dict[str, Any]] = [{"email": JANE, "name": "Jane"}, {"email": JOHN, "name": None}]
    assert import_rows(rows).verdicts["added"] == 2
    assert import_rows(rows).verdicts["unchanged"] == 2
    assert set(fast.people()) == {JANE, JOHN}


def test_the_command_line_takes_a_query_and_keeps_the_url_to_itself(
    fast: FastSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in os.environ:
        if name.startswith("PREFECT_INTEGRATIONS_") or name == "PREFECT_API_URL":
            monkeypatch.delenv(name)
    settings = fast.settings(tmp_path / "home", STATE_DIR=str(tmp_path / "state"))
    for name, text in only_settings(settings).items():
        monkeypatch.setenv(name, text)
    with closing(sqlite3.connect(tmp_path / "crm.db")) as db:
        db.execute("CREATE TABLE people (email TEXT, name TEXT)")
        db.execute("INSERT INTO people VALUES (?, 'Jane')", (JANE,))
        db.commit()

    words = ["import", f"sqlite:///{tmp_path}/crm.db", "--list", CAMPAIGN, "--vouch"]
    assert cli.run([*words, "--query", "SELECT email, name FROM people ORDER BY email"]) == 0
    assert fast.people()[JANE]["name"] == "Jane"
    assert cli.run([*words, "--query", "SELECT email FROM people"]) == cli.NOT_STARTED

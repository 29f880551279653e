"""Whatever happens to an import, Prefect never holds the key or an address, wherever one looks."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prefect.settings import (
    PREFECT_API_DATABASE_CONNECTION_URL,
    PREFECT_HOME,
    PREFECT_LOGGING_LEVEL,
    PREFECT_RESULTS_PERSIST_BY_DEFAULT,
    temporary_settings,
)

from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.flows.nightly_contact_import import nightly_contact_import
from tests.support.fast_sandbox import CAMPAIGN, KEY, FastSandbox, fast_sandbox, set_waits

pytestmark = pytest.mark.xdist_group("prefect")

WRONG_KEY = f"{KEY}-revoked"
PERSON = "quokka."
"""What all addresses begin with."""
PEOPLE = [f"{PERSON}{name}@example.com" for name in ("jane", "john", "mary")]
REFUSED = [f"{PERSON}gone@example.com", f"{PERSON}broken@", f"{PERSON}dropped@rejected.example"]
TROUBLES: dict[str, dict[str, Any]] = {
    "all is well": {},
    "the answer is lost": {"kind": "commit_then_fail", "status": 0, "times": 1},
    "the answer is a page": {"kind": "html", "times": 1},
    "the key is refused": {"kind": "status", "status": 401, "times": 20},
}


@pytest.fixture(scope="module")
def account() -> Iterator[FastSandbox]:
    with fast_sandbox() as running:
        yield running


def block(account: FastSandbox, key: str) -> GetResponseCredentials:
    """A block that was stored and is loaded by its name."""
    GetResponseCredentials.model_validate(
        {"api_key": key, "base_url": account.url, "allow_custom_host": True}
    ).save("leaks", overwrite=True)
    loaded = GetResponseCredentials.load("leaks")
    assert isinstance(loaded, GetResponseCredentials)
    return loaded


def kept() -> dict[str, bytes]:
    """All files in which Prefect keeps anything, its database among them."""
    database = Path(
        PREFECT_API_DATABASE_CONNECTION_URL.value().removeprefix("sqlite+aiosqlite:///")
    )
    assert database.is_file()
    folders = {database.parent, Path(PREFECT_HOME.value())}
    while True:
        paths = {path for folder in folders for path in folder.rglob("*") if path.is_file()}
        try:
            return {str(path): path.read_bytes() for path in paths}
        except FileNotFoundError:  # SQLite has written its journal into the database
            continue


def test_prefect_holds_neither_key_nor_address(
    prefect_server: str,
    account: FastSandbox,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    source = tmp_path / "people.csv"
    consents = ["yes"] * len(PEOPLE) + ["no", "yes", "yes"]
    rows = [f"{email},{said}" for email, said in zip(PEOPLE + REFUSED, consents, strict=True)]
    source.write_text("\n".join(["Email,Consent", *rows]))
    ended: dict[str, str] = {}
    with temporary_settings(
        {PREFECT_LOGGING_LEVEL: "DEBUG", PREFECT_RESULTS_PERSIST_BY_DEFAULT: True}
    ):
        for number, (name, fault) in enumerate([*TROUBLES.items(), ("a wrong key", {})]):
            account.control("POST", "/reset")
            optin = {"api": "single", "email": "single", "import": "single", "webform": "single"}
            account.api("POST", "/campaigns", {"name": CAMPAIGN, "optinTypes": optin})
            set_waits(monkeypatch, tmp_path / f"state{number}")
            if fault:
                account.faults({"method": "POST", "path": "/v3/contacts", **fault})
            state = nightly_contact_import(
                block(account, WRONG_KEY if name == "a wrong key" else KEY),
                source=str(source),
                list_name=CAMPAIGN,
                max_reject_ratio=1.0,
                return_state=True,
            )
            ended[name] = state.type.value

    assert ended["all is well"] == "COMPLETED"
    assert ended["a wrong key"] == "FAILED"
    files = kept()
    assert any(b"Unable to authenticate" in content for content in files.values())
    assert [word for word in (KEY, PERSON) if word in caplog.text] == []
    assert [
        (path, word)
        for path, content in files.items()
        for word in (KEY, PERSON)
        if word.encode() in content
    ] == []

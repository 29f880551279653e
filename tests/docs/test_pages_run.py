"""What the pages tell people to write and to type works, page by page and from top to bottom.

Keys that a page asks for are keys of the sandbox, which stands in the place of GetResponse.
"""

from __future__ import annotations

import asyncio
import gzip
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from prefect.settings import PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW, temporary_settings
from starlette.applications import Starlette

from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.accounts.platforms import ENDPOINTS
from prefect_getresponse.sandbox import Sandbox
from prefect_getresponse.tasks.campaigns import create_campaign
from tests.docs.blocks import PAGES, ROOT, blocks_of
from tests.docs.reader import Reader
from tests.support.asgi import started_and_stopped

pytestmark = pytest.mark.xdist_group("pages")

FOLLOWED = [page for page in PAGES if page.parent.name != "reference" and blocks_of(page)]
"""Pages with blocks; those of the reference only show signatures."""
SETTINGS = "PREFECT_INTEGRATIONS_GETRESPONSE_"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[GetResponseCredentials]:
    """Credentials of a sandbox that every platform leads to, with a list `Newsletter`."""
    keys: dict[str, Any] = {
        "api_key": "YOUR-KEY",
        "client_id": "YOUR-ID",
        "client_secret": "YOUR-SECRET",
    }
    with Sandbox(speed=1000, **keys).serve() as server:
        for platform in ENDPOINTS:
            monkeypatch.setitem(ENDPOINTS, platform, server.url)
        port = urlsplit(server.url).port
        values: dict[str, Any] = {"api_key": "YOUR-KEY", "account_name": f"pages-{port}"}
        ours = GetResponseCredentials(**values)
        create_campaign.fn(ours, name="Newsletter", optin_types={"api": "single"})
        yield ours


@pytest.fixture(scope="module")
def outside_of_flows(prefect_server: str) -> Iterator[None]:
    """Tasks are called outside of flows, too, where there is no run to log to."""
    with temporary_settings({PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW: "ignore"}):
        yield


@pytest.fixture
def reader(
    account: GetResponseCredentials,
    outside_of_flows: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[Reader]:
    """A reader in a folder with exports of customers, and with a block `main`."""
    monkeypatch.chdir(tmp_path)
    exports = tmp_path / "exports"
    exports.mkdir()
    for name in ("customers.csv", "exports/monday.csv"):
        shutil.copy(ROOT / "examples" / "customers.csv", tmp_path / name)
    shutil.copy(ROOT / "examples" / "customers.xlsx", tmp_path)
    people = gzip.compress(b'{"email": "jane@example.com", "first_name": "Jane"}\n')
    (tmp_path / "customers.jsonl.gz").write_bytes(people)
    table = import_module("pyarrow.csv").read_csv(tmp_path / "customers.csv")
    import_module("pyarrow.parquet").write_table(table, tmp_path / "customers.parquet")
    with closing(sqlite3.connect(tmp_path / "crm.db")) as crm, crm:
        crm.execute("CREATE TABLE customers (id, email, first_name, newsletter)")
        crm.execute("INSERT INTO customers VALUES (1, 'jane@example.com', 'Jane', 'yes')")
    monkeypatch.setenv(f"{SETTINGS}STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv(f"{SETTINGS}SETTLE_SECONDS", "2.5")
    monkeypatch.setenv(f"{SETTINGS}API_KEY", "YOUR-KEY")
    account.save("main", overwrite=True)
    # Annotations of a flow are looked up in the module that `__name__` names.
    names: dict[str, Any] = {
        "__name__": "__main__",
        "credentials": account,
        "code": _authorization_code(account),
    }
    places = {"http://127.0.0.1:8088/v3": account.endpoint, "sandbox-key": "YOUR-KEY"}
    yield Reader(monkeypatch, names, places)
    application = names.get("application")
    if isinstance(application, Starlette):
        asyncio.run(started_and_stopped(application))


def _authorization_code(account: GetResponseCredentials) -> str:
    """What the redirect brings to whoever lets the application in."""
    page = f"{account.endpoint.removesuffix('/v3')}/oauth2_authorize.html"
    query = {"response_type": "code", "client_id": "YOUR-ID", "state": "state"}
    answer = httpx.get(page, params=query, trust_env=False)
    return httpx.URL(answer.headers["Location"]).params["code"]


@pytest.mark.parametrize(
    "page",
    FOLLOWED,
    ids=lambda page: page.relative_to(ROOT).as_posix(),
)
def test_the_page_can_be_followed(page: Path, reader: Reader) -> None:
    for block in blocks_of(page):
        try:
            reader.do(block)
        except BaseException as error:
            error.add_note(f"in {block.place}")
            raise

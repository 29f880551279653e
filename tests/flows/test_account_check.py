"""The account check as a flow, and what it says about the Prefect server."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from typing import Any, cast

import httpx
import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate

from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.accounts.shared_limits import ensure_limits
from prefect_getresponse.doctor import AccountReport
from prefect_getresponse.flows.account_check import AccountCheckFailed, account_check
from tests.support.fast_sandbox import CAMPAIGN, KEY, FastSandbox, fast_sandbox

pytestmark = pytest.mark.xdist_group("prefect")

ACCOUNT = "checked"


@pytest.fixture(scope="module")
def account() -> Iterator[FastSandbox]:
    with fast_sandbox() as running:
        yield running


@pytest.fixture
def credentials(account: FastSandbox, prefect_server: str) -> GetResponseCredentials:
    """Credentials whose account's limits are as they should be."""
    ensure_limits(ACCOUNT)
    values = {"api_key": KEY, "base_url": account.url, "allow_custom_host": True}
    return GetResponseCredentials.model_validate({"account_name": ACCOUNT, **values})


def found(report: AccountReport, check: str) -> list[str]:
    return [f"{each.outcome}: {each.found}" for each in report.findings if each.check == check]


def test_a_run_leaves_its_findings_and_writes_nothing(
    account: FastSandbox, prefect_server: str, credentials: GetResponseCredentials
) -> None:
    before = account.writes

    report = account_check(credentials, list_name=CAMPAIGN)

    assert account.writes == before
    assert [each.split(":")[0] for each in found(report, "limits")] == ["ok", "ok"]
    assert found(report, "Prefect server")[0].startswith("ok: version 3.")
    assert "memory" in found(report, "lease store")[0]  # what a server takes by default
    wanted = {"artifacts": {"key": {"like_": "getresponse-account-check-checked"}}}
    answer = httpx.post(f"{prefect_server}/artifacts/filter", json=wanted, trust_env=False)
    [artifact] = answer.json()
    assert "lease store" in artifact["data"]
    assert KEY not in artifact["data"]


def test_a_limit_that_was_changed_by_hand_fails_the_run(
    credentials: GetResponseCredentials,
) -> None:
    with get_client(sync_client=True) as client:
        client.update_global_concurrency_limit(
            f"getresponse-{ACCOUNT}", GlobalConcurrencyLimitUpdate(limit=3)
        )

    state = cast(Any, account_check)(credentials, return_state=True)

    error = state.result(raise_on_failure=False)
    assert state.is_failed()
    assert isinstance(error, AccountCheckFailed)
    assert "changed by hand" in str(error)


def test_warnings_of_the_client_are_in_the_log_of_the_run(prefect_server: str) -> None:
    text = "POST /imports waits 3:00:00: the calls that GetResponse allows a day are used up"

    @flow
    def night() -> None:
        logging.getLogger("prefect_getresponse").warning(text)

    night()

    deadline = time.monotonic() + 30
    found: list[Any] = []
    while not found and time.monotonic() < deadline:
        latest = {"limit": 200, "sort": "TIMESTAMP_DESC"}
        answer = httpx.post(f"{prefect_server}/logs/filter", json=latest, trust_env=False)
        found = [each for each in answer.json() if each["message"] == text]
        time.sleep(0.2)
    [line] = found
    assert line["flow_run_id"]

"""Checks of the Prefect server: the limits that workers share, and where it keeps their leases."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, cast

import httpx
from prefect.client.orchestration import get_client

from prefect_getresponse.accounts.shared_limits import read_limits
from prefect_getresponse.client.errors import InvalidConfiguration
from prefect_getresponse.doctor.findings import Finding, ok, problem, unknown, warning
from prefect_getresponse.limits.pools.prefect import tries_again

MEMORY = "prefect.server.concurrency.lease_storage.memory"
FILES = "prefect.server.concurrency.lease_storage.filesystem"


def limits(account: str) -> list[Finding]:
    """Workers share the account's calls through limits of the Prefect server."""
    try:
        states = read_limits(account)
    except InvalidConfiguration as error:
        return [unknown("limits", error)]
    findings: list[Finding] = []
    for state in states:
        if state.size is None:
            findings.append(ok("limits", f"{state.name} is missing; the first worker creates it"))
        elif not state.is_right:
            advice = "Repair it: prefect-getresponse limits ensure."
            findings.append(problem("limits", f"{state.name} was changed by hand", advice))
        else:
            findings.append(
                ok(
                    "limits",
                    f"{state.name}: {state.taken} of {state.size} slots in use, those of this check"
                    " included",
                )
            )
    return findings


def server() -> list[Finding]:
    """The server is of our kind, and a restart of it does not forget who holds which slot."""
    try:
        theirs, settings = _read_server()
    except (httpx.HTTPError, ValueError) as error:
        return [unknown("Prefect server", RuntimeError(f"no answer ({type(error).__name__})"))]
    ours = version("prefect")
    findings = [ok("Prefect server", f"version {theirs}")]
    if theirs.split(".")[:2] < ours.split(".")[:2]:
        text = f"version {theirs} is older than the {ours} of this machine"
        findings = [warning("Prefect server", text, "Upgrade the server first, then the workers.")]
    store = settings.get("server", {}).get("concurrency", {}).get("lease_storage", "")
    if store == MEMORY:
        findings.append(
            warning(
                "lease store",
                "the server keeps leases in its memory: a restart leaves slots taken",
                f"Set PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE={FILES} on the server;"
                " `prefect-getresponse limits reset` frees what a restart has left.",
            )
        )
    elif store:
        findings.append(ok("lease store", f"{store.rpartition('.')[2]}"))
    return findings


def _read_server() -> tuple[str, dict[str, Any]]:
    """Version and settings of the server; no settings where it does not show them."""
    with (
        tries_again(0),
        get_client(sync_client=True) as client,
    ):
        theirs = client.api_version()
        routes = cast(Any, client)  # Prefect's types name only the routes that its client uses
        try:
            return theirs, routes.request("GET", "/admin/settings").json()
        except httpx.HTTPStatusError:
            return theirs, {}

"""A worker in a process of its own: makes one call after another until its time is over.

It says `ready`, waits for a line, works, and prints how many calls it made as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

from pydantic import SecretStr

from prefect_getresponse.client.auth import ApiKeyAuth
from prefect_getresponse.client.request import ApiRequest, RetryClass
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.limits.service import shared_throttle

READ = ApiRequest("GET", "/accounts", "/accounts", RetryClass.READ)


def batch(campaign_id: str, number: int) -> ApiRequest:
    """A batch of one person."""
    body: Any = {"campaignId": campaign_id, "contacts": [{"email": f"{number}@example.com"}]}
    return ApiRequest(
        "POST",
        "/contacts/batch",
        "/contacts/batch",
        RetryClass.BATCH,
        body=body,
        budgets=("contacts/batch",),
    )


async def work(url: str, key: str, account: str, name: str, kind: str, seconds: float) -> None:
    """Make calls side by side, for some seconds after the word to go.

    Args:
        url: Base URL of the API.
        key: Its key.
        account: Name of the account in the shared limits.
        name: What the account's log shall call this worker.
        kind: `reads` or `batches`.
        seconds: How long.
    """
    client = AsyncClient(
        url,
        ApiKeyAuth(SecretStr(key), url, {}),
        throttle=shared_throttle(account, url),
        headers={"X-Sandbox-Client": name},
    )
    calls = 0

    async def call_on_and_on() -> None:
        nonlocal calls
        campaign_id = (
            "" if kind == "reads" else (await client.send(CAMPAIGNS)).data[0]["campaignId"]
        )
        while True:
            await client.send(READ if kind == "reads" else batch(campaign_id, calls))
            calls += 1

    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    began = time.monotonic()
    async with client:
        callers = [asyncio.create_task(call_on_and_on()) for _ in range(12)]
        done, _ = await asyncio.wait(callers, timeout=seconds)
        for caller in callers:
            caller.cancel()
        await asyncio.gather(*callers, return_exceptions=True)
    for caller in done:
        caller.result()
    print(json.dumps({"name": name, "calls": calls, "seconds": time.monotonic() - began}))


CAMPAIGNS = ApiRequest("GET", "/campaigns", "/campaigns", RetryClass.READ)

if __name__ == "__main__":
    _, base_url, api_key, account_name, called, calls_made, for_seconds = sys.argv
    asyncio.run(work(base_url, api_key, account_name, called, calls_made, float(for_seconds)))

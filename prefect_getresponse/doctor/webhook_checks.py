"""Checks that the receiver answers as GetResponse needs it, and that no other address is taken."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.doctor.findings import Finding, ok, problem, warning
from prefect_getresponse.events.receiving.reading import PROBE
from prefect_getresponse.events.receiving.registration import callbacks_of

ANSWER_SECONDS = 5.0
"""GetResponse waits no longer."""
SLOW_SECONDS = 2.0
_NAME = "webhook address"
_SECRET = "WEBHOOK_SECRET"  # noqa: S105 - the name of a setting


async def address(
    url: str,
    secrets: Sequence[SecretStr],
    transport: httpx.AsyncBaseTransport | None = None,
) -> list[Finding]:
    """Call the address as GetResponse does, with and without the secret.

    Args:
        url: The address, without its secret.
        secrets: The present secret, and the previous one if there is one.
        transport: Replaces the network, for tests.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        advice = "Put a proxy with a certificate in front of the receiver."
        return [problem(_NAME, f"{_shown(url)} is no https address", advice)]
    if not secrets:
        return [problem(_NAME, f"{_SECRET} is not set", f"Set {_SECRET} as the receiver has it.")]
    async with httpx.AsyncClient(transport=transport, timeout=ANSWER_SECONDS) as http:
        try:
            findings = [await _with_secret(http, url, secret) for secret in secrets]
            return [*findings, await _without_secret(http, url)]
        except httpx.TimeoutException:
            text = f"{_shown(url)} does not answer within {ANSWER_SECONDS:.0f} s"
            return [problem(_NAME, text, "Look at proxy, receiver, and the inbox's database.")]
        except httpx.HTTPError as error:
            text = f"{_shown(url)} cannot be reached: {type(error).__name__}"
            return [problem(_NAME, text, "Check name, port, certificate and firewall.")]


async def callbacks_elsewhere(client: AsyncClient, url: str) -> list[Finding]:
    """Find out whether callbacks go to the same host as webhooks."""
    present = await callbacks_of(client)
    if present is None:
        return []
    there = urlsplit(str(present.get("url", ""))).hostname
    if there == urlsplit(url).hostname:
        return [ok("callback address", "callbacks come to the same host")]
    text = f"callbacks go to {there}, which is another host"
    return [warning("callback address", text, "Nothing takes it over; remove it if unused.")]


async def _with_secret(http: httpx.AsyncClient, url: str, secret: SecretStr) -> Finding:
    loop = asyncio.get_running_loop()
    began = loop.time()
    answer = await _call(http, url, secret.get_secret_value())
    took = loop.time() - began
    if answer.is_redirect:
        text = f"{_shown(url)} redirects, and GetResponse does not follow"
        return problem(_NAME, text, "Register the address that it redirects to.")
    if answer.status_code == 401:
        return problem(_NAME, "the receiver does not know the secret", f"Give both one {_SECRET}.")
    if answer.status_code == 503:
        text = "the receiver cannot write to its inbox"
        return problem(_NAME, text, "See its log: disk full, or database locked or gone.")
    if answer.status_code != 200 or _body(answer) != {"status": "OK"}:
        text = f'{_shown(url)} answers {answer.status_code} without {{"status": "OK"}}'
        return problem(_NAME, text, "Is it the receiver that answers there, and its path right?")
    if took > SLOW_SECONDS:
        text = f"answers after {took:.1f} s, and GetResponse waits {ANSWER_SECONDS:.0f} s"
        return warning(_NAME, text, "Look at what makes it slow: proxy, network, database.")
    return ok(_NAME, f"{_shown(url)} answers as GetResponse needs it, in {took:.1f} s")


async def _without_secret(http: httpx.AsyncClient, url: str) -> Finding:
    answer = await _call(http, url, "")
    if answer.status_code == 401:
        return ok("webhook secret", "nobody is heard without it")
    text = f"without the secret the address answers {answer.status_code}"
    return problem("webhook secret", text, "Let only the receiver answer there.")


async def _call(http: httpx.AsyncClient, url: str, secret: str) -> httpx.Response:
    query = {"secret": secret} if secret else {}
    headers = {"X-Webhook-Type": PROBE}
    return await http.post(url, params=query, json={"type": PROBE}, headers=headers)


def _body(answer: httpx.Response) -> object:
    try:
        return answer.json()
    except ValueError:
        return None


def _shown(url: str) -> str:
    """An address without what may be a secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"

"""200 with JSON of another shape, where an import reads it: a typed error, and nothing is sent."""

from __future__ import annotations

import random
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from prefect_getresponse.client.auth import ApiKeyAuth
from prefect_getresponse.client.errors import TransportFailed
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.contact_import.account import Account
from prefect_getresponse.limits.throttle import Throttle
from tests.support.virtual_time import VirtualTime

URL = "https://sandbox.test/v3"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (["a", "b"], "no object"),
        ([{"campaignId": "c", "name": None}], "name is null"),
        ([{"campaignId": "c", "name": ["x"]}], "name is a list"),
        ([{"campaignId": "c"}], "without name"),
        ({"login": "http://portal"}, "no list"),
    ],
)
def test_lists_of_another_shape_are_a_typed_error(data: Any, said: str) -> None:
    time = VirtualTime()

    async def ask() -> None:
        async with AsyncClient(
            URL,
            ApiKeyAuth(SecretStr("canary-key-0123"), URL, {}),
            throttle=Throttle(clock=time, chance=random.Random(1)),
            transport=httpx.MockTransport(lambda _request: httpx.Response(200, json=data)),
        ) as client:
            await Account(client).find_campaign("customers")

    with pytest.raises(TransportFailed, match=said):
        time.run(ask())

"""The account as an export sees it: listings that are complete, and single things.

Every call is built by the declaration of its task, so that its rules hold here too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, cast

from prefect_getresponse.client.listings.paginate import aiterate_pages
from prefect_getresponse.client.listings.whole_listing import read_whole
from prefect_getresponse.client.request import ApiAnswer, ApiRequest
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.operation import Declared

SIDE_BY_SIDE = 6
"""Pages of one listing that are asked for at the same time."""


class _Counting:
    """A client that remembers how many things the listing has that it reads."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self.total: int | None = None

    async def send(self, request: ApiRequest) -> ApiAnswer:
        answer = await self._client.send(request)
        if answer.paging.total_count is not None:
            self.total = answer.paging.total_count
        return answer


class Reader:
    """Reads an account.

    Args:
        client: The account's client.
    """

    def __init__(self, client: AsyncClient) -> None:
        self.client = client

    async def call(self, task: Declared, **arguments: object) -> Any:
        """Call an operation by its task's declaration, without a task run."""
        return (await self.client.send(task.operation.request(arguments))).data

    async def count(self, task: Declared, **arguments: object) -> int:
        """How many things a listing has; one call."""
        request = task.operation.request(arguments | {"per_page": 1, "page": 1})
        answer = await self.client.send(request)
        total = answer.paging.total_count
        return len(cast("list[Any]", answer.data)) if total is None else total

    async def pages(
        self, task: Declared, **arguments: object
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """Pages of a listing that only grows at its end."""
        request = task.operation.request(arguments)
        async for page in aiterate_pages(self.client, request, side_by_side=SIDE_BY_SIDE):
            if page.items:
                yield page.items

    def whole(self, task: Declared, id_name: str, **arguments: object) -> Whole:
        """A listing that is read whole although it changes meanwhile."""
        return Whole(self.client, task.operation.request(arguments), id_name)


class Whole:
    """One reading of a listing.

    Args:
        client: The account's client.
        request: The listing.
        id_name: Member that tells its things apart.
    """

    def __init__(self, client: AsyncClient, request: ApiRequest, id_name: str) -> None:
        self._counting = _Counting(client)
        self._request = request
        self._id_name = id_name

    @property
    def total(self) -> int | None:
        """How many things GetResponse counted when it was asked last."""
        return self._counting.total

    async def pages(self) -> AsyncIterator[list[dict[str, Any]]]:
        """Things in pieces; one may come twice.

        Raises:
            ListingMoved: It changes too fast for being read.
        """
        client = cast(AsyncClient, self._counting)
        found = read_whole(client, self._request, self._id_name, side_by_side=SIDE_BY_SIDE)
        async for rows in found:
            if rows:
                yield rows

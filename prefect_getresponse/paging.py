"""Whole listings: `pages`, `items` and `fetch_all` over any task that reads one page.

They take the arguments of the task, and need no task run a page:

    for contact in items(list_contacts, credentials, campaign_id="abc"):
        ...

Each has an async twin `.aio`.  `page` starts the walk elsewhere than at page 1, and `per_page` sets
another size than the API's largest, 1000.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import AsyncGenerator, Generator, Sequence
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from prefect_getresponse.client.listings.paginate import (
    SIDE_BY_SIDE,
    Page,
    aiterate_pages,
    iterate_pages,
)
from prefect_getresponse.client.request import ApiRequest
from prefect_getresponse.runtime.garbage import kept_meanwhile

if TYPE_CHECKING:
    from prefect_getresponse.accounts.access import Access
    from prefect_getresponse.operation import OperationTask

__all__ = ["CollectionMoved", "fetch_all", "items", "pages"]

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger("prefect_getresponse")


class CollectionMoved(UserWarning):
    """A listing changed while it was read: items may be missing or there twice."""


class _Pages:
    """Read a listing page by page."""

    def __call__(
        self, task: OperationTask[P, list[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> Generator[list[T]]:
        """Read pages one after another, each when it is asked for.

        Args:
            task: Task that reads one page.
            args: Its arguments, credentials first.
            kwargs: Its arguments.

        Returns:
            The pages in order; none for an empty listing.

        Raises:
            InvalidArguments: The API would refuse an argument.
            TypeError: The task's listing has no pages.
        """
        credentials, request, first = _listing(task, *args, **kwargs)
        found = iterate_pages(credentials.get_client(), request, first)
        return (page.items for page in found if page.items)

    def aio(
        self, task: OperationTask[P, list[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncGenerator[list[T]]:
        """The async twin, for `async for`."""
        credentials, request, first = _listing(task, *args, **kwargs)
        found = aiterate_pages(credentials.get_async_client(), request, first)
        return (page.items async for page in found if page.items)


class _Items:
    """Read a listing item by item."""

    def __call__(
        self, task: OperationTask[P, list[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> Generator[T]:
        """Read items in order, a page of them when the first is asked for.

        Args:
            task: Task that reads one page.
            args: Its arguments, credentials first.
            kwargs: Its arguments.

        Returns:
            The items in order.

        Raises:
            InvalidArguments: The API would refuse an argument.
            TypeError: The task's listing has no pages.
        """
        return (item for page in pages(task, *args, **kwargs) for item in page)

    def aio(
        self, task: OperationTask[P, list[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncGenerator[T]:
        """The async twin, for `async for`."""
        found = pages.aio(task, *args, **kwargs)
        return (item async for page in found for item in page)


class _FetchAll:
    """Read a whole listing into memory."""

    def __call__(
        self, task: OperationTask[P, list[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> list[T]:
        """Read a listing as fast as the account's limits allow, up to 10 pages side by side.

        Args:
            task: Task that reads one page.
            args: Its arguments, credentials first.
            kwargs: Its arguments.

        Returns:
            All items in order.

        Raises:
            InvalidArguments: The API would refuse an argument.
            TypeError: The task's listing has no pages.

        Warns:
            CollectionMoved: The API's count changed meanwhile, or differs from what was read;
                not known when `page` starts the walk elsewhere.
        """
        credentials, request, first = _listing(task, *args, **kwargs)
        client = credentials.get_client()
        with kept_meanwhile():
            found = list(iterate_pages(client, request, first, SIDE_BY_SIDE))
        _check_count(task.operation.name, found)
        return [item for page in found for item in page.items]

    async def aio(
        self, task: OperationTask[P, list[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> list[T]:
        """The async twin."""
        credentials, request, first = _listing(task, *args, **kwargs)
        client = credentials.get_async_client()
        with kept_meanwhile():
            found = [page async for page in aiterate_pages(client, request, first, SIDE_BY_SIDE)]
        _check_count(task.operation.name, found)
        return [item for page in found for item in page.items]


pages = _Pages()
items = _Items()
fetch_all = _FetchAll()


def _listing(
    task: OperationTask[P, list[T]], *args: P.args, **kwargs: P.kwargs
) -> tuple[Access, ApiRequest, int]:
    """The credentials, the request for a listing and the number of its first page."""
    if "perPage" not in task.operation.query_parameters.values():
        raise TypeError(f"{task.operation.name} does not read a listing with pages")
    credentials, request = task.operation.bind(*args, **kwargs)
    return credentials, request, int(dict(request.query).get("page", 1))


def _check_count(name: str, found: Sequence[Page]) -> None:
    """Warn when the items read are not those that the API counted, on every page the same."""
    if found[0].number != 1:
        return
    read = sum(len(page.items) for page in found)
    counts = sorted({page.total_count for page in found if page.total_count is not None})
    if counts in ([], [read]):
        return
    told = " then ".join(map(str, counts))
    text = f"{name}: the listing changed while it was read: {read} items read, {told} counted"
    logger.warning(text)
    warnings.warn(text, CollectionMoved, stacklevel=3)

"""Whole listings over the sandbox: what callers of `pages`, `items` and `fetch_all` get."""

import asyncio
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from prefect_getresponse import GetResponseCredentials, InvalidArguments
from prefect_getresponse.paging import CollectionMoved, fetch_all, items, pages
from prefect_getresponse.sandbox import Sandbox
from prefect_getresponse.tasks.accounts import get_account
from prefect_getresponse.tasks.campaigns import list_campaigns
from prefect_getresponse.tasks.contacts import Contact, list_campaign_contacts, list_contacts
from prefect_getresponse.tasks.search_contacts import list_contacts_by_conditions
from tests.client.fault_server import FaultServer, answer
from tests.support.running_sandbox import RunningSandbox

PEOPLE = 2_345


@pytest.fixture(scope="module", autouse=True)
def alone() -> Iterator[None]:
    """No Prefect server shares out the calls: whichever the tests before have left is not asked."""
    with temporary_settings(restore_defaults={PREFECT_API_URL}):
        yield


@pytest.fixture(scope="module")
def crowded() -> Iterator[GetResponseCredentials]:
    """Credentials of a sandbox with some thousand contacts on its default list."""
    with Sandbox(seed_contacts=PEOPLE).serve() as server:
        yield GetResponseCredentials.model_validate(
            {"api_key": "sandbox-key", "base_url": server.url, "allow_custom_host": True}
        )


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


async def collect(found: AsyncIterator[Any]) -> list[Any]:
    return [each async for each in found]


Read = Callable[..., list[Contact]]


@pytest.fixture(params=["sync", "async"])
def flavour(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def read(flavour: str, runner: asyncio.Runner) -> Read:
    """`fetch_all` in both flavours."""

    async def aread(*args: Any, **kwargs: Any) -> list[Any]:
        return await fetch_all.aio(*args, **kwargs)

    if flavour == "sync":
        return lambda *args, **kwargs: fetch_all(*args, **kwargs)
    return lambda *args, **kwargs: runner.run(aread(*args, **kwargs))


class TestWholeListing:
    def test_pages(self, crowded: GetResponseCredentials, runner: asyncio.Runner) -> None:
        found = list(pages(list_contacts, crowded, sort_email="ASC"))

        async def acollect() -> list[list[Contact]]:
            return await collect(pages.aio(list_contacts, crowded, sort_email="ASC"))

        assert [len(page) for page in found] == [1000, 1000, 345]
        assert runner.run(acollect()) == found

    def test_items(self, crowded: GetResponseCredentials, runner: asyncio.Runner) -> None:
        found = [each["contactId"] for each in items(list_contacts, crowded)]

        async def acollect() -> list[str]:
            return [each["contactId"] async for each in items.aio(list_contacts, crowded)]

        assert len(set(found)) == len(found) == PEOPLE
        assert runner.run(acollect()) == found

    def test_fetch_all_keeps_the_order(self, crowded: GetResponseCredentials, read: Read) -> None:
        found = read(list_contacts, crowded, sort_email="DESC", per_page=100)
        emails = [each.get("email", "") for each in found]

        assert len(emails) == PEOPLE
        assert emails == sorted(emails, reverse=True)

    def test_may_start_elsewhere(self, crowded: GetResponseCredentials, read: Read) -> None:
        assert len(read(list_contacts, crowded, page=3)) == PEOPLE - 2000

    def test_positional_arguments(self, crowded: GetResponseCredentials, read: Read) -> None:
        campaign_id = list_campaigns.fn(crowded)[0]["campaignId"]
        assert len(read(list_campaign_contacts, crowded, campaign_id)) == PEOPLE

    def test_listings_of_a_post(self, crowded: GetResponseCredentials, read: Read) -> None:
        campaign_id = list_campaigns.fn(crowded)[0]["campaignId"]
        found = read(
            list_contacts_by_conditions,
            crowded,
            subscribers_type=["subscribed"],
            section_logic_operator="or",
            section=[
                {
                    "campaignIdsList": [campaign_id],
                    "logicOperator": "or",
                    "subscriberCycle": ["receiving_autoresponder", "not_receiving_autoresponder"],
                    "subscriptionDate": "all_time",
                }
            ],
        )
        assert len({each["contactId"] for each in found}) == PEOPLE


class TestCalls:
    def test_pages_are_read_when_asked_for(self, sandbox: RunningSandbox) -> None:
        found = items(list_contacts, sandbox.credentials(), per_page=1)
        assert sandbox.calls() == []
        assert list(found) == []
        assert sandbox.calls() == ["GET /v3/contacts"]

    def test_an_empty_listing_has_no_pages(self, sandbox: RunningSandbox) -> None:
        assert list(pages(list_contacts, sandbox.credentials())) == []

    def test_options_of_the_task_do_not_matter(self, sandbox: RunningSandbox) -> None:
        task = list_campaigns.with_options(name="other")
        assert len(fetch_all(task, sandbox.credentials())) == 1


class TestRefusals:
    def test_arguments_are_checked_before_the_first_page(
        self, credentials: GetResponseCredentials
    ) -> None:
        for entry in (pages, items, fetch_all):
            with pytest.raises(InvalidArguments, match="per_page"):
                entry(list_contacts, credentials, per_page=1001)

    def test_only_listings_have_pages(self, credentials: GetResponseCredentials) -> None:
        with pytest.raises(TypeError, match="get_account does not read a listing"):
            pages(get_account, credentials)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - wrong on purpose


Pages = list[tuple[list[str], int | None]]
"""Ids of each page, and the number of items that it says the listing has."""


class TestMovingListing:
    @staticmethod
    def read(found: Pages, read: Read, first: int) -> list[str]:
        """Read a listing that a server answers so."""
        size = {"TotalPages": str(first + len(found) - 1)}
        answers = [
            answer(
                200,
                [{"contactId": each} for each in ids],
                headers={} if count is None else {**size, "TotalCount": str(count)},
            )
            for ids, count in found
        ]
        with FaultServer(*answers) as server:
            credentials = GetResponseCredentials.model_validate(
                {"api_key": "any-key", "base_url": server.url, "allow_custom_host": True}
            )
            got = read(list_contacts, credentials, per_page=2, page=first)
        assert len(server.requests) == len(found)
        return [contact["contactId"] for contact in got]

    @pytest.mark.parametrize(
        "found",
        [
            [(["a", "b"], 3), (["d"], 4)],
            [(["a", "b"], 4), (["d"], 4)],
            [(["a", "b"], 3), (["b", "c"], 3)],
        ],
    )
    def test_is_told(self, found: Pages, read: Read, caplog: pytest.LogCaptureFixture) -> None:
        with pytest.warns(CollectionMoved, match="list_contacts: the listing changed"):
            got = self.read(found, read, 1)

        assert got == [each for ids, _ in found for each in ids]
        assert "the listing changed while it was read" in caplog.text

    @pytest.mark.parametrize(
        ("found", "first"),
        [
            ([(["a"], 1)], 1),
            ([(["a", "b"], None), (["c"], None)], 1),
            ([(["c"], 3)], 2),
        ],
    )
    def test_a_listing_at_rest_is_not(self, found: Pages, first: int, read: Read) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.read(found, read, first)

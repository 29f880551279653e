"""What type checkers see of the public names.  Checked by mypy and pyright, never run."""

from collections.abc import AsyncGenerator, Coroutine, Generator
from typing import Any, assert_type

from prefect import flow
from prefect.futures import PrefectFuture, PrefectFutureList

from prefect_getresponse import OMIT, GetResponseCredentials, Upload
from prefect_getresponse.operation import OperationTask
from prefect_getresponse.paging import fetch_all, items, pages
from prefect_getresponse.segments import SearchSection
from prefect_getresponse.tasks.accounts import get_account, update_account_blocklist
from prefect_getresponse.tasks.common import Blocklist
from prefect_getresponse.tasks.contacts import (
    Contact,
    ContactDetails,
    create_contact,
    get_contact,
    list_campaign_contacts,
    list_contacts,
    update_contact,
)
from prefect_getresponse.tasks.multimedia import Image, upload_image
from prefect_getresponse.tasks.newsletters import get_newsletter_thumbnail
from prefect_getresponse.tasks.search_contacts import SearchedContact, list_contacts_by_conditions
from prefect_getresponse.tasks.tags import TagDetails, create_tag


@flow
def sync_flow(credentials: GetResponseCredentials, section: SearchSection) -> None:
    """A task is called, submitted, mapped and adjusted with its own arguments and result."""
    assert_type(list_contacts(credentials, campaign_id="x"), list[Contact])
    assert_type(get_contact(credentials, "x"), ContactDetails)
    assert_type(update_account_blocklist(credentials, masks=[]), Blocklist | None)
    assert_type(get_account(credentials)["accountId"], str)
    assert_type(get_newsletter_thumbnail(credentials, "x"), bytes)
    assert_type(upload_image(credentials, file=Upload("logo.png", b"")), Image)
    create_contact(
        credentials,
        email="jane@example.com",
        campaign={"campaignId": "x"},
        name=OMIT,
        scoring=None,
        tags=[{"tagId": "t"}],
    )
    update_contact(credentials, "x", note=None)

    future = create_tag.submit(credentials, name="vip")  # pyright: ignore[reportUnknownMemberType] - Prefect leaves some overloads untyped
    assert_type(future, PrefectFuture[TagDetails])
    assert_type(create_tag.map(credentials, name=["a", "b"]), PrefectFutureList[TagDetails])

    calm = list_contacts.with_options(retries=5, timeout_seconds=60)
    assert isinstance(calm, OperationTask)
    assert_type(calm(credentials), list[Contact])

    assert_type(pages(list_contacts, credentials, email="a"), Generator[list[Contact]])
    assert_type(items(list_campaign_contacts, credentials, "x"), Generator[Contact])
    assert_type(fetch_all(calm, credentials), list[Contact])
    found = fetch_all(
        list_contacts_by_conditions,
        credentials,
        subscribers_type=["removed"],
        section_logic_operator="or",
        section=[section],
    )
    assert_type(found, list[SearchedContact])


@flow
async def async_flow(credentials: GetResponseCredentials) -> None:
    """The async twins take the same arguments."""
    assert_type(await list_contacts.aio(credentials, campaign_id="x"), list[Contact])
    assert_type(await get_contact.with_options(retries=1).aio(credentials, "x"), ContactDetails)
    later: Coroutine[Any, Any, TagDetails] = create_tag.aio(credentials, name="a")
    await later

    assert_type(pages.aio(list_contacts, credentials), AsyncGenerator[list[Contact]])
    assert_type(items.aio(list_contacts, credentials), AsyncGenerator[Contact])
    assert_type(await fetch_all.aio(list_contacts, credentials), list[Contact])


def refused(credentials: GetResponseCredentials) -> None:
    """What must not type-check; mypy reports an ignore that is not needed."""
    create_tag(credentials)  # type: ignore[call-overload]  # pyright: ignore
    create_tag(credentials, nam="vip")  # type: ignore[call-overload]  # pyright: ignore
    list_contacts(credentials, origin="fax")  # type: ignore[call-overload]  # pyright: ignore
    list_contacts(credentials, name=None)  # type: ignore[call-overload]  # pyright: ignore
    pages(list_contacts, credentials, nam="x")  # type: ignore[call-arg]  # pyright: ignore
    items(get_account, credentials)  # type: ignore[arg-type]  # pyright: ignore

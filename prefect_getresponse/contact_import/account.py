"""The account as an import sees it: lists, people, fields, tags, and whom not to write to.

Every call is built by the declaration of its task, so that its rules hold here too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from prefect_getresponse.client.errors import Conflict, GetResponseError, NotFound, OutcomeUnknown
from prefect_getresponse.client.listings.whole_listing import read_whole
from prefect_getresponse.client.request import ApiAnswer, ApiRequest
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.client.server_time import in_utc
from prefect_getresponse.contact_import.ledger.books.imports import GONE, ImportState
from prefect_getresponse.contact_import.planning.exclusions import (
    BLOCKLISTED_IN_ACCOUNT,
    BLOCKLISTED_IN_LIST,
    SUPPRESSED,
    Exclusions,
    read_masks,
)
from prefect_getresponse.contact_import.rows.addresses import listed_key
from prefect_getresponse.contact_import.rows.custom_fields import CustomField
from prefect_getresponse.operation import Declared
from prefect_getresponse.segments import section
from prefect_getresponse.tasks.accounts import get_account, get_account_blocklist
from prefect_getresponse.tasks.campaigns import (
    create_campaign,
    get_campaign,
    get_campaign_blocklist,
    list_campaigns,
)
from prefect_getresponse.tasks.contacts import get_contact, list_contacts
from prefect_getresponse.tasks.custom_fields import create_custom_field, list_custom_fields
from prefect_getresponse.tasks.imports import get_import, list_imports
from prefect_getresponse.tasks.search_contacts import list_contacts_by_conditions
from prefect_getresponse.tasks.suppressions import get_suppression, list_suppressions
from prefect_getresponse.tasks.tags import create_tag, list_tags

PAGES_AT_ONCE = 4
_NAMED = {
    each.operation.name
    for each in (list_campaigns, get_campaign, create_campaign, list_tags, list_custom_fields)
}
"""Operations whose answers are found by their name."""
_CREATIONS = 3
"""How often a tag of which no trace is found is created; its name makes a repeat harmless."""
_SINGLE_OPT_IN = {"email": "single", "api": "single", "import": "single", "webform": "single"}


class CampaignNotFound(GetResponseError):
    """No list of the account has the name or id."""


class AmbiguousCampaign(GetResponseError):
    """Several lists of the account have the name."""


class CustomFieldNotFound(GetResponseError):
    """A custom field that the mapping names is not in the account."""


@dataclass(frozen=True)
class Campaign:
    """A list (campaign).

    Attributes:
        campaign_id: Its id.
        name: Its name.
        double_optin: Whether people added through the API must confirm first.
    """

    campaign_id: str
    name: str
    double_optin: bool


def is_on(campaign_id: str, details: Mapping[str, Any]) -> bool:
    """Whether a contact is on a list, as GetResponse answers it now: it may have been moved.

    Args:
        campaign_id: The list.
        details: The contact.
    """
    match details.get("campaign"):
        case {"campaignId": str(found)}:
            return found == campaign_id
        case _:
            return False


class Account:
    """Reads and prepares what an import needs from the account.

    Args:
        client: The account's client.
        name: Name of the account.

    Attributes:
        client: The account's client.
        name: Name of the account.
    """

    def __init__(self, client: AsyncClient, name: str = "") -> None:
        self.client = client
        self.name = name

    async def call(self, task: Declared, **arguments: object) -> Any:
        """Call an operation by its task's declaration, without a task run."""
        return (await self.answer(task, **arguments)).data

    async def answer(self, task: Declared, **arguments: object) -> ApiAnswer:
        """Call an operation, and return the answer with what its headers say."""
        return await self.client.send(_request(task, arguments))

    async def pages(
        self, task: Declared, id_name: str, **arguments: object
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """Pieces of a listing, of which nobody is missed who is in it the whole time."""
        request = _request(task, arguments)
        async for rows in read_whole(self.client, request, id_name, side_by_side=PAGES_AT_ONCE):
            yield rows

    async def items(
        self, task: Declared, id_name: str, **arguments: object
    ) -> list[dict[str, Any]]:
        """All items of a listing that is known to be small."""
        found = {
            item[id_name]: item
            async for page in self.pages(task, id_name, **arguments)
            for item in page
        }
        return list(found.values())

    async def account_id(self) -> str:
        """Id of the account, which lasts when it is renamed."""
        return str((await self.call(get_account))["accountId"])

    async def find_campaign(self, wanted: str) -> Campaign:
        """Find a list by its name, compared without case and outer blanks, or by its id.

        Raises:
            CampaignNotFound: There is none.
            AmbiguousCampaign: The name fits several.
        """
        listed = await self.items(list_campaigns, "campaignId")
        by_name = [item for item in listed if _folded(item["name"]) == _folded(wanted)]
        found = by_name or [item for item in listed if item["campaignId"] == wanted]
        if not found:
            names = ", ".join(sorted(repr(item["name"]) for item in listed)[:10])
            raise CampaignNotFound(
                f"no list is named {wanted!r}; the account has {names or 'none'}",
                advice="Correct it, or let it be created (--create-list, create_list=True).",
            )
        if len(found) > 1:
            ids = ", ".join(f"{item['name']!r} ({item['campaignId']})" for item in found)
            raise AmbiguousCampaign(
                f"{len(found)} lists are named {wanted!r}: {ids}",
                advice="Give the id of the one you mean instead of the name.",
            )
        return await self._campaign(found[0]["campaignId"])

    async def create_campaign(self, name: str) -> Campaign:
        """Create a list whose opt-in types are all `single`."""
        try:
            created = await self.call(create_campaign, name=name, optin_types=_SINGLE_OPT_IN)
        except (OutcomeUnknown, Conflict):
            created = None
        if created is None:  # or accepted, but the answer was unreadable
            return await self.find_campaign(name)
        return Campaign(created["campaignId"], created["name"], double_optin=False)

    async def _campaign(self, campaign_id: str) -> Campaign:
        details = await self.call(get_campaign, campaign_id=campaign_id)
        optin = details.get("optinTypes", {}).get("api", "single")
        return Campaign(campaign_id, details["name"], double_optin=optin == "double")

    async def custom_fields(
        self, names: list[str], *, may_lack: bool = False
    ) -> dict[str, CustomField]:
        """Custom fields by name.

        Args:
            names: Their names.
            may_lack: Leave out those that the account lacks.

        Raises:
            CustomFieldNotFound: The account has no such field.
        """
        if not names:
            return {}
        fields = await self.items(list_custom_fields, "customFieldId")
        listed = {item["name"]: item for item in fields}
        missing = [name for name in names if name not in listed]
        if missing and not may_lack:
            raise CustomFieldNotFound(
                f"the account has no custom field named {', '.join(map(repr, missing))}",
                advice="Let it be created (--create-fields, create_fields=True), or map its"
                " column to another field or to '-'.",
            )
        return {name: CustomField.of(listed[name]) for name in names if name in listed}

    async def create_custom_field(self, name: str) -> CustomField:
        """Create a custom field that takes any text."""
        with suppress(OutcomeUnknown, Conflict):
            created = await self.call(
                create_custom_field,
                name=name,
                type="string",
                format="text",
                hidden="false",
                values=[],
            )
            if created is not None:  # else accepted, but the answer was unreadable
                return CustomField.of(created)
        return (await self.custom_fields([name]))[name]

    async def tag_ids(self, names: list[str]) -> dict[str, str]:
        """Ids of tags by name; creates those that are missing."""
        if not names:
            return {}
        listed = await self._listed_tags()
        for name in names:
            if name not in listed:
                listed[name] = await self._create_tag(name)
        return {name: listed[name] for name in names}

    async def _listed_tags(self) -> dict[str, str]:
        return {item["name"]: item["tagId"] for item in await self.items(list_tags, "tagId")}

    async def _create_tag(self, name: str) -> str:
        for _ in range(_CREATIONS):
            with suppress(OutcomeUnknown, Conflict):
                created = await self.call(create_tag, name=name)
                if created is not None:  # else accepted, but the answer was unreadable
                    return str(created["tagId"])
            listed = {_folded(tag): tag_id for tag, tag_id in (await self._listed_tags()).items()}
            if _folded(name) in listed:
                return listed[_folded(name)]
        raise OutcomeUnknown(f"tag {name!r} could not be created")

    def subscribers(
        self, campaign_id: str, created_from: str | None = None, *, how: bool = True
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """Confirmed people of a list, with id, e-mail, name, and how and when they came.

        Args:
            campaign_id: The list.
            created_from: Only people who were added on this day (YYYY-MM-DD, UTC) or later.
            how: Whether to ask how and when they came.
        """
        window = {"created_from": created_from} if created_from else {}
        return self.pages(
            list_contacts,
            "contactId",
            campaign_id=campaign_id,
            sort_email="ASC",
            fields="contactId,email,name" + (",origin,createdOn" if how else ""),
            **window,
        )

    def search(
        self, campaign_id: str, subscribers_type: str
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """People of a list whom only a segment query shows.

        Args:
            campaign_id: The list.
            subscribers_type: `removed` or `unconfirmed`.
        """
        return self.pages(
            list_contacts_by_conditions,
            "contactId",
            sort_email="ASC",
            **_segment(campaign_id, subscribers_type),
        )

    async def removed_page(
        self, campaign_id: str, page: int, per_page: int
    ) -> tuple[list[dict[str, Any]], int | None]:
        """A page of the people removed from a list, as GetResponse orders them, and their number.

        Args:
            campaign_id: The list.
            page: Number of the page.
            per_page: People of a page.
        """
        answer = await self.answer(
            list_contacts_by_conditions,
            page=page,
            per_page=per_page,
            **_segment(campaign_id, "removed"),
        )
        is_page = isinstance(answer.data, list)
        people = cast("list[dict[str, Any]]", answer.data) if is_page else []
        return people, answer.paging.total_count

    async def find_subscriber(self, campaign_id: str, email: str) -> dict[str, Any] | None:
        """Somebody on a list by the address; None if nobody confirmed has it.

        Args:
            campaign_id: The list.
            email: The address as it was sent.
        """
        found: list[dict[str, Any]] | None = await self.call(
            list_contacts, email=email, campaign_id=campaign_id, additional_flags=["exactMatch"]
        )
        wanted = listed_key(email)
        return next((each for each in found or [] if listed_key(each["email"]) == wanted), None)

    async def contact(self, contact_id: str) -> dict[str, Any]:
        """One contact with tags and custom fields."""
        found: dict[str, Any] = await self.call(get_contact, contact_id=contact_id)
        return found

    async def imports(self, since: float, campaign_id: str | None = None) -> list[dict[str, Any]]:
        """Imports created since a moment.

        Args:
            since: The moment, in seconds since the epoch.
            campaign_id: Only those into this list.
        """
        wanted = {} if campaign_id is None else {"campaign_id": campaign_id}
        # A filter by day, as its format is certain; the moment itself is compared here.
        day = f"{datetime.fromtimestamp(since, UTC) - timedelta(days=1):%Y-%m-%d}"
        listed = await self.items(list_imports, "importId", created_from=day, **wanted)
        # One that does not say when it was created may be any.
        times = ((moment(each.get("createdOn")), each) for each in listed)
        return [each for created, each in times if created is None or created >= since]

    async def read_import(self, import_id: str) -> ImportState:
        """One import with its status and counters; one that is not known any more is gone."""
        try:
            answer = await self.call(get_import, import_id=import_id)
        except NotFound:
            return ImportState(import_id, GONE)
        return ImportState.of(answer) or ImportState(import_id, "")

    async def exclusions(self, campaign_id: str) -> Exclusions:
        """Blocklists of the account and of the list, and all suppression lists.

        Raises:
            OptOutsNotUnderstood: An answer is not what the API documents.
        """
        masks: dict[str, str] = {}
        for suppression in await self.items(list_suppressions, "suppressionId"):
            suppression_id = suppression["suppressionId"]
            details = await self.call(get_suppression, suppression_id=suppression_id)
            masks |= dict.fromkeys(read_masks(details), SUPPRESSED)
        of_list = await self.call(get_campaign_blocklist, campaign_id=campaign_id)
        of_account = await self.call(get_account_blocklist)
        masks |= dict.fromkeys(read_masks(of_list), BLOCKLISTED_IN_LIST)
        masks |= dict.fromkeys(read_masks(of_account), BLOCKLISTED_IN_ACCOUNT)
        return Exclusions.of(masks)


def _request(task: Declared, arguments: Mapping[str, object]) -> ApiRequest:
    """Request whose answer must have all that an import reads of it."""
    request = task.operation.request(arguments)
    if request.shape is None or task.operation.name not in _NAMED:
        return request
    return replace(request, shape=request.shape.needing(name=(str,)))


def _segment(campaign_id: str, subscribers_type: str) -> dict[str, Any]:
    return {
        "subscribers_type": [subscribers_type],
        "section_logic_operator": "and",
        "section": [section([campaign_id])],
    }


def moment(text: object) -> float | None:
    """Seconds since the epoch of a moment of an answer; None if it is missing or unreadable."""
    return _seconds(text) if isinstance(text, str) else None


@lru_cache(maxsize=1_000)  # people of a call came at the same time, and every look lists them
def _seconds(text: str) -> float | None:
    try:
        return in_utc(datetime.fromisoformat(text)).timestamp()
    except (ValueError, OverflowError):
        return None


def _folded(text: str) -> str:
    return text.strip().casefold()

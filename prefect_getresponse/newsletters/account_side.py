"""What a release names, found in the account: sender, list, segments, exclusions, time zone."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from prefect_getresponse.client.request import ApiAnswer
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.contact_import.account import Account
from prefect_getresponse.newsletters.content.message import Known
from prefect_getresponse.newsletters.release_file import InvalidRelease, Release
from prefect_getresponse.operation import Declared
from prefect_getresponse.tasks.accounts import get_account, list_timezones
from prefect_getresponse.tasks.campaigns import list_campaigns
from prefect_getresponse.tasks.custom_fields import list_custom_fields
from prefect_getresponse.tasks.from_fields import list_from_fields
from prefect_getresponse.tasks.predefined_fields import list_predefined_fields
from prefect_getresponse.tasks.search_contacts import get_search_contacts, list_search_contacts
from prefect_getresponse.tasks.suppressions import list_suppressions
from prefect_getresponse.tasks.tags import list_tags

_UTC = ("UTC", "Etc/UTC", "GMT", "Etc/GMT")


@dataclass(frozen=True)
class Named:
    """A list, segment or suppression list of the account.

    Attributes:
        id: Its id.
        name: Its name.
        definition: Hash of what a segment asks for; empty for others.
    """

    id: str
    name: str
    definition: str = ""


@dataclass(frozen=True)
class Sender:
    """A sender (from field) of the account.

    Attributes:
        id: Its id.
        name: The name that people see.
        email: Its address, that of a company.
        is_active: Whether it may send.
        has_dkim_trouble: Whether GetResponse warns about its domain.
    """

    id: str
    name: str
    email: str
    is_active: bool
    has_dkim_trouble: bool


@dataclass(frozen=True)
class SendTime:
    """When it is sent, as GetResponse takes it.

    Attributes:
        at: The moment, in UTC.
        date: The time in the zone, without an offset.
        zone_id: Number of the zone in the account.
        zone: Name of the zone.
    """

    at: datetime
    date: str
    zone_id: int
    zone: str


@dataclass(frozen=True)
class Resolved:
    """A release's names, found in the account."""

    account_id: str
    sender: Sender
    list: Named
    segments: tuple[Named, ...]
    excluded_lists: tuple[Named, ...]
    excluded_segments: tuple[Named, ...]
    suppressions: tuple[Named, ...]
    time: SendTime | None


class AccountSide:
    """The account that a release goes to.

    Args:
        client: The account's client.
        clock: Seconds since the epoch on this machine; GetResponse's own clock corrects it.
    """

    def __init__(self, client: AsyncClient, clock: Callable[[], float]) -> None:
        self.client = client
        self.account = Account(client)
        self.account_id = ""
        self._clock = clock
        self._ahead = 0.0

    async def answer(self, task: Declared, **arguments: object) -> ApiAnswer:
        """Call an operation and return the whole answer."""
        return await self.client.send(task.operation.request(arguments))

    async def read_clock(self) -> None:
        """Read which account it is, and GetResponse's time, which decides what is past."""
        answer = await self.answer(get_account)
        self.account_id = str(answer.data.get("accountId", ""))
        if answer.date:
            self._ahead = parsedate_to_datetime(answer.date).timestamp() - self._clock()

    @property
    def now(self) -> datetime:
        """GetResponse's time."""
        return datetime.fromtimestamp(self._clock() + self._ahead, UTC)

    async def resolve(self, release: Release) -> Resolved:
        """Find everything that a release names.

        Raises:
            InvalidRelease: Something is not in the account, or several have its name.
        """
        items = self.account.items
        lists, segments, senders = await asyncio.gather(
            items(list_campaigns, "campaignId"),
            items(list_search_contacts, "searchContactId"),
            items(list_from_fields, "fromFieldId"),
        )
        suppressions = (
            await items(list_suppressions, "suppressionId")
            if release.exclusions.suppressions
            else []
        )
        one_list = _find("list", lists, "campaignId", release.audience.list)
        excluded = _all("list", lists, "campaignId", release.exclusions.lists)
        if one_list in excluded:
            raise InvalidRelease(
                f"the list {one_list.name!r} is audience and exclusion",
                advice="Leave it out of one of them.",
            )
        return Resolved(
            account_id=self.account_id,
            sender=_sender(senders, release.sender),
            list=one_list,
            segments=await self._segments(segments, release.audience.segments),
            excluded_lists=excluded,
            excluded_segments=await self._segments(segments, release.exclusions.segments),
            suppressions=_all(
                "suppression list", suppressions, "suppressionId", release.exclusions.suppressions
            ),
            time=await self._time(release),
        )

    async def known(self, campaign_id: str) -> Known:
        """Read which fields and tags dynamic content can ask for."""
        items = self.account.items
        of_list = {"campaign_id": campaign_id} if campaign_id else {}
        fields, tags, predefined = await asyncio.gather(
            items(list_custom_fields, "customFieldId"),
            items(list_tags, "tagId"),
            items(list_predefined_fields, "predefinedFieldId", **of_list),
        )
        return Known(_names(fields), _names(predefined), _names(tags))

    async def _segments(
        self, listed: list[dict[str, Any]], wanted: Sequence[str]
    ) -> tuple[Named, ...]:
        """Find segments, each with a hash of what it asks for: it may change under its name."""
        found = _all("segment", listed, "searchContactId", wanted)
        return tuple([await self._with_definition(each) for each in found])

    async def _with_definition(self, segment: Named) -> Named:
        details = await self.account.call(get_search_contacts, search_contact_id=segment.id)
        asked = {
            name: details.get(name)
            for name in ("subscribersType", "sectionLogicOperator", "section")
        }
        text = json.dumps(asked, sort_keys=True)
        digest = hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
        return Named(segment.id, segment.name, digest)

    async def _time(self, release: Release) -> SendTime | None:
        at = release.when()
        if at is None:
            return None
        zones = {
            str(each.get("name")): int(each["timezoneId"])
            for each in await self.account.call(list_timezones)
        }
        if release.time_zone and release.time_zone not in zones:
            raise InvalidRelease(
                f"GetResponse does not know the time zone {release.time_zone!r}",
                advice="Give send_on with an offset, such as 2027-01-31T10:00:00+01:00.",
            )
        wanted = [release.time_zone] if release.time_zone else [*_UTC, *zones]
        for name in wanted:
            if name in zones and (wall := _wall_time(at, name)):
                return SendTime(at, wall, zones[name], name)
        raise InvalidRelease(
            "no time zone of the account can express send_on", advice="Choose another time."
        )


def _wall_time(at: datetime, zone: str) -> str | None:
    """Return a moment in a zone as text; None if the text would mean another moment too."""
    try:
        local = at.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    if local.replace(fold=1 - local.fold).utcoffset() != local.utcoffset():
        return None
    return f"{local:%Y-%m-%dT%H:%M:%S}"


def _names(items: Iterable[dict[str, Any]]) -> frozenset[str]:
    return frozenset(str(each.get("name", "")) for each in items)


def _all(
    kind: str, listed: list[dict[str, Any]], key: str, wanted: Sequence[str]
) -> tuple[Named, ...]:
    return tuple(_find(kind, listed, key, each) for each in wanted)


def _find(kind: str, listed: list[dict[str, Any]], key: str, wanted: str) -> Named:
    """Find one by its exact name or its id.

    Raises:
        InvalidRelease: There is none, or several have the name.
    """
    found = [each for each in listed if str(each.get("name", "")).strip() == wanted]
    found = found or [each for each in listed if each[key] == wanted]
    if not found:
        names = ", ".join(sorted(repr(each.get("name", "")) for each in listed)[:10])
        raise InvalidRelease(
            f"the account has no {kind} {wanted!r}",
            advice=f"It has {names or 'none'}; names are compared exactly.",
        )
    if len(found) > 1:
        ids = ", ".join(str(each[key]) for each in found)
        raise InvalidRelease(
            f"{len(found)} {kind}s are named {wanted!r}",
            advice=f"Give the id of the one you mean: {ids}.",
        )
    return Named(str(found[0][key]), str(found[0].get("name", "")))


def _sender(listed: list[dict[str, Any]], wanted: str) -> Sender:
    found = [each for each in listed if each["fromFieldId"] == wanted]
    found = found or [
        each for each in listed if str(each.get("email", "")).casefold() == wanted.casefold()
    ]
    if not found:
        raise InvalidRelease(
            "the account has no such sender",
            advice="`sender` is the address or the id of a From address of the account.",
        )
    if len(found) > 1:
        ids = ", ".join(each["fromFieldId"] for each in found)
        raise InvalidRelease(
            f"{len(found)} senders have this address", advice=f"Give the id of one: {ids}."
        )
    each = found[0]
    domain: dict[str, Any] = each.get("domain") or {}
    return Sender(
        each["fromFieldId"],
        str(each.get("name", "")),
        str(each.get("email", "")),
        is_active=each.get("isActive") == "true",
        has_dkim_trouble=bool(domain.get("DKIMWarning")),
    )

"""A contact of the account, as dynamic content sees it: for previews."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.newsletters.account_side import AccountSide
from prefect_getresponse.newsletters.content.render import Person, with_names
from prefect_getresponse.tasks.contacts import get_contact, list_contacts

_PREFERRED = ("city", "country", "region", "latitude", "longitude", "postalCode", "continentCode")


async def person_of(side: AccountSide, email: str) -> Person:
    """Read a contact.

    Args:
        side: The account.
        email: Its address; the person who was added last, if several lists have it.

    Raises:
        InvalidArguments: No list has the address.
    """
    found = await side.account.items(
        list_contacts,
        "contactId",
        email=email,
        additional_flags=["exactMatch"],
        sort_created_on="ASC",
    )
    if not found:
        raise InvalidArguments(
            "--contact: no list has this address",
            advice="Give the address of somebody who is subscribed.",
        )
    details: dict[str, Any] = await side.account.call(
        get_contact, contact_id=found[-1]["contactId"]
    )
    tags: list[dict[str, Any]] = details.get("tags") or []
    return Person(
        contact=with_names(str(details.get("name") or ""), str(details.get("email", email)))
        | {"subscriber_id": str(details["contactId"])},
        fields=_fields(details),
        tags=frozenset(str(each.get("name")) for each in tags),
        geo=_geo(details.get("geolocation") or {}),
        added_on=_moment(details.get("createdOn")),
        now=side.now,
    )


def _fields(details: Mapping[str, Any]) -> dict[str, list[str]]:
    listed: list[dict[str, Any]] = details.get("customFieldValues") or []
    return {str(each.get("name")): _values(each) for each in listed}


def _values(field: Mapping[str, Any]) -> list[str]:
    values: list[object] = field.get("value") or field.get("values") or []
    return [str(value) for value in values]


def _geo(location: Mapping[str, Any]) -> dict[str, str]:
    names = {"postalCode": "postal_code", "continentCode": "continent_code"}
    return {names.get(name, name): str(location[name]) for name in _PREFERRED if location.get(name)}


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None

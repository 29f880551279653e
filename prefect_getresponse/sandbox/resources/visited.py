"""What pages and forms have in common: the web panel makes them, and people visit them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from prefect_getresponse.sandbox.contract.dates import DAY, iso, parse_moment
from prefect_getresponse.sandbox.contract.messages import Answer, json_answer
from prefect_getresponse.sandbox.contract.validation import Query
from prefect_getresponse.sandbox.resources.collection import Collection
from prefect_getresponse.sandbox.resources.listing import sparse
from prefect_getresponse.sandbox.resources.request import HREF, Behaviour, Request, Seed
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.traffic import Traffic, traffic
from prefect_getresponse.sandbox.world.world import World

SEEDED_DAYS = 30
"""Age of what a new account has, in days."""
_CREATED = ("createdAt", "createdOn", "modifiedOn")
Statistics = Callable[[Traffic], dict[str, Any]]


def new_uuid(name: str) -> str:
    """Return the identifier of something made with the current editors, the same in every run."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{HREF}/{name}"))


def plain_iso(moment: float) -> str:
    """Print unix seconds without an offset, as the current editors do."""
    return iso(moment).partition("+")[0]


def percent(part: int, whole: int) -> int:
    """Return a part in percent, 0 of nothing."""
    return round(100 * part / whole) if whole else 0


def page_ids(record: Record) -> list[str]:
    """Return the identifiers of the pages that something has; itself counts as one without name."""
    return [page["uuid"] for page in record.members.get("pages", ())] or [""]


def visits(world: World, record: Record, query: Query, kind: str = "stats[{}]") -> Traffic:
    """Count how something was visited in the time that a query names, from its creation at most.

    Args:
        world: The account.
        record: What is visited; it has no visitors while it is not published.
        query: Checked query parameters.
        kind: What the bounds are called in the query.
    """
    members = record.members
    created = parse_moment(next(members[name] for name in _CREATED if name in members))
    first = query.get(kind.format("from"))
    last = query.get(kind.format("to"))
    start = max(created, parse_moment(first) if first else created)
    end = min(world.now, parse_moment(last, end_of_day=True) if last else world.now)
    if members["status"] not in ("published", "enabled"):
        return Traffic()
    pages = page_ids(record)
    if "query[page]" in query:
        pages = [page for page in pages if page == query["query[page]"]]
    return traffic(
        record.record_id,
        start,
        end,
        pages=pages,
        device=query.get("query[device]", ""),
        country=query.get("query[location]", ""),
    )


def listing(collection: Collection, statistics: Statistics) -> Behaviour:
    """Return the listing of a collection whose rows have `statistics`.

    Args:
        collection: The collection.
        statistics: What its rows say of their visits.
    """

    def list_all(world: World, request: Request) -> Answer:
        for record in world.records.of(collection.name).values():
            record.members["statistics"] = statistics(visits(world, record, request.query))
        return collection.list_all(world, request)

    return list_all


def details(collection: Collection, id_name: str, statistics: Statistics) -> Behaviour:
    """Return the reading of one record, with what is said of all its visits so far.

    Args:
        collection: The collection.
        id_name: Member that holds the identifier.
        statistics: Members that stand for its visits.
    """

    def get(world: World, request: Request) -> Answer:
        record = collection.existing(world, request)
        shown = collection.details(world, record)
        shown.pop("statistics", None)
        shown |= statistics(visits(world, record, {}))
        return json_answer(200, sparse(shown, request.query, id_name))

    return get


def performance(
    collection: Collection, id_name: str, statistics: Statistics, *shared: str
) -> Behaviour:
    """Return the statistics of one record.

    Args:
        collection: The collection.
        id_name: Member that holds the identifier.
        statistics: Members that stand for its visits.
        shared: Other members of the record that are answered.
    """

    def get(world: World, request: Request) -> Answer:
        record = collection.existing(world, request)
        counted = visits(world, record, request.query, "query[date][{}]")
        known = {name: record.members[name] for name in (id_name, *shared)}
        shown = {**known, **statistics(counted)}
        return json_answer(200, sparse(shown, request.query, id_name))

    return get


def page_statistics(counted: Traffic) -> dict[str, Any]:
    """Return what is said of the visits of landing pages and websites."""
    return {
        "pageViews": counted.views,
        "visits": counted.visits,
        "uniqueVisitors": counted.visitors,
    }


def sites(
    collection: Collection, id_name: str, published: str, unpublished: str, *, chats: bool
) -> Seed:
    """Return what gives a new account two landing pages or websites.

    Args:
        collection: The collection.
        id_name: Member that holds the identifier.
        published: Name of the one that is published.
        unpublished: Name of the one that is not.
        chats: Whether they have a chat.
    """

    def seed(world: World, now: float) -> None:
        made = seeded_at(now)
        for name, status in ((published, "published"), (unpublished, "unpublished")):
            slug = name.lower().replace(",", "").replace(" ", "-")
            members = {
                id_name: new_uuid(f"{collection.name}/{name}"),
                "name": name,
                "status": status,
                "domainUrl": f"https://{slug}.example.com",
                "thumbnailUrl": f"https://images.example.com/{slug}.png",
                "isChatsEnabled": "true" if chats else "false",
                "createdAt": plain_iso(made),
                "updatedAt": plain_iso(made),
                "pages": _pages(name, made),
            }
            collection.add(world, members, made)

    return seed


def _pages(name: str, moment: float) -> list[dict[str, Any]]:
    return [
        {
            "uuid": new_uuid(f"{name}/{page}"),
            "name": page,
            "status": "active",
            "url": url,
            "redirectUrl": "",
            "createdAt": plain_iso(moment),
        }
        for page, url in (("Home", "/"), ("Thank you", "/thank-you"), ("404", "/404"))
    ]


def seeded_at(now: float) -> float:
    """Return when what a new account has was made."""
    return now - SEEDED_DAYS * DAY

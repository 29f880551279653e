"""Imports of many contacts by one call (tag Imports)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, cast

from prefect_getresponse.sandbox.contract.dates import iso
from prefect_getresponse.sandbox.contract.errors import FieldError, not_found
from prefect_getresponse.sandbox.contract.messages import Answer, json_answer
from prefect_getresponse.sandbox.contract.validation import Body
from prefect_getresponse.sandbox.people.contact_book import email_key
from prefect_getresponse.sandbox.people.import_jobs import Columns, Counts, ImportJob
from prefect_getresponse.sandbox.resources import campaigns
from prefect_getresponse.sandbox.resources.listing import Attributes, paged, select, sparse
from prefect_getresponse.sandbox.resources.request import HREF, Behaviours, Checks, Request
from prefect_getresponse.sandbox.world.import_rows import execute
from prefect_getresponse.sandbox.world.world import World


def _do_imports(world: World, _now: float) -> None:
    world.do_import = execute


SEED = _do_imports
_OWN_COLUMNS = ("email", "name", "ip")
_TAG_COLUMN = re.compile(r"tag:(?P<name>[_a-zA-Z0-9]{2,64})")


def _attributes(world: World, now: float) -> Attributes[ImportJob]:
    def count(job: ImportJob) -> Counts:
        return world.imports.counts(job, now)

    return {
        "campaignId": lambda job: job.campaign_id,
        "createdOn": lambda job: job.created,
        "finishedOn": lambda job: job.ended,
        "campaignName": lambda job: world.campaigns[job.campaign_id].name,
        "uploadedContacts": lambda job: count(job).uploaded,
        "updatedContacts": lambda job: count(job).updated,
        "addedContacts": lambda job: count(job).added,
        "invalidContacts": lambda job: count(job).invalid,
        "status": lambda job: job.status,
    }


def _details(world: World, now: float, job: ImportJob) -> dict[str, Any]:
    counts = world.imports.counts(job, now)
    ended = {} if job.ended is None else {"finishedOn": iso(job.ended)}
    return {
        "importId": job.import_id,
        "campaign": campaigns.reference(world.campaigns[job.campaign_id]),
        "status": job.status,
        "statistics": {
            "uploaded": counts.uploaded,
            "invalid": counts.invalid,
            "updated": counts.updated,
            "addedToList": counts.added,
        },
        "errorStatistics": {
            "syntaxErrors": counts.syntax_errors,
            "alreadyInQueue": counts.already_in_queue,
            "invalidDomains": 0,
            "blacklist": counts.blacklist,
            "policyFailures": counts.policy_failures,
            "mismatchedCriteria": 0,
        },
        "createdOn": iso(job.created),
        **ended,
        "href": f"{HREF}/imports/{job.import_id}",
    }


def list_imports(world: World, request: Request) -> Answer:
    """`GET /imports`."""
    attributes, exact = _attributes(world, request.now), frozenset({"campaignId"})
    selected = select(world.imports, request.query, attributes, exact=exact)
    return paged(selected, request.query, partial(_details, world, request.now), "importId")


def get_import(world: World, request: Request) -> Answer:
    """`GET /imports/{importId}`."""
    job = world.imports.get(request.path["importId"])
    if job is None:
        raise not_found(importId=request.path["importId"])
    return json_answer(200, sparse(_details(world, request.now, job), request.query, "importId"))


def create_import(world: World, request: Request) -> Answer:
    """`POST /imports`: 201 at once, the work is done later."""
    body = request.body
    world.imports.admit(body["campaignId"], request.now)
    columns = _columns(world, body["fieldMapping"])
    rows: list[list[str]] = body["contacts"]
    addresses = (row[columns.email] for row in rows)
    job = ImportJob(
        world.ids.next(),
        body["campaignId"],
        request.now,
        columns,
        rows,
        frozenset(email_key(email) for email in addresses if request.rejects(email)),
    )
    world.imports.add(job)
    return json_answer(201, _details(world, request.now, job))


def _columns(world: World, names: list[str]) -> Columns:
    places = {name: index for index, name in enumerate(names)}
    tags = ((index, _TAG_COLUMN.fullmatch(name)) for name, index in places.items())
    fields = world.custom_fields.values()
    return Columns(
        email=places["email"],
        name=places.get("name"),
        ip=places.get("ip"),
        customs=tuple(
            (places[each.name], each.custom_field_id) for each in fields if each.name in places
        ),
        tags=tuple((index, found["name"]) for index, found in tags if found),
    )


def check_import(world: World, body: Body) -> Iterator[FieldError]:
    """Check what the columns are, and that every row has a cell for each of them."""
    names = body.get("fieldMapping")
    if not isinstance(names, list):
        return
    listed = cast("Sequence[Any]", names)
    if "email" not in listed:
        yield FieldError("fieldMapping", "required", "One column must be email")
    known = {*_OWN_COLUMNS, *(each.name for each in world.custom_fields.values())}
    for index, name in enumerate(listed):
        if not isinstance(name, str):
            continue  # the tables say so
        if name not in known and not _TAG_COLUMN.fullmatch(name):
            problem = f"There is no such custom field: {name}"
            yield FieldError(f"fieldMapping[{index}]", "reference", problem)
        elif name in listed[:index]:
            yield FieldError(f"fieldMapping[{index}]", "unique", "Column is there already")
    rows = body.get("contacts")
    for index, row in enumerate(cast("Sequence[Any]", rows) if isinstance(rows, list) else ()):
        if isinstance(row, list) and len(cast("Sequence[Any]", row)) != len(listed):
            problem = f"Number of cells is not {len(listed)}"
            yield FieldError(f"contacts[{index}]", "count", problem)


BEHAVIOURS: Behaviours = {
    "getImportList": list_imports,
    "createImport": create_import,
    "getImportById": get_import,
}
CHECKS: Checks = {"createImport": check_import}

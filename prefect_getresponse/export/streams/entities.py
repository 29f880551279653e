"""Listings that are read whole in each run: lists, tags, newsletters, products and their like."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from prefect_getresponse.client.errors import AccessDenied, NotFound
from prefect_getresponse.export.run import ExportRun
from prefect_getresponse.export.schema.catalogue import ENTITIES, Entity
from prefect_getresponse.export.schema.fields import snake
from prefect_getresponse.sinks.sink import Transaction
from prefect_getresponse.sinks.tables import Where
from prefect_getresponse.tasks.accounts import get_account_blocklist
from prefect_getresponse.tasks.campaigns import get_campaign_blocklist
from prefect_getresponse.tasks.shops import list_shops
from prefect_getresponse.tasks.suppressions import get_suppression

BY_NAME = {entity.name: entity for entity in ENTITIES}
_LINES = {"products": "product_variants"}


async def export_entity(run: ExportRun, name: str) -> None:
    """Read a listing whole, and mark what is not in it any more.

    What the account's plan does not have is said to be unavailable.
    """
    entity = BY_NAME[name]
    run.progress.start(f"reading {name}", None)
    begun = run.begin(name)
    try:
        parents = await shop_ids(run) if entity.of_shop else [""]
        for parent in parents:
            await _read_one(run, entity, parent, begun)
    except (AccessDenied, NotFound) as error:
        unavailable(run, name, error)
        return
    with run.sink.transaction() as transaction:
        for table in filter(None, (name, _LINES.get(name))):
            run.mark_gone(transaction, table, begun)


def unavailable(run: ExportRun, name: str, error: Exception) -> None:
    """Say that the account does not have a part; what was exported of it before stays."""
    table = run.report.table(name)
    table.available = False
    table.note = f"not available: {error}"
    run.report.warnings.append(f"{name} is not available in this account: {error}")


async def shop_ids(run: ExportRun) -> list[str]:
    """Ids of all shops."""
    if run.shops is None:
        pages = run.reader.whole(list_shops, "shopId", sort_created_on="ASC").pages()
        run.shops = list(dict.fromkeys([each["shopId"] async for page in pages for each in page]))
    return run.shops


async def _read_one(run: ExportRun, entity: Entity, parent: str, begun: datetime) -> None:
    lead = (parent,) if entity.of_shop else ()
    arguments: dict[str, object] = {**entity.sort, **({"shop_id": parent} if parent else {})}
    listing = run.reader.whole(entity.task, entity.id_name, **arguments)
    with run.writing() as writing:
        async for answers in listing.pages():
            writing.write(entity.name, answers, lead)
            for each in answers if entity.lines else ():
                own = (*lead, each[entity.id_name])
                writing.write(_LINES[entity.name], each.get(entity.lines) or [], own)
            writing.keep()
            run.progress.advance(run.report.table(entity.name).written)
    _count(run, entity, listing.total, lead, begun)


def _count(
    run: ExportRun, entity: Entity, total: int | None, lead: Sequence[str], begun: datetime
) -> None:
    """Compare what came with what GetResponse counts."""
    table = run.report.table(entity.name)
    shaped = run.shaped[entity.name]
    of_shop = [Where("shop_id", "=", each) for each in lead]
    got = run.sink.count(shaped.table, run.mine, *of_shop, Where("_synced_at", ">=", begun))
    table.got = (table.got or 0) + got
    if total is None:
        return
    table.expected = (table.expected or 0) + total
    if difference := abs(total - got):
        recent = _since(run, entity, begun, of_shop)
        table.late += min(difference, recent)
        table.unexplained += max(0, total - got - recent)


def _since(run: ExportRun, entity: Entity, begun: datetime, where: Sequence[Where]) -> int:
    """How many of the things were made since the reading began."""
    table = run.shaped[entity.name].table
    made = next((name for name in ("created_on", "created_at") if name in table.names), None)
    if made is None:
        return 0
    return run.sink.count(table, run.mine, *where, Where(made, ">=", begun))


async def export_blocklists(run: ExportRun) -> None:
    """Read who must not be written to: the blocklists of the account and of the lists."""
    begun = run.begin("blocklists")
    run.progress.start("reading blocklists", None)
    masks: dict[str, list[str]] = {
        "": (await run.reader.call(get_account_blocklist)).get("masks") or []
    }
    for list_id in run.lists:
        answer = await run.reader.call(get_campaign_blocklist, campaign_id=list_id)
        masks[list_id] = answer.get("masks") or []
    with run.sink.transaction() as transaction:
        for list_id, listed in masks.items():
            _write_masks(run, transaction, "blocklists", list_id, listed)
        here = Where("list_id", "in", list(masks))
        run.mark_gone(transaction, "blocklists", begun, here)


async def export_suppressions(run: ExportRun) -> None:
    """Read suppression lists with their masks."""
    await export_entity(run, "suppressions")
    begun = run.begin("suppression_masks")
    table = run.shaped["suppressions"].table
    there = (run.mine, Where("_deleted_at", "null"))
    for (identifier,) in list(run.sink.select(table, [snake("suppressionId")], *there)):
        answer = await run.reader.call(get_suppression, suppression_id=identifier)
        with run.sink.transaction() as transaction:
            masks: list[str] = answer.get("masks") or []
            _write_masks(run, transaction, "suppression_masks", identifier, masks)
    with run.sink.transaction() as transaction:
        run.mark_gone(transaction, "suppression_masks", begun)


def _write_masks(
    run: ExportRun, transaction: Transaction, name: str, owner: str, masks: Sequence[str]
) -> None:
    run.write(transaction, name, [{"mask": mask} for mask in masks], (owner,))

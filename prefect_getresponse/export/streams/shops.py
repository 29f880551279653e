"""Orders and carts of shops, with their lines.

Both are read back to the look-back, and whole every few days. The listing of orders has no lines:
an order that is new or looks different from before is read by itself.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import orjson

from prefect_getresponse.client.errors import AccessDenied, NotFound
from prefect_getresponse.export.run import ExportRun
from prefect_getresponse.export.schema.rows import moment_of
from prefect_getresponse.export.streams.entities import shop_ids, unavailable
from prefect_getresponse.limits.side_by_side import side_by_side
from prefect_getresponse.sinks.tables import Where
from prefect_getresponse.tasks.carts import list_carts
from prefect_getresponse.tasks.orders import get_order, list_orders

_ORDERS_AT_ONCE = 200
_FILTERS = {"orders": "processed_from", "carts": "created_from"}


async def export_of_shops(run: ExportRun, name: str) -> None:
    """Read the orders, or the carts, of all shops."""
    state = run.state(name)
    whole_at = moment_of(state.get("whole_at"))
    days = timedelta(days=run.options.full_every_days) - timedelta(hours=1)
    is_whole = whole_at is None or run.now - whole_at >= days
    moment, begun = run.now, run.begin(name)
    run.progress.start(f"reading {name}", None)
    try:
        for shop_id in await shop_ids(run):
            await _read_shop(run, name, shop_id, is_whole)
    except (AccessDenied, NotFound) as error:
        unavailable(run, name, error)
        return
    if is_whole:
        with run.sink.transaction() as transaction:
            run.mark_gone(transaction, name, begun)
            run.save_state(transaction, name, {"whole_at": moment.isoformat()})
    if name == "orders":
        await _read_lines(run)


async def _read_shop(run: ExportRun, name: str, shop_id: str, is_whole: bool) -> None:
    window = {} if is_whole else {_FILTERS[name]: run.first_day.isoformat()}
    task, id_name = (list_orders, "orderId") if name == "orders" else (list_carts, "cartId")
    arguments = {"shop_id": shop_id, "sort_created_on": "ASC", **window}
    listing = run.reader.whole(task, id_name, **arguments)
    seen: set[str] = set()
    with run.writing() as writing:
        async for page in listing.pages():
            seen |= {each[id_name] for each in page}
            if name == "orders":
                shaped = run.shaped["orders"]
                rows = shaped.rows(run.account_id, page, (shop_id,))
                columns = [*shaped.table.names[:-3], "_listed", "_deleted_at"]
                listed = [
                    (*row[:-3], _hash(each), None) for row, each in zip(rows, page, strict=True)
                ]
                writing.write_rows("orders", listed, columns)
            else:
                writing.write("carts", page, (shop_id,))
                for each in page:
                    cart = (Where("shop_id", "=", shop_id), Where("cart_id", "=", each["cartId"]))
                    table = run.shaped["cart_lines"].table
                    writing.transaction.delete(table, run.mine, *cart)
                    for position, line in enumerate(each.get("selectedVariants") or []):
                        lead = (shop_id, each["cartId"], position)
                        writing.write("cart_lines", [line], lead)
            writing.keep()
            run.progress.advance(run.report.table(name).written)
    report = run.report.table(name)
    if listing.total is not None:
        report.expected = (report.expected or 0) + listing.total
        report.got = (report.got or 0) + len(seen)
        report.unexplained += max(0, listing.total - len(seen))


def _hash(order: dict[str, Any]) -> str:
    text = orjson.dumps(order, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(text, digest_size=12).hexdigest()


async def _read_lines(run: ExportRun) -> None:
    """Read the lines of orders that are new, or are listed otherwise than before."""
    table = run.shaped["orders"].table
    changed = (run.mine, Where("_deleted_at", "null"), Where("_detailed", "differs", "_listed"))
    due = list(run.sink.select(table, ["shop_id", "order_id", "_listed"], *changed))
    run.progress.start("reading lines of orders", len(due), "orders")
    for start in range(0, len(due), _ORDERS_AT_ONCE):
        part = due[start : start + _ORDERS_AT_ONCE]
        answers: dict[tuple[str, str], dict[str, Any]] = {}

        async def one(
            order: tuple[Any, ...], answers: dict[tuple[str, str], dict[str, Any]] = answers
        ) -> None:
            shop_id, order_id, _ = order
            answers[shop_id, order_id] = await _order(run, shop_id, order_id)

        await side_by_side(part, one)
        with run.sink.transaction() as transaction:
            for shop_id, order_id, listed in part:
                its = (Where("shop_id", "=", shop_id), Where("order_id", "=", order_id))
                transaction.delete(run.shaped["order_lines"].table, run.mine, *its)
                order = answers[shop_id, order_id]
                lines: list[dict[str, Any]] = order.get("selectedVariants") or []
                for position, line in enumerate(lines):
                    lead = (shop_id, order_id, position)
                    run.write(transaction, "order_lines", [line], lead)
                transaction.update(table, {"_detailed": listed}, run.mine, *its)
        run.progress.advance(start + len(part))


async def _order(run: ExportRun, shop_id: str, order_id: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = await run.reader.call(get_order, shop_id=shop_id, order_id=order_id)
    except NotFound:
        return {}
    return found

"""Statistics of the orders (tag Ecommerce).

Counted are orders by the time they were made. Sums are of `totalPrice`, whatever its currency: the
sandbox knows no rates of exchange, and names the currency of the first shop.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from prefect_getresponse.sandbox.contract.dates import DAY, iso, parse_moment
from prefect_getresponse.sandbox.contract.messages import Answer, json_answer
from prefect_getresponse.sandbox.resources.listing import sparse
from prefect_getresponse.sandbox.resources.orders import ORDERS
from prefect_getresponse.sandbox.resources.request import Behaviours, Request
from prefect_getresponse.sandbox.resources.shops import SHOPS
from prefect_getresponse.sandbox.world.world import World

_DAILY_UP_TO = 31 * DAY
_CURRENCY = "USD"


@dataclass(frozen=True, slots=True)
class _Sale:
    """What counts of one order; `at` is in unix seconds."""

    at: float
    price: float


def _shop_ids(world: World, request: Request) -> list[str]:
    """Return the shops asked for, all unless any is named."""
    named = request.query.get("query[shopId]", "")
    wanted = {each.strip() for each in named.split(",") if each.strip()}
    return [each for each in world.records.of(SHOPS.name) if not wanted or each in wanted]


def _sales(world: World, shop_ids: list[str]) -> list[_Sale]:
    return [
        _Sale(parse_moment(order.members["processedAt"]), order.members["totalPrice"])
        for order in world.records.of(ORDERS.name).values()
        if order.above["shopId"] in shop_ids
    ]


def _currency(world: World, shop_ids: list[str]) -> str:
    shops = world.records.of(SHOPS.name)
    return shops[shop_ids[0]].members["currency"] if shop_ids else _CURRENCY


def _period(request: Request, sales: list[_Sale]) -> tuple[float, float]:
    """Return first moment and end of the period asked for: all there is, as far as it is open."""
    first, last = (request.query.get(f"query[orderDate][{each}]") for each in ("from", "to"))
    end = parse_moment(last, end_of_day=True) + 1 if last else request.now + 1
    earliest = min((sale.at for sale in sales), default=request.now)
    return (parse_moment(first) if first else earliest), end


def _trend(present: float, before: float) -> float:
    """Return the change against the period before in per cent, 0 if there was nothing before."""
    return round((present - before) / before * 100, 2) if before else 0


def _figures(sales: list[_Sale], start: float, end: float) -> tuple[int, float, float]:
    """Return number, sum and average of the sales of a period."""
    prices = [sale.price for sale in sales if start <= sale.at < end]
    revenue = round(sum(prices), 2)
    return len(prices), revenue, round(revenue / len(prices), 2) if prices else 0


def get_performance(world: World, request: Request) -> Answer:
    """`GET /statistics/ecommerce/performance`: with trends against the period before."""
    shop_ids = _shop_ids(world, request)
    sales = _sales(world, shop_ids)
    start, end = _period(request, sales)
    orders, revenue, average = _figures(sales, start, end)
    orders_before, revenue_before, average_before = _figures(sales, 2 * start - end, start)
    performance = {
        "currency": _currency(world, shop_ids),
        "order": {
            "orders": orders,
            "ordersTrend": _trend(orders, orders_before),
            "avgOrderRevenue": average,
            "avgOrderRevenueTrend": _trend(average, average_before),
        },
        "revenue": {"revenue": revenue, "revenueTrend": _trend(revenue, revenue_before)},
    }
    return json_answer(200, sparse(performance, request.query, ""))


def get_revenue(world: World, request: Request) -> Answer:
    """`GET /statistics/ecommerce/revenue`: by day up to a month, else by month."""
    shop_ids = _shop_ids(world, request)
    sales = _sales(world, shop_ids)
    start, end = _period(request, sales)
    series: list[dict[str, Any]] = []
    for first, following, length in _intervals(start, end):
        orders, revenue, _ = _figures(sales, max(first, start), min(following, end))
        row = {"timeInterval": f"{iso(first)}/{length}", "revenue": revenue, "orders": orders}
        series.append(row)
    statistics = {"currency": _currency(world, shop_ids), "timeSeries": series}
    return json_answer(200, sparse(statistics, request.query, ""))


def _intervals(start: float, end: float) -> Iterator[tuple[float, float, str]]:
    """Return beginning, end and length (ISO 8601) of each day or month of a period."""
    daily = end - start <= _DAILY_UP_TO
    first = datetime.fromtimestamp(start, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    moment = (first if daily else first.replace(day=1)).timestamp()
    while moment < end:
        following = moment + DAY if daily else _next_month(moment)
        yield moment, following, "P1D" if daily else "P1M"
        moment = following


def _next_month(first: float) -> float:
    day = datetime.fromtimestamp(first, UTC)
    if (day.year, day.month) == (datetime.max.year, 12):
        return float("inf")
    return day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1).timestamp()


BEHAVIOURS: Behaviours = {
    "getGeneralPerformanceStats": get_performance,
    "getRevenueStats": get_revenue,
}

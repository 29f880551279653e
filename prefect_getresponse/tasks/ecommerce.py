"""Statistics of orders and revenue.  Source: GetResponse API v3, Ecommerce."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typing_extensions import TypedDict

from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials


class EcommerceOrders(TypedDict, total=False):
    """Number and average value of the orders, and how both have changed."""

    orders: int
    ordersTrend: int | float
    avgOrderRevenue: int | float
    avgOrderRevenueTrend: int | float


class EcommerceRevenue(TypedDict, total=False):
    """Revenue of the orders, and how it has changed."""

    revenue: int | float
    revenueTrend: int | float


class EcommercePerformance(TypedDict, total=False):
    """How sales are doing."""

    currency: str
    order: EcommerceOrders
    revenue: EcommerceRevenue


class RevenueInterval(TypedDict, total=False):
    """Orders and revenue of one interval, `2014-09-20T00:00:00+0000/P1D` (ISO 8601)."""

    timeInterval: str
    revenue: int | float
    orders: int


class RevenueStatistics(TypedDict, total=False):
    """Revenue over time."""

    currency: str
    timeSeries: list[RevenueInterval]


@operation("GET", "/statistics/ecommerce/performance")
def get_ecommerce_performance_statistics(
    credentials: GetResponseCredentials,
    *,
    order_from: Annotated[str | Omit, Query("query[orderDate][from]")] = OMIT,
    order_to: Annotated[str | Omit, Query("query[orderDate][to]")] = OMIT,
    shop_id: Annotated[str | Omit, Query("query[shopId]")] = OMIT,
    fields: str | Omit = OMIT,
) -> EcommercePerformance:
    """Read number, average and revenue of orders, each with its trend.

    Args:
        credentials: The account.
        order_from: Count orders from this day on (YYYY-MM-DD).
        order_to: Count orders up to this day (YYYY-MM-DD).
        shop_id: Count orders of these shops: ids separated by commas.
        fields: Comma-separated members to answer with.

    Returns:
        The figures of the period.
    """
    ...


@operation("GET", "/statistics/ecommerce/revenue")
def get_ecommerce_revenue_statistics(
    credentials: GetResponseCredentials,
    *,
    order_from: Annotated[str | Omit, Query("query[orderDate][from]")] = OMIT,
    order_to: Annotated[str | Omit, Query("query[orderDate][to]")] = OMIT,
    shop_id: Annotated[str | Omit, Query("query[shopId]")] = OMIT,
    fields: str | Omit = OMIT,
) -> RevenueStatistics:
    """Read orders and revenue over time.

    GetResponse chooses the length of the intervals by the period.

    Args:
        credentials: The account.
        order_from: Count orders from this day on (YYYY-MM-DD).
        order_to: Count orders up to this day (YYYY-MM-DD).
        shop_id: Count orders of these shops: ids separated by commas.
        fields: Comma-separated members to answer with.

    Returns:
        The intervals of the period.
    """
    ...

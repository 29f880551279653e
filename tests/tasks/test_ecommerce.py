from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.tasks.ecommerce import (
    get_ecommerce_performance_statistics,
    get_ecommerce_revenue_statistics,
)
from prefect_getresponse.tasks.orders import create_order
from tests.conftest import Run


def test_orders_are_counted(
    run: Run, credentials: GetResponseCredentials, shop_id: str, variant_id: str, customer_id: str
) -> None:
    for day, price in ((1, 10), (2, 30)):
        run(
            create_order,
            credentials,
            shop_id,
            contact_id=customer_id,
            total_price=price,
            currency="PLN",
            selected_variants=[{"variantId": variant_id, "price": price, "quantity": 1}],
            processed_at=f"2026-01-0{day}T12:00:00+0000",
        )

    performance = run(
        get_ecommerce_performance_statistics,
        credentials,
        order_from="2026-01-02",
        order_to="2026-01-02",
        shop_id=shop_id,
    )
    assert performance.get("order") == {
        "orders": 1,
        "ordersTrend": 0,
        "avgOrderRevenue": 30,
        "avgOrderRevenueTrend": 200,
    }
    revenue = run(
        get_ecommerce_revenue_statistics,
        credentials,
        order_from="2026-01-01",
        order_to="2026-01-02",
    )
    assert [each.get("revenue") for each in revenue.get("timeSeries", [])] == [10, 30]
    none = run(get_ecommerce_revenue_statistics, credentials, shop_id="none", fields="currency")
    assert none == {"currency": "USD"}

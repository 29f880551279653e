"""Conditions about what a person bought, or left in a cart."""

from __future__ import annotations

from prefect_getresponse.segments.comparisons import (
    Anytime,
    Between,
    LastDays,
    Never,
    Number,
    Since,
    Until,
    Within,
    anytime,
)
from prefect_getresponse.segments.conditions import (
    ECommerceAbandonedCartCondition,
    ECommerceBrandPurchasedCondition,
    ECommerceNumberOfPurchasesCondition,
    ECommerceProductPurchasedCondition,
    ECommerceTotalSpentCondition,
)
from prefect_getresponse.segments.wire import (
    days_members,
    number_members,
    purchase_date,
    value_members,
    word,
)

PurchaseTime = Between | Within | LastDays | Anytime


def ecommerce_number_of_purchases(
    times: Number, *, shop_id: str = "all", when: PurchaseTime | None = None
) -> ECommerceNumberOfPurchasesCondition:
    """How often somebody bought: `ecommerce_number_of_purchases(at_least(2), when=last_days(30))`.

    Args:
        times: A whole number to compare with.
        shop_id: Id of the shop; `all` is any.
        when: In which time; any if left out.
    """
    return {
        "conditionType": "ecommerce_number_of_purchases",
        "scope": shop_id,
        **number_members(times),
        "date": purchase_date(when or anytime()),
    }


def ecommerce_total_spent(
    amount: Number, currency: str, *, shop_id: str = "all", when: PurchaseTime | None = None
) -> ECommerceTotalSpentCondition:
    """How much somebody spent: `ecommerce_total_spent(more_than(99.5), "EUR")`.

    Args:
        amount: What to compare with.
        currency: ISO 4217.
        shop_id: Id of the shop; `all` is any.
        when: In which time; any if left out.
    """
    return {
        "conditionType": "ecommerce_total_spent",
        "scope": shop_id,
        "operatorType": "numeric_operator",
        "operator": amount.operator,
        "value": amount.value,
        "currency": currency,
        "date": purchase_date(when or anytime()),
    }


def ecommerce_product_purchased(
    product_id: str = "all",
    *,
    category_id: str = "all",
    shop_id: str = "all",
    bought: bool = True,
    when: Since | Until | Between | Within | LastDays | None = None,
) -> ECommerceProductPurchasedCondition:
    """Whether somebody bought a product: `ecommerce_product_purchased("oZt", shop_id="pf3")`.

    Args:
        product_id: Id of the product; `all` is any.
        category_id: Id of the category; `all` is any.
        shop_id: Id of the shop; `all` is any.
        bought: Whether the person did, or did not.
        when: In which time; any if left out.
    """
    condition: ECommerceProductPurchasedCondition = {
        "conditionType": "ecommerce_product_purchased",
        "shopScope": shop_id,
        "categoryScope": category_id,
        "productScope": product_id,
        "operatorType": "equal_operator",
        "operator": "is" if bought else "is_not",
        "dateOperator": word(when) if when else "all_time",
    }
    if isinstance(when, Since | Until | Between):
        condition["value"] = when.value
    elif when:
        condition.update(days_members(when))
    return condition


def ecommerce_brand_purchased(
    brand: str, shop_id: str, *, bought: bool = True
) -> ECommerceBrandPurchasedCondition:
    """Whether somebody bought something of a brand in a shop.

    Args:
        brand: Name of the brand.
        shop_id: Id of the shop.
        bought: Whether the person did, or did not.
    """
    return {
        "conditionType": "ecommerce_brand_purchased",
        "scope": shop_id,
        "operatorType": "equal_operator",
        "operator": "is" if bought else "not_is",
        "value": brand,
    }


def ecommerce_abandoned_cart(
    amount: Number,
    currency: str,
    *,
    shop_id: str = "all",
    when: Since | Between | Within | LastDays | Anytime | Never | None = None,
) -> ECommerceAbandonedCartCondition:
    """Whether somebody left a cart: `ecommerce_abandoned_cart(at_least(50), "USD")`.

    Args:
        amount: What the cart is worth.
        currency: ISO 4217.
        shop_id: Id of the shop; `all` is any.
        when: In which time; any if left out.
    """
    when = when or anytime()
    condition: ECommerceAbandonedCartCondition = {
        "conditionType": "ecommerce_abandoned_cart",
        "shopScope": shop_id,
        "cartValue": {
            "currency": currency,
            "value": amount.value,
            "operator": amount.operator,
        },
        "dateOperator": word(when),
    }
    condition.update(value_members(when))
    return condition

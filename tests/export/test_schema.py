"""Every declared member of every result type has a column of the right type."""

from __future__ import annotations

import types
from typing import Annotated, Any, Literal, NotRequired, Required, Union, get_args, get_origin

import pytest
from sqlalchemy import make_url
from typing_extensions import get_type_hints, is_typeddict

from prefect_getresponse.events.draining.rows import EVENTS
from prefect_getresponse.export.schema.catalogue import ENTITIES, STREAMS, shaped_tables
from prefect_getresponse.export.schema.fields import SECRETS, fields_of, snake
from prefect_getresponse.export.schema.rows import RowShape
from prefect_getresponse.sinks.sql_statements import SqlTables
from prefect_getresponse.sinks.tables import Kind
from prefect_getresponse.tasks import (
    carts,
    contacts,
    messages,
    newsletters,
    orders,
    product_variants,
    search_contacts,
)

TYPES: dict[str, Any] = {entity.name: entity.answer for entity in ENTITIES} | {
    "contacts": contacts.ContactDetails,
    "contact_tags": contacts.ContactTag,
    "removals": search_contacts.SearchedContact,
    "newsletter_days": messages.MessageStatistics,
    "autoresponder_days": messages.MessageStatistics,
    "rss_newsletter_days": messages.MessageStatistics,
    "newsletter_activities": newsletters.NewsletterActivity,
    "product_variants": product_variants.BaseProductVariant,
    "orders": orders.Order,
    "order_lines": orders.OrderVariant,
    "carts": carts.Cart,
    "cart_lines": carts.CartVariant,
}
ELSEWHERE = {
    "products": {"variants"},
    "contacts": {"tags", "customFieldValues"},
    "carts": {"selectedVariants"},
}
"""Members with a table of their own."""
SIMPLE = {str: Kind.TEXT, int: Kind.INTEGER, bool: Kind.BOOLEAN, float: Kind.NUMBER}


def leaves(answer: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], set[Any]]]:
    """Members down to those that are no objects, each with what it may be."""
    found: list[tuple[tuple[str, ...], set[Any]]] = []
    for name, hint in get_type_hints(answer, include_extras=True).items():
        kinds = alternatives(hint)
        inner = [kind for kind in kinds if is_typeddict(kind)]
        found += leaves(inner[0], (*path, name)) if inner else [((*path, name), kinds)]
    return found


def alternatives(hint: Any) -> set[Any]:
    origin = get_origin(hint)
    if origin in (Annotated, Required, NotRequired):
        return alternatives(get_args(hint)[0])
    if origin in (Union, types.UnionType):
        return set[Any]().union(*(alternatives(each) for each in get_args(hint)))
    if origin is Literal:
        values = set(get_args(hint)) - {None}
        return {bool} if values == {"true", "false"} else {type(value) for value in values}
    return set() if hint is type(None) else {origin or hint}


@pytest.mark.parametrize("name", TYPES)
def test_every_declared_member_has_a_column_of_the_right_type(name: str) -> None:
    fields = {path: field for field in fields_of(TYPES[name]) for path in field.paths}
    table = shaped_tables()[name].table
    for path, kinds in leaves(TYPES[name]):
        if path[-1] in SECRETS or path[0] in ELSEWHERE.get(name, ()):
            continue
        column = table.column(fields[path].column.name)
        if kinds == {str}:
            assert column.kind in (Kind.TEXT, Kind.TIMESTAMP, Kind.INTEGER, Kind.NUMBER)
            is_moment = path[-1].endswith(("On", "At")) or path[-1].startswith("date")
            assert (column.kind is Kind.TIMESTAMP) <= is_moment
        elif len(kinds) == 1:
            assert column.kind is SIMPLE.get(next(iter(kinds)), Kind.JSON), path
        else:
            assert column.kind is (Kind.NUMBER if kinds == {int, float} else Kind.JSON), path


def test_every_table_belongs_to_a_stream_and_names_are_plural_and_unreserved() -> None:
    tables = shaped_tables()
    assert {table for names in STREAMS.values() for table in names} == set(tables)
    for name, shaped in tables.items():
        assert name.endswith("s")
        assert shaped.table.key[0] == "account_id"


@pytest.mark.parametrize("name", ["mysql", "mariadb"])
def test_keys_fit_into_mysql(name: str) -> None:
    dialect = make_url(f"{name}+pymysql://").get_dialect()()
    tables = SqlTables(None, "", staged=False)
    for table in [*(shaped.table for shaped in shaped_tables().values()), EVENTS]:
        texts = [column.type.dialect_impl(dialect) for column in tables.table(table).primary_key]
        lengths = [getattr(each, "length", None) or 2 for each in texts]
        assert sum(4 * length for length in lengths) <= 3072, table.name
        assert min(lengths) >= 2


def test_names_are_snake_case_and_campaigns_are_lists() -> None:
    assert snake("campaignId") == "list_id"
    assert snake("DKIMWarning") == "dkim_warning"
    assert snake("uniqueHumanOpened") == "unique_human_opened"


def test_texts_that_are_numbers_and_words_become_what_they_are() -> None:
    shape = RowShape(newsletters.Newsletter)
    answer = {
        "newsletterId": "n",
        "sendMetrics": {"sent": "12", "openRate": "0.25"},
        "sendSettings": {"timeTravel": "true"},
        "createdOn": "2026-03-01T10:00:00+0100",
    }
    row = dict(zip(shape.names, shape.rows([answer])[0], strict=True))
    assert row["send_metrics_sent"] == 12
    assert row["send_metrics_open_rate"] == 0.25
    assert row["send_settings_time_travel"] is True
    assert row["created_on"].isoformat() == "2026-03-01T09:00:00+00:00"
    assert row["_more"] is None


def test_secrets_of_an_account_go_nowhere() -> None:
    shape = shaped_tables()["autoresponders"].shape
    settings = {"type": "signup", "externalLexpad": {"dataSourceToken": "canary-token"}}
    [row] = shape.rows([{"autoresponderId": "a", "sendSettings": settings}])
    assert "canary-token" not in str(row)

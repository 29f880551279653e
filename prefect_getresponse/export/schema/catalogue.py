"""The tables of an account: their names, keys and columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from typing_extensions import TypedDict

from prefect_getresponse.export.schema.fields import snake
from prefect_getresponse.export.schema.rows import Answer, RowShape
from prefect_getresponse.operation import Declared
from prefect_getresponse.sinks.tables import Column, Kind, Table
from prefect_getresponse.tasks import (
    ab_tests,
    ab_tests_subject,
    autoresponders,
    campaigns,
    carts,
    click_tracks,
    contacts,
    custom_fields,
    forms,
    from_fields,
    gdpr_fields,
    imports,
    landing_pages,
    messages,
    newsletters,
    orders,
    product_variants,
    products,
    rss_newsletters,
    search_contacts,
    shops,
    suppressions,
    tags,
    webinars,
    workflows,
)

ACCOUNT = Column("account_id")
GONE = Column("_deleted_at", Kind.TIMESTAMP)
"""Since when the export does not find a thing any more."""
DETAILS_AT = Column("_details_at", Kind.TIMESTAMP)
"""When a thing's details were read last."""
DETAILS_FOR = Column("_details_for", Kind.TIMESTAMP)
"""`changed_on` of a contact whose details were read."""
LISTED = Column("_listed")
"""Hash of an order as the listing shows it."""
DETAILED = Column("_detailed")
"""`_listed` of an order whose lines were read."""
BUCKETS = 64


class Shaped:
    """A table, and how answers become its rows.

    Args:
        name: Name of the table.
        answer: Result type.
        key: Its key, without `account_id`.
        lead: Columns before those of the answer, such as the id of what it belongs to.
        extra: Columns behind them.
        without: Members of the answer that go elsewhere.
        day: Column that files are parted by.
        buckets: In how many parts files keep it.
    """

    def __init__(
        self,
        name: str,
        answer: Any,
        key: Sequence[str],
        *,
        lead: Sequence[Column] = (),
        extra: Sequence[Column] = (GONE,),
        without: Sequence[str] = (),
        day: str = "",
        buckets: int = 1,
    ) -> None:
        self.shape = RowShape(answer, without)
        columns = (ACCOUNT, *lead, *self.shape.columns, *extra)
        self.table = Table(name, (ACCOUNT.name, *key), columns, day, buckets)
        self._after = len(extra)

    def rows(
        self, account_id: str, answers: Sequence[Answer], lead: Sequence[object] = ()
    ) -> list[tuple[Any, ...]]:
        """Rows of the table; the columns behind those of the answers are null."""
        return self.shape.rows(answers, (account_id, *lead), (None,) * self._after)


@dataclass(frozen=True)
class Entity:
    """A listing that is read whole.

    Attributes:
        name: Name of the stream and of its table.
        task: Reads a page of it.
        answer: Result type.
        id_name: Member that tells its things apart.
        sort: Arguments that sort it so that it can be read while it changes.
        of_shop: Whether every shop has one.
        lines: Member that holds a list of things with a table of their own, if there is one.
    """

    name: str
    task: Declared
    answer: Any
    id_name: str
    sort: Mapping[str, str] = field(default_factory=dict[str, str])
    of_shop: bool = False
    lines: str = ""


_BY_NAME = {"sort_name": "ASC"}
_BY_CREATION = {"sort_created_on": "ASC"}
_SHOP = Column("shop_id")
_DAY = Column("day", Kind.DAY)

ENTITIES = (
    Entity("lists", campaigns.list_campaigns, campaigns.Campaign, "campaignId", _BY_NAME),
    Entity("tags", tags.list_tags, tags.Tag, "tagId", _BY_NAME),
    Entity(
        "custom_fields",
        custom_fields.list_custom_fields,
        custom_fields.CustomField,
        "customFieldId",
        _BY_NAME,
    ),
    Entity(
        "segments",
        search_contacts.list_search_contacts,
        search_contacts.SavedSearch,
        "searchContactId",
        _BY_NAME,
    ),
    Entity(
        "from_fields",
        from_fields.list_from_fields,
        from_fields.FromField,
        "fromFieldId",
        _BY_CREATION,
    ),
    Entity(
        "gdpr_fields", gdpr_fields.list_gdpr_fields, gdpr_fields.GdprField, "gdprFieldId", _BY_NAME
    ),
    Entity("forms", forms.list_forms, forms.Form, "formId", _BY_CREATION),
    Entity(
        "landing_pages",
        landing_pages.list_landing_pages,
        landing_pages.LandingPage,
        "lpsId",
        {"sort_created_at": "ASC"},
    ),
    Entity("webinars", webinars.list_webinars, webinars.Webinar, "webinarId", _BY_CREATION),
    Entity("workflows", workflows.list_workflows, workflows.Workflow, "workflowId"),
    Entity("imports", imports.list_imports, imports.Import, "importId", _BY_CREATION),
    Entity(
        "suppressions",
        suppressions.list_suppressions,
        suppressions.Suppression,
        "suppressionId",
        _BY_CREATION,
    ),
    Entity(
        "click_tracks",
        click_tracks.list_click_tracks,
        click_tracks.ClickTrack,
        "clickTrackId",
        _BY_CREATION,
    ),
    Entity(
        "newsletters",
        newsletters.list_newsletters,
        newsletters.Newsletter,
        "newsletterId",
        _BY_CREATION,
    ),
    Entity(
        "autoresponders",
        autoresponders.list_autoresponders,
        autoresponders.Autoresponder,
        "autoresponderId",
        _BY_CREATION,
    ),
    Entity(
        "rss_newsletters",
        rss_newsletters.list_rss_newsletters,
        rss_newsletters.RssNewsletter,
        "rssNewsletterId",
        _BY_CREATION,
    ),
    Entity("splittests", ab_tests.list_splittests, ab_tests.Splittest, "splittestId", _BY_CREATION),
    Entity(
        "ab_tests",
        ab_tests_subject.list_subject_ab_tests,
        ab_tests_subject.AbTest,
        "abTestId",
        _BY_NAME,
    ),
    Entity("shops", shops.list_shops, shops.Shop, "shopId", _BY_CREATION),
    Entity(
        "products",
        products.list_products,
        products.Product,
        "productId",
        _BY_CREATION,
        of_shop=True,
        lines="variants",
    ),
)
"""What is read whole in each run."""


class FieldValue(TypedDict, total=False):
    """What a contact's page says of one custom field, besides its values."""

    customFieldId: str
    name: str
    type: str
    fieldType: str
    valueType: str


class ListDay(TypedDict, total=False):
    """What became of a list on one day, of three statistics."""

    totalSubscribers: int
    addedSubscribers: int
    removedSubscribers: int
    createdOn: str
    subscriptions: campaigns.SubscriptionCounts
    removals: campaigns.RemovalCounts


class _Masks(TypedDict, total=False):
    mask: str


def _entity(entity: Entity) -> Shaped:
    key = [*(["shop_id"] if entity.of_shop else []), snake(entity.id_name)]
    lead = [_SHOP] if entity.of_shop else []
    without = [entity.lines] if entity.lines else []
    return Shaped(entity.name, entity.answer, key, lead=lead, without=without)


def _days(name: str, id_column: str) -> Shaped:
    return Shaped(
        name,
        messages.MessageStatistics,
        (id_column, "day"),
        lead=(Column(id_column), _DAY),
        extra=(),
        day="day",
    )


_CONTACT = Column("contact_id")
_OF_OTHERS: Mapping[str, Callable[[], Shaped]] = {
    "contacts": lambda: Shaped(
        "contacts",
        contacts.ContactDetails,
        ("contact_id",),
        without=("tags", "customFieldValues"),
        extra=(DETAILS_AT, DETAILS_FOR, GONE),
        buckets=BUCKETS,
    ),
    "contact_tags": lambda: Shaped(
        "contact_tags",
        contacts.ContactTag,
        ("contact_id", "tag_id"),
        lead=(_CONTACT,),
        extra=(),
        buckets=BUCKETS,
    ),
    "contact_custom_fields": lambda: Shaped(
        "contact_custom_fields",
        FieldValue,
        ("contact_id", "custom_field_id", "position"),
        lead=(_CONTACT, Column("position", Kind.INTEGER), Column("value")),
        extra=(),
        buckets=BUCKETS,
    ),
    "removals": lambda: Shaped(
        "removals",
        search_contacts.SearchedContact,
        ("list_id", "contact_id", "deleted_on"),
        extra=(),
        buckets=BUCKETS,
    ),
    "blocklists": lambda: Shaped(
        "blocklists", _Masks, ("list_id", "mask"), lead=(Column("list_id"),)
    ),
    "suppression_masks": lambda: Shaped(
        "suppression_masks", _Masks, ("suppression_id", "mask"), lead=(Column("suppression_id"),)
    ),
    "list_days": lambda: Shaped(
        "list_days",
        ListDay,
        ("list_id", "day"),
        lead=(Column("list_id"), _DAY),
        without=("createdOn",),
        extra=(),
        day="day",
    ),
    "newsletter_days": lambda: _days("newsletter_days", "newsletter_id"),
    "autoresponder_days": lambda: _days("autoresponder_days", "autoresponder_id"),
    "rss_newsletter_days": lambda: _days("rss_newsletter_days", "rss_newsletter_id"),
    "newsletter_activities": lambda: Shaped(
        "newsletter_activities",
        newsletters.NewsletterActivity,
        ("newsletter_id", "contact_id", "activity", "created_on", "ordinal"),
        lead=(Column("newsletter_id"), _DAY, Column("ordinal", Kind.INTEGER)),
        extra=(),
        day="day",
    ),
    "product_variants": lambda: Shaped(
        "product_variants",
        product_variants.BaseProductVariant,
        ("shop_id", "product_id", "variant_id"),
        lead=(_SHOP, Column("product_id")),
    ),
    "orders": lambda: Shaped(
        "orders",
        orders.Order,
        ("shop_id", "order_id"),
        lead=(_SHOP,),
        extra=(LISTED, DETAILED, GONE),
    ),
    "order_lines": lambda: Shaped(
        "order_lines",
        orders.OrderVariant,
        ("shop_id", "order_id", "position"),
        lead=(_SHOP, Column("order_id"), Column("position", Kind.INTEGER)),
        extra=(),
    ),
    "carts": lambda: Shaped(
        "carts",
        carts.Cart,
        ("shop_id", "cart_id"),
        lead=(_SHOP,),
        without=("selectedVariants",),
    ),
    "cart_lines": lambda: Shaped(
        "cart_lines",
        carts.CartVariant,
        ("shop_id", "cart_id", "position"),
        lead=(_SHOP, Column("cart_id"), Column("position", Kind.INTEGER)),
        extra=(),
    ),
}

RUNS = Table(
    "_getresponse_runs",
    ("account_id", "run_id"),
    (
        ACCOUNT,
        Column("run_id"),
        Column("started_at", Kind.TIMESTAMP),
        Column("ended_at", Kind.TIMESTAMP),
        Column("balanced", Kind.BOOLEAN),
        Column("calls", Kind.INTEGER),
        Column("tables", Kind.JSON),
        Column("warnings", Kind.JSON),
    ),
)
"""One row a run: what was expected and what came."""


def shaped_tables() -> dict[str, Shaped]:
    """All tables of an account by name, for one run: they count what they find strange."""
    found = {entity.name: _entity(entity) for entity in ENTITIES}
    return found | {name: make() for name, make in _OF_OTHERS.items()}


STREAMS: Mapping[str, tuple[str, ...]] = {
    **{entity.name: (entity.name,) for entity in ENTITIES},
    "products": ("products", "product_variants"),
    "suppressions": ("suppressions", "suppression_masks"),
    "blocklists": ("blocklists",),
    "removals": ("removals",),
    "contacts": ("contacts", "contact_tags", "contact_custom_fields"),
    "list_days": ("list_days",),
    "newsletter_days": ("newsletter_days",),
    "autoresponder_days": ("autoresponder_days",),
    "rss_newsletter_days": ("rss_newsletter_days",),
    "newsletter_activities": ("newsletter_activities",),
    "orders": ("orders", "order_lines"),
    "carts": ("carts", "cart_lines"),
}
"""What can be asked for, in the order in which it is read, each with its tables."""
NEEDS: Mapping[str, tuple[str, ...]] = {
    "contacts": ("tags",),
    "newsletter_days": ("newsletters",),
    "autoresponder_days": ("autoresponders",),
    "rss_newsletter_days": ("rss_newsletters",),
    "newsletter_activities": ("newsletters", "newsletter_days"),
}
"""What is read too when a stream is asked for, since it goes by it."""

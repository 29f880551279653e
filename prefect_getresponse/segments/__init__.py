"""Segments (search contacts), written so that they read well.

```python
from prefect_getresponse.segments import all_of, email, ends, last_days, not_opened, section, tag

section([campaign_id], all_of(email(ends("@example.com")), tag("vB3x"), not_opened(last_days(90))))
```

Each type of condition of the API has a constructor of the same name; `is_`, `at_least`, `since` and
their like say what to compare with.  A segment has up to 8 sections of up to 8 conditions.  All are
plain dicts: what the API's own reference shows may be written by hand as well.
Source: GetResponse API v3, Search Contacts and the segments manual.

`conditions` are the types, made by the constructors in `people`, `behaviour` and `purchases` with
the `comparisons` that `wire` writes down; `sections` joins them.
"""

from __future__ import annotations

from prefect_getresponse.segments.behaviour import (
    clicked,
    custom_event,
    last_click_date,
    last_open_date,
    last_send_date,
    not_clicked,
    not_opened,
    not_sent,
    opened,
    sent,
    sms_link_clicked,
    sms_link_not_clicked,
    sms_sent,
    webinar,
)
from prefect_getresponse.segments.comparisons import (
    anytime,
    assigned,
    at_least,
    at_most,
    between,
    contains,
    ends,
    equals,
    is_,
    is_not,
    last_days,
    less_than,
    more_than,
    never,
    not_assigned,
    not_contains,
    not_ends,
    not_equals,
    not_starts,
    since,
    starts,
    until,
    within,
)
from prefect_getresponse.segments.conditions import (
    Condition,
)
from prefect_getresponse.segments.people import (
    crm,
    custom,
    email,
    engagement_score,
    gdpr,
    geo,
    goal,
    name,
    phase,
    score,
    subscription_date,
    subscription_method,
    tag,
)
from prefect_getresponse.segments.purchases import (
    ecommerce_abandoned_cart,
    ecommerce_brand_purchased,
    ecommerce_number_of_purchases,
    ecommerce_product_purchased,
    ecommerce_total_spent,
)
from prefect_getresponse.segments.sections import (
    SearchSection,
    all_of,
    any_of,
    section,
)

__all__ = [
    "Condition",
    "SearchSection",
    "all_of",
    "any_of",
    "anytime",
    "assigned",
    "at_least",
    "at_most",
    "between",
    "clicked",
    "contains",
    "crm",
    "custom",
    "custom_event",
    "ecommerce_abandoned_cart",
    "ecommerce_brand_purchased",
    "ecommerce_number_of_purchases",
    "ecommerce_product_purchased",
    "ecommerce_total_spent",
    "email",
    "ends",
    "engagement_score",
    "equals",
    "gdpr",
    "geo",
    "goal",
    "is_",
    "is_not",
    "last_click_date",
    "last_days",
    "last_open_date",
    "last_send_date",
    "less_than",
    "more_than",
    "name",
    "never",
    "not_assigned",
    "not_clicked",
    "not_contains",
    "not_ends",
    "not_equals",
    "not_opened",
    "not_sent",
    "not_starts",
    "opened",
    "phase",
    "score",
    "section",
    "sent",
    "since",
    "sms_link_clicked",
    "sms_link_not_clicked",
    "sms_sent",
    "starts",
    "subscription_date",
    "subscription_method",
    "tag",
    "until",
    "webinar",
    "within",
]

"""What the operations do, one module per tag of the API.

Each module offers `BEHAVIOURS`, a table of functions by operation identifier, and where the
tables of validation do not suffice `CHECKS`. An operation that is in no table is answered with
501.
"""

from __future__ import annotations

from prefect_getresponse.sandbox.resources import (
    accounts,
    campaigns,
    contacts,
    custom_fields,
    search_contacts,
    suppressions,
    tags,
)
from prefect_getresponse.sandbox.resources.request import Behaviours, Checks

BEHAVIOURS: Behaviours = {
    **accounts.BEHAVIOURS,
    **campaigns.BEHAVIOURS,
    **contacts.BEHAVIOURS,
    **custom_fields.BEHAVIOURS,
    **search_contacts.BEHAVIOURS,
    **suppressions.BEHAVIOURS,
    **tags.BEHAVIOURS,
}
CHECKS: Checks = {**contacts.CHECKS, **search_contacts.CHECKS}

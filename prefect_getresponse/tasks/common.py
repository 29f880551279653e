"""Types that several task modules share.

Every listing takes `page` (from 1) and `per_page` (1 to 1000, 100 if omitted), `fields`
(comma-separated names to answer with; ids are always there), filters and sorts.
Source: GetResponse API v3, Pagination, Sorting and Filtering.
"""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Literal, Required

from pydantic import AfterValidator, Field, StringConstraints
from typing_extensions import TypedDict

Page = Annotated[int, Field(ge=1)]
PerPage = Annotated[int, Field(ge=1, le=1000)]
SortOrder = Literal["ASC", "DESC"]
Amount = Annotated[int | float, Field(ge=0, le=999_999_999_999.99)]
"""Sum of money, in the currency named beside it."""
LongUrl = Annotated[str, StringConstraints(max_length=2048)]
ExternalId = Annotated[str, StringConstraints(max_length=255)]
"""Identifier that another system gave to a product, an order, ..."""
TrueOrFalse = Literal["true", "false"]
"""Booleans that the API writes as texts."""
EnabledOrDisabled = Literal["enabled", "disabled"]
Device = Literal["desktop", "mobile"]
"""What visitors of pages and forms are counted by."""
BlocklistFlag = Literal["add", "delete", "noResponse"]
"""What to do with given masks instead of replacing all, and whether to be silent about it."""


def _base64(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise ValueError("not base64 (without line breaks)") from None
    return text


Base64 = Annotated[str, AfterValidator(_base64)]
"""Bytes of a file as base64, without line breaks."""


def decoded_size(text: str) -> int:
    """Bytes that a `Base64` text stands for."""
    return len(text) // 4 * 3 - text.count("=")


class CampaignReference(TypedDict):
    """The list (campaign) that something is put on."""

    campaignId: str


class CampaignLink(TypedDict, total=False):
    """The list (campaign) that something is on, as the API answers it."""

    campaignId: Required[str]
    name: str | None
    href: str


class FromFieldReference(TypedDict):
    """A sender's address, named by its id."""

    fromFieldId: str


class FromFieldLink(TypedDict, total=False):
    """A sender's address as the API answers it."""

    fromFieldId: Required[str]
    href: str


class Blocklist(TypedDict):
    """Blocked addresses (`jane@example.com`) and domains (`@example.com`)."""

    masks: list[str]

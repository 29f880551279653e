"""Forms that were made with the legacy form editor; for the newer ones see `forms_and_popups`.

Forms are made in the panel and read here.  Source: GetResponse API v3, Forms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Required

from typing_extensions import TypedDict

from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import CampaignLink, Page, PerPage, SortOrder, TrueOrFalse

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

FormStatus = Literal["published", "unpublished", "draft"]
FormStatusFilter = Literal["enabled", "disabled", "published", "unpublished", "draft"]
VariantStatus = Literal["published", "unpublished", "disabled"]
FormOptin = Literal["single", "double"]
AfterSubscription = Literal["stay_on_page", "default", "custom_url"]


class FormStatistics(TypedDict, total=False):
    """What a form brought in; `subscriptionRate` is `subscribed` divided by `visitors`."""

    visitors: int
    uniqueVisitors: int
    subscribed: int
    subscriptionRate: float


class Form(TypedDict, total=False):
    """A row of a listing of forms; `webformId` is the same as `formId`."""

    formId: Required[str]
    webformId: str
    name: str
    href: str
    hasVariants: bool
    scriptUrl: str
    status: FormStatus
    createdOn: str
    statistics: FormStatistics
    campaign: CampaignLink


class FormCustomField(TypedDict, total=False):
    """The custom field that keeps where a contact came from."""

    customFieldId: str
    name: str
    values: list[str]


class FormSettings(TypedDict, total=False):
    """What a form does with a new contact.

    `phase` is the day of the autoresponder cycle to start at, None for no cycle.
    `forwardDataRequestType` says how the data goes on to the thank-you page, None if it does not.
    """

    optin: FormOptin
    phase: int | None
    thankYouType: AfterSubscription
    thankYouUrl: str | None
    alreadySubscribedType: AfterSubscription
    alreadySubscribedUrl: str | None
    secondStageCaptcha: TrueOrFalse
    forwardDataRequestType: Literal["GET", "POST"] | None
    trackingCustomField: FormCustomField | None
    trackingCustomFieldValue: str | None


class FormVariant(TypedDict, total=False):
    """A variant of a form, as the form's details show it."""

    variant: Required[str]
    variantName: str
    winner: TrueOrFalse
    status: VariantStatus
    createdOn: str
    statistics: FormStatistics


class FormDetails(Form, total=False):
    """One form with its settings and variants."""

    settings: FormSettings
    variants: list[FormVariant]


class FormVariantDetails(TypedDict, total=False):
    """A variant of a form, as the listing of variants shows it."""

    formId: Required[str]
    webformId: str
    variant: Required[str]
    variantName: str
    winner: Literal["yes", "no"]
    status: VariantStatus
    createdOn: str
    numberOfVisitors: int
    numberOfUniqueVisitors: int
    numberOfSubscribers: int
    subscriptionRate: float


@operation("GET", "/forms")
def list_forms(
    credentials: GetResponseCredentials,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    campaign_id: Annotated[str | Omit, Query("query[campaignId]")] = OMIT,
    status: Annotated[FormStatusFilter | Omit, Query("query[status]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_visitors: Annotated[SortOrder | Omit, Query("sort[visitors]")] = OMIT,
    sort_unique_visitors: Annotated[SortOrder | Omit, Query("sort[uniqueVisitors]")] = OMIT,
    sort_subscribed: Annotated[SortOrder | Omit, Query("sort[subscribed]")] = OMIT,
    sort_subscription_rate: Annotated[SortOrder | Omit, Query("sort[subscriptionRate]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Form]:
    """Read one page of forms.

    Args:
        credentials: The account.
        name: Keep forms whose name contains this.
        created_from: Keep forms created at or after this date (ISO 8601).
        created_to: Keep forms created at or before this date (ISO 8601).
        campaign_id: Keep forms of these lists: ids separated by commas.
        status: `enabled` is the same as `published`, `disabled` is `unpublished` or `draft`.
        sort_created_on: Sort by date of creation.
        sort_name: Sort by name.
        sort_visitors: Sort by number of visitors.
        sort_unique_visitors: Sort by number of unique visitors.
        sort_subscribed: Sort by number of people who subscribed.
        sort_subscription_rate: Sort by subscription rate.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Forms per page, up to 1000.

    Returns:
        The forms of the page.
    """
    ...


@operation("GET", "/forms/{form_id}")
def get_form(
    credentials: GetResponseCredentials, form_id: str, *, fields: str | Omit = OMIT
) -> FormDetails:
    """Read one form with its settings and variants.

    Args:
        credentials: The account.
        form_id: Id of the form.
        fields: Comma-separated members to answer with.

    Returns:
        The form.
    """
    ...


@operation("GET", "/forms/{form_id}/variants")
def list_form_variants(
    credentials: GetResponseCredentials, form_id: str, *, fields: str | Omit = OMIT
) -> list[FormVariantDetails]:
    """Read all variants (A/B tests) of a form, without pages.

    Args:
        credentials: The account.
        form_id: Id of the form.
        fields: Comma-separated members to answer with.

    Returns:
        The variants.
    """
    ...

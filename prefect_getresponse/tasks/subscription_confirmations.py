"""Subscription confirmations: subjects and texts of the message that asks for confirmation.

A list names one of each in `confirmation`. Source: GetResponse API v3, Subscription Confirmations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Required

from typing_extensions import TypedDict

from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import operation
from prefect_getresponse.tasks.common import TrueOrFalse

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials


class SubscriptionConfirmationBody(TypedDict, total=False):
    """A text, plain and as HTML, with GetResponse's merge words."""

    subscriptionConfirmationBodyId: Required[str]
    name: str
    contentPlain: str
    contentHtml: str


class SubscriptionConfirmationSubject(TypedDict, total=False):
    """A subject; private ones belong to the account alone."""

    subscriptionConfirmationSubjectId: Required[str]
    subject: str
    isPrivate: TrueOrFalse


@operation("GET", "/subscription-confirmations/body/{language_code}")
def list_subscription_confirmation_bodies(
    credentials: GetResponseCredentials, language_code: str, *, fields: str | Omit = OMIT
) -> list[SubscriptionConfirmationBody]:
    """Read the texts of one language; all of them, without pages.

    Args:
        credentials: The account.
        language_code: ISO 639-1, `en`.
        fields: Comma-separated members to answer with.

    Returns:
        The texts.
    """
    ...


@operation("GET", "/subscription-confirmations/subject/{language_code}")
def list_subscription_confirmation_subjects(
    credentials: GetResponseCredentials, language_code: str, *, fields: str | Omit = OMIT
) -> list[SubscriptionConfirmationSubject]:
    """Read the subjects of one language; all of them, without pages.

    Args:
        credentials: The account.
        language_code: ISO 639-1, `en`.
        fields: Comma-separated members to answer with.

    Returns:
        The subjects.
    """
    ...

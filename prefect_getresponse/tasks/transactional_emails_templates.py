"""Templates of transactional mail.  GetResponse MAX, as an add-on.

Source: GetResponse API v3, Transactional Emails Templates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Required

from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import Page, PerPage, SortOrder

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials


class TransactionalEmailTemplateContent(TypedDict, total=False):
    """What a template says: HTML, plain text or both."""

    plain: str
    html: str


class TransactionalEmailTemplate(TypedDict, total=False):
    """A row of a listing of templates; it does not show their content."""

    templateId: Required[str]
    href: str
    subject: str
    createdOn: str
    updatedOn: str
    editor: Literal["html", "wysiwyg"]


class TransactionalEmailTemplateDetails(TransactionalEmailTemplate, total=False):
    """One template with its content."""

    content: TransactionalEmailTemplateContent


@operation("GET", "/transactional-emails/templates")
def list_transactional_email_templates(
    credentials: GetResponseCredentials,
    *,
    subject: Annotated[str | Omit, Query("query[subject]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    sort_subject: Annotated[SortOrder | Omit, Query("sort[subject]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[TransactionalEmailTemplate]:
    """Read one page of templates of transactional mail.

    Args:
        credentials: The account.
        subject: Keep templates whose subject contains this.
        sort_created_on: Sort by date of creation.
        sort_subject: Sort by subject.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Templates per page, up to 1000.

    Returns:
        The templates of the page, without their content.
    """
    ...


@operation("POST", "/transactional-emails/templates", retry_class=RetryClass.ONCE)
def create_transactional_email_template(
    credentials: GetResponseCredentials,
    *,
    subject: str,
    content: TransactionalEmailTemplateContent | Omit = OMIT,
) -> TransactionalEmailTemplateDetails:
    """Create a template of transactional mail; subjects need not be unique.

    Args:
        credentials: The account.
        subject: Subject of the mail.
        content: HTML, plain text or both.

    Returns:
        The new template.
    """
    ...


@operation("GET", "/transactional-emails/templates/{transactional_email_template_id}")
def get_transactional_email_template(
    credentials: GetResponseCredentials,
    transactional_email_template_id: str,
    *,
    fields: str | Omit = OMIT,
) -> TransactionalEmailTemplateDetails:
    """Read one template of transactional mail, with its content.

    Args:
        credentials: The account.
        transactional_email_template_id: Id of the template, its `templateId`.
        fields: Comma-separated members to answer with.

    Returns:
        The template.
    """
    ...


@operation(
    "POST",
    "/transactional-emails/templates/{transactional_email_template_id}",
    retry_class=RetryClass.UPDATE,
)
def update_transactional_email_template(
    credentials: GetResponseCredentials,
    transactional_email_template_id: str,
    *,
    subject: str | Omit = OMIT,
    content: TransactionalEmailTemplateContent | Omit = OMIT,
) -> TransactionalEmailTemplateDetails:
    """Change a template of transactional mail; what is omitted stays.

    Args:
        credentials: The account.
        transactional_email_template_id: Id of the template, its `templateId`.
        subject: Subject of the mail.
        content: HTML, plain text or both; it replaces all the template says.

    Returns:
        The changed template.
    """
    ...


@operation("DELETE", "/transactional-emails/templates/{transactional_email_template_id}")
def delete_transactional_email_template(
    credentials: GetResponseCredentials, transactional_email_template_id: str
) -> None:
    """Delete a template of transactional mail.

    Args:
        credentials: The account.
        transactional_email_template_id: Id of the template, its `templateId`.
    """
    ...

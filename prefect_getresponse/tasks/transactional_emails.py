"""Transactional mail: one message to one person, such as a receipt.  GetResponse MAX, as an add-on.

Source: GetResponse API v3, Transactional Emails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Required

from pydantic import AfterValidator, StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import (
    Base64,
    FromFieldLink,
    FromFieldReference,
    Page,
    PerPage,
    TrueOrFalse,
)

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

MAX_CONTENT_BYTES = 16 * 1024 * 1024
"""Plain text and HTML of one message together."""
MAX_RECIPIENTS = 8
"""People a message goes to, copies included."""

RecipientName = Annotated[str, StringConstraints(min_length=1, max_length=128)]
RecipientStatus = Literal["unknown", "sent", "rejected", "opened", "bounced", "reported_spam"]
AttachmentText = Annotated[str, StringConstraints(min_length=3, max_length=128)]
TransactionalEmailSubject = Annotated[str, StringConstraints(min_length=1, max_length=512)]


class TransactionalEmailTagReference(TypedDict):
    """A tag: statistics are counted by it."""

    tagId: str


class TransactionalEmailRecipient(TypedDict, total=False):
    """Somebody who gets a copy."""

    email: Required[str]
    name: RecipientName


class TransactionalEmailRecipientTo(TransactionalEmailRecipient, total=False):
    """Whom a message is for; `validSince` says when you first saw the address (ISO 8601)."""

    validSince: str


class TransactionalEmailRecipients(TypedDict, total=False):
    """Whom a message goes to: 8 people at most, copies included."""

    to: Required[TransactionalEmailRecipientTo]
    cc: list[TransactionalEmailRecipient]
    bcc: list[TransactionalEmailRecipient]


class TransactionalEmailContent(TypedDict, total=False):
    """What a message says: HTML, plain text or both, 16 MB together."""

    plain: str
    html: str


class TransactionalEmailAttachment(TypedDict):
    """A file that goes with a message."""

    fileName: AttachmentText
    mimeType: AttachmentText
    content: Base64


class TransactionalEmailTemplateReference(TypedDict, total=False):
    """The template of a message; `lexpad` fills its placeholders."""

    templateId: Required[str]
    lexpad: dict[str, Any]


def _few_recipients(recipients: TransactionalEmailRecipients) -> TransactionalEmailRecipients:
    number = 1 + len(recipients.get("cc", [])) + len(recipients.get("bcc", []))
    if number > MAX_RECIPIENTS:
        raise ValueError(f"{number} recipients, {MAX_RECIPIENTS} are allowed")
    return recipients


def _some_content(content: TransactionalEmailContent) -> TransactionalEmailContent:
    if not content:
        raise ValueError("plain text or HTML is needed")
    size = sum(len(text.encode()) for text in (content.get("plain", ""), content.get("html", "")))
    if size > MAX_CONTENT_BYTES:
        raise ValueError(f"{size} bytes, {MAX_CONTENT_BYTES} are allowed")
    return content


class TransactionalEmailSentOn(TypedDict, total=False):
    """When a message left; null as long as it has not."""

    sentOn: str | None


class TransactionalEmailStatuses(TransactionalEmailSentOn, total=False):
    """When what became of a message at one recipient; null for what did not happen."""

    rejectedOn: str | None
    openedOn: str | None
    bouncedOn: str | None
    complainedOn: str | None


class TransactionalEmailListedRecipient(TypedDict, total=False):
    """Whom a message was for, as listings show it."""

    email: Required[str]
    name: str
    status: RecipientStatus
    statuses: TransactionalEmailSentOn


class TransactionalEmailListedRecipients(TypedDict):
    """Whom a message went to, as listings show it: without copies."""

    to: TransactionalEmailListedRecipient


class TransactionalEmailClickedLink(TypedDict, total=False):
    """A link that a recipient clicked."""

    url: str
    clickedOn: str


class TransactionalEmailRecipientDetails(TypedDict, total=False):
    """One recipient, and what became of the message there."""

    email: Required[str]
    name: str
    status: RecipientStatus
    statuses: TransactionalEmailStatuses
    clickedLinks: list[TransactionalEmailClickedLink]


class TransactionalEmailRecipientsDetails(TypedDict, total=False):
    """All recipients of a message."""

    to: Required[TransactionalEmailRecipientDetails]
    cc: list[TransactionalEmailRecipientDetails]
    bcc: list[TransactionalEmailRecipientDetails]


class CreatedTransactionalEmail(TypedDict):
    """The id of a message that was taken."""

    transactionalEmailId: str


class TransactionalEmail(TypedDict, total=False):
    """A row of a listing of transactional mail."""

    transactionalEmailId: Required[str]
    fromField: FromFieldLink
    recipients: TransactionalEmailListedRecipients
    subject: str
    tag: TransactionalEmailTagReference
    href: str


class TransactionalEmailDetails(TypedDict, total=False):
    """One transactional message, with what became of it at each recipient."""

    transactionalEmailId: Required[str]
    fromField: FromFieldLink
    replyTo: FromFieldLink
    recipients: TransactionalEmailRecipientsDetails
    subject: str
    tag: TransactionalEmailTagReference
    href: str


class TransactionalEmailStatistics(TypedDict, total=False):
    """What became of messages in one interval (ISO 8601 start and duration, UTC)."""

    timeFrame: str
    sent: int
    opened: int
    clicks: int
    bounced: int
    complaint: int


@operation("GET", "/transactional-emails")
def list_transactional_emails(
    credentials: GetResponseCredentials,
    *,
    sent_from: Annotated[str | Omit, Query("query[sentOn][from]")] = OMIT,
    sent_to: Annotated[str | Omit, Query("query[sentOn][to]")] = OMIT,
    tagged: Annotated[TrueOrFalse | Omit, Query("query[tagged]")] = OMIT,
    tag_id: Annotated[str | Omit, Query("query[tagId]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[TransactionalEmail]:
    """Read one page of transactional mail.

    Args:
        credentials: The account.
        sent_from: Keep messages sent at or after this date (ISO 8601).
        sent_to: Keep messages sent at or before this date (ISO 8601).
        tagged: Keep messages with a tag (`true`) or without one (`false`).
        tag_id: Keep messages with this tag.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Messages per page, up to 1000.

    Returns:
        The messages of the page.
    """
    ...


@operation("POST", "/transactional-emails", retry_class=RetryClass.ONCE)
def create_transactional_email(
    credentials: GetResponseCredentials,
    *,
    from_field: FromFieldReference,
    recipients: Annotated[TransactionalEmailRecipients, AfterValidator(_few_recipients)],
    content_type: Literal["direct", "template"],
    subject: TransactionalEmailSubject | Omit = OMIT,
    content: Annotated[TransactionalEmailContent, AfterValidator(_some_content)] | Omit = OMIT,
    template: TransactionalEmailTemplateReference | Omit = OMIT,
    attachments: list[TransactionalEmailAttachment] | Omit = OMIT,
    reply_to: FromFieldReference | Omit = OMIT,
    tag: TransactionalEmailTagReference | Omit = OMIT,
) -> CreatedTransactionalEmail:
    """Send one message, at once.

    A repeat would reach people twice, so a doubtful call ends as `OutcomeUnknown`: look for the
    message with `list_transactional_emails`.

    Args:
        credentials: The account.
        from_field: Sender.
        recipients: Whom it goes to: 8 people at most, copies included.
        content_type: `direct` sends `subject` and `content`, `template` sends `template`.
        subject: Subject, 1 to 512 characters.
        content: HTML, plain text or both, 16 MB together.
        template: The template, and what fills its placeholders.
        attachments: Files.
        reply_to: Sender that answers go to.
        tag: Tag by which statistics are counted.

    Returns:
        The id of the message.
    """
    ...


@operation("GET", "/transactional-emails/statistics")
def get_transactional_emails_statistics(
    credentials: GetResponseCredentials,
    *,
    group_by: Annotated[Literal["total", "day"], Query("query[groupBy]")],
    time_frame_from: Annotated[str | Omit, Query("query[timeFrame][from]")] = OMIT,
    time_frame_to: Annotated[str | Omit, Query("query[timeFrame][to]")] = OMIT,
    tagged: Annotated[TrueOrFalse | Omit, Query("query[tagged]")] = OMIT,
    tag_id: Annotated[str | Omit, Query("query[tagId]")] = OMIT,
    fields: str | Omit = OMIT,
) -> list[TransactionalEmailStatistics]:
    """Count what became of all transactional mail.

    Args:
        credentials: The account.
        group_by: `day` gives a row a day, `total` one row.
        time_frame_from: Count from this date (ISO 8601).
        time_frame_to: Count to this date (ISO 8601).
        tagged: Count messages with a tag (`true`) or without one (`false`).
        tag_id: Count messages with this tag.
        fields: Comma-separated members to answer with.

    Returns:
        A row an interval.
    """
    ...


@operation("GET", "/transactional-emails/{transactional_email_id}")
def get_transactional_email(
    credentials: GetResponseCredentials,
    transactional_email_id: str,
    *,
    fields: str | Omit = OMIT,
) -> TransactionalEmailDetails:
    """Read one message, with what became of it at each recipient.

    Args:
        credentials: The account.
        transactional_email_id: Id of the message.
        fields: Comma-separated members to answer with.

    Returns:
        The message.
    """
    ...

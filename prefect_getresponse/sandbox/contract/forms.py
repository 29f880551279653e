"""Bodies of the type `multipart/form-data` (RFC 7578): how files are sent."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.policy import HTTP

FORM_TYPE = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class FilePart:
    """One file of a form.

    Attributes:
        name: File name as it was sent.
        media_type: Media type as it was sent, `text/plain` if none was.
        content: The bytes.
    """

    name: str
    media_type: str
    content: bytes


def read_form(content_type: str, body: bytes) -> dict[str, str | FilePart]:
    """Read a form: texts and files by the name of their part.

    Args:
        content_type: The request's Content-Type with its boundary.
        body: The whole body.

    Raises:
        ValueError: If it is not a whole form, or a part has no name.
    """
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1")
    form = BytesParser(EmailMessage, policy=HTTP).parsebytes(head + body)
    if form.get_content_type() != FORM_TYPE or form.defects or not form.is_multipart():
        raise ValueError("not a form")
    return dict(map(_part, form.iter_parts()))


def _part(part: MIMEPart) -> tuple[str, str | FilePart]:
    name = part.get_param("name", header="Content-Disposition")
    content = part.get_payload(decode=True)
    if not isinstance(name, str) or not isinstance(content, bytes):
        raise ValueError("a part without a name")
    file_name = part.get_filename()
    if file_name is None:
        return name, content.decode()
    return name, FilePart(file_name, part.get_content_type(), content)

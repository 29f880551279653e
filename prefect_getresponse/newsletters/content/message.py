"""Check a whole message: its subject, its HTML and its plain text, each alone and together."""

from __future__ import annotations

from dataclasses import dataclass

from prefect_getresponse.newsletters.content.dates import is_token
from prefect_getresponse.newsletters.content.findings import (
    Finding,
    Findings,
    Severity,
    in_order,
)
from prefect_getresponse.newsletters.content.html import check_html
from prefect_getresponse.newsletters.content.syntax import Content, read_content
from prefect_getresponse.newsletters.content.values import CONTACT_TOKENS, GEO_TOKENS

SUBJECT_LENGTH = range(2, 129)
CONFIRMATION_SUBJECT_LENGTH = range(2, 251)
PART_LENGTH = 524_288
"""Characters of HTML and of plain text.  Source: GetResponse API v3, newsletters."""
_LAYOUT = frozenset({"LINK", "EXTERNAL", "IF", "ELSIF", "ELSE", "ENDIF"})


@dataclass(frozen=True)
class Message:
    """What is sent.

    Attributes:
        subject: Its subject.
        html: Its HTML; empty for none.
        plain: Its plain text; empty for none.
        preheader: What inboxes show behind the subject; empty for none.
        is_confirmation: Whether it asks people to confirm that they subscribe.
        has_lexpad: Whether it has an external lexpad.
    """

    subject: str = ""
    html: str = ""
    plain: str = ""
    preheader: str = ""
    is_confirmation: bool = False
    has_lexpad: bool = False


@dataclass(frozen=True)
class Known:
    """What an account has.

    Attributes:
        fields: Names of custom fields.
        predefined: Names of predefined fields of the list.
        tags: Names of tags.
    """

    fields: frozenset[str] = frozenset()
    predefined: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Checked:
    """A checked message.

    Attributes:
        findings: What was found, in order.
        contents: Its parts by name: `subject`, `preheader`, `html`, `plain`.
    """

    findings: tuple[Finding, ...]
    contents: dict[str, Content]

    @property
    def errors(self) -> list[Finding]:
        """Findings that stop a release."""
        return [each for each in self.findings if each.severity is Severity.ERROR]


def check_message(message: Message, known: Known | None = None) -> Checked:
    """Check a message.

    Args:
        message: The message.
        known: What the account has; None if that is not known.
    """
    parts = {
        "subject": message.subject,
        "preheader": message.preheader,
        "html": message.html,
        "plain": message.plain,
    }
    findings = {part: Findings(part, text) for part, text in parts.items()}
    contents = {
        part: read_content(
            text,
            findings[part],
            confirmation=message.is_confirmation,
            lexpad=message.has_lexpad,
        )
        for part, text in parts.items()
        if text
    }
    _check_subject(message, contents.get("subject"), findings["subject"])
    if "html" in contents:
        check_html(contents["html"], findings["html"])
    for part in ("html", "plain"):
        _check_length(parts[part], findings[part])
    if known:
        for part, content in contents.items():
            _check_names(content, known, findings[part])
    found = [each for part in findings.values() for each in part.found]
    return Checked(tuple(in_order([*found, *_together(contents)])), contents)


def _check_subject(message: Message, content: Content | None, findings: Findings) -> None:
    length = CONFIRMATION_SUBJECT_LENGTH if message.is_confirmation else SUBJECT_LENGTH
    if len(message.subject) not in length:
        findings.error(
            "subject-length",
            0,
            f"The subject has {len(message.subject)} characters.",
            f"GetResponse takes {length[0]} to {length[-1]}.",
        )
    if "\n" in message.subject or "\r" in message.subject:
        findings.error("subject-lines", 0, "The subject has a line break.", "Write it in one line.")
    for tag in content.tags() if content else ():
        if tag.name in _LAYOUT:
            findings.notice(
                "tag-in-subject",
                tag.start,
                f"{{{{{tag.name}}}}} in a subject is not documented.",
                "Try it in a test message.",
            )


def _check_length(text: str, findings: Findings) -> None:
    if len(text) > PART_LENGTH:
        findings.error(
            "too-long",
            0,
            f"The part has {len(text):,} characters.",
            f"GetResponse takes {PART_LENGTH:,}.",
        )


def _check_names(content: Content, known: Known, findings: Findings) -> None:
    names = known.fields | known.tags | CONTACT_TOKENS | GEO_TOKENS
    for kind, found, there in (
        ("custom field", content.fields, known.fields),
        ("predefined field", content.predefined, known.predefined),
        ("custom field, tag or token", content.names, names),
    ):
        for name, at in found.items():
            if name not in there and not (found is content.names and is_token(name.upper())):
                findings.warning(
                    f"unknown-{kind.split(',')[0].replace(' ', '-')}",
                    at,
                    f"The account has no {kind} {name!r}, so it is empty for everybody.",
                    "Correct the name, or create it in GetResponse.",
                )


def _together(contents: dict[str, Content]) -> list[Finding]:
    """Compare HTML and plain text."""
    html, plain = contents.get("html"), contents.get("plain")
    if html is None and plain is None:
        return [
            Finding(
                Severity.ERROR,
                "no-content",
                "The message has neither HTML nor plain text.",
                "Write at least one, better both.",
                "html",
            )
        ]
    if plain is None or html is None:
        missing = "plain text" if plain is None else "HTML"
        return [
            Finding(
                Severity.WARNING,
                "one-part",
                f"The message has no {missing}.",
                "Some mail programs and spam filters want both.",
                "plain" if plain is None else "html",
            )
        ]
    return [
        Finding(
            Severity.WARNING,
            "tag-in-one-part",
            f"{tag} stands in the {there} only.",
            f"Say the same in the {other}, or leave it out of both.",
            "html" if there == "HTML" else "plain",
        )
        for there, other, one, two in (
            ("HTML", "plain text", html, plain),
            ("plain text", "HTML", plain, html),
        )
        for tag in sorted(_values(one) - _values(two))
    ]


def _values(content: Content) -> set[str]:
    return {
        f"{{{{{tag.name} `{tag.arguments[0].text}`}}}}"
        for tag in content.tags()
        if tag.arguments and tag.name not in _LAYOUT
    }

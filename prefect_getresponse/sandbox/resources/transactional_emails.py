"""Transactional mail and what becomes of it at its recipients (tag Transactional Emails)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from prefect_getresponse.sandbox.contract.dates import DAY, iso, iso_interval, parse_moment
from prefect_getresponse.sandbox.contract.errors import FieldError
from prefect_getresponse.sandbox.contract.messages import Answer, json_answer
from prefect_getresponse.sandbox.contract.validation import Body, Query, objects
from prefect_getresponse.sandbox.resources.collection import Collection, member
from prefect_getresponse.sandbox.resources.listing import sparse
from prefect_getresponse.sandbox.resources.message_parts import show_senders
from prefect_getresponse.sandbox.resources.request import Checks, Request
from prefect_getresponse.sandbox.world.links import links_in
from prefect_getresponse.sandbox.world.reactions import Reaction, reaction
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World

_MOST_RECIPIENTS = 8
_MOST_BYTES = 16 * 1024 * 1024
_OF_TYPE = {"direct": ("subject", "content"), "template": ("template",)}
_HIDDEN = frozenset({"links", "handedOver"})

# The status of a recipient is that of the last event that happened, the first of these.
_STATUSES = (
    ("complained", "reported_spam"),
    ("bounced", "bounced"),
    ("opened", "opened"),
    ("rejected", "rejected"),
    ("sent", "sent"),
)
_COUNTED = (
    ("sent", "sent"),
    ("opened", "opened"),
    ("clicked", "clicks"),
    ("bounced", "bounced"),
    ("complained", "complaint"),
)


def _reaction(world: World, email: Record, recipient: Mapping[str, Any]) -> Reaction:
    return reaction(recipient["email"], email.members["handedOver"], world.speed)


def _recipients(email: Record) -> Iterator[dict[str, Any]]:
    """Return everybody a message goes to."""
    recipients = email.members["recipients"]
    yield recipients["to"]
    for kind in ("cc", "bcc"):
        yield from recipients.get(kind, ())


def _react(world: World, email: Record) -> None:
    """Bring the state of every recipient up to the present."""
    for recipient in _recipients(email):
        seen = _reaction(world, email, recipient)
        happened = (word for name, word in _STATUSES if getattr(seen, name) <= world.now)
        recipient["status"] = next(happened, "unknown")
        recipient["statuses"] = {
            f"{name}On": iso(moment) if (moment := getattr(seen, name)) <= world.now else None
            for name in ("sent", "rejected", "opened", "bounced", "complained")
        }
        # Whoever clicks takes the first link.
        links: list[str] = email.members["links"][: int(seen.clicked <= world.now)]
        recipient["clickedLinks"] = [{"url": url, "clickedOn": iso(seen.clicked)} for url in links]


def _answered(_world: World, _email: Record, members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if name not in _HIDDEN}


EMAILS = Collection(
    "transactional_emails",
    "/transactional-emails/{transactionalEmailId}",
    created="",
    updated="",
    attributes={
        "sentOn": member("recipients.to.statuses.sentOn"),
        "tagged": lambda email: "true" if "tag" in email.members else "false",
        "tagId": member("tag.tagId"),
    },
    settle=_react,
    render=_answered,
)


def list_transactional_emails(world: World, request: Request) -> Answer:
    """`GET /transactional-emails`: copies and later events are in the details only."""

    def row(email: Record) -> dict[str, Any]:
        members = EMAILS.row(world, email)
        members.pop("replyTo", None)
        to = dict(members["recipients"]["to"])
        del to["clickedLinks"]
        to["statuses"] = {"sentOn": to["statuses"]["sentOn"]}
        return {**members, "recipients": {"to": to}}

    return EMAILS.page(world, request, row)


def create_transactional_email(world: World, request: Request) -> Answer:
    """`POST /transactional-emails`: answers with the identifier only."""
    body = request.body
    template = world.records.of("transactional_email_templates").get(
        body.get("template", {}).get("templateId", "")
    )
    written: Mapping[str, Any] = template.members if template else body
    content: Mapping[str, str] = written.get("content", {})
    members = {
        "subject": written.get("subject", "(no subject)"),
        "recipients": _as_answered(body["recipients"]),
        "links": links_in(" ".join(content.values())),
        "handedOver": request.now,
    }
    named: Body = {name: body[name] for name in ("fromField", "replyTo", "tag") if name in body}
    email = EMAILS.add(world, {**members, **show_senders(named)}, request.now)
    return json_answer(request.successful, {"transactionalEmailId": email.record_id})


def _as_answered(recipients: Body) -> Body:
    """Return recipients with the members that are answered."""

    def known(recipient: Body) -> Body:
        return {name: recipient[name] for name in ("email", "name") if name in recipient}

    shown: Body = {"to": known(recipients["to"])}
    for kind in ("cc", "bcc"):
        if kind in recipients:
            shown[kind] = [known(each) for each in recipients[kind]]
    return shown


def statistics(world: World, request: Request) -> Answer:
    """`GET /transactional-emails/statistics`: events are counted when they happen."""
    query = request.query
    first = parse_moment(query.get("query[timeFrame][from]", "1970-01-01"))
    last = parse_moment(query.get("query[timeFrame][to]", "9999-12-31"), end_of_day=True)
    last = min(last, world.now)
    events = [each for each in sorted(_events(world, query)) if first <= each[0] <= last]
    if query["query[groupBy]"] == "day":
        days = groupby(events, lambda event: event[0] // DAY * DAY)
        rows = [_row(day, day + DAY, each) for day, each in days]
    else:
        start = max(first, events[0][0]) if events else last
        rows = [_row(start, last, events)]
    return json_answer(200, [sparse(row, query, "timeFrame") for row in rows])


def _events(world: World, query: Query) -> Iterator[tuple[float, str]]:
    """Return what happens to messages ever, with its moment."""
    for email in world.records.of(EMAILS.name).values():
        if _is_counted(email, query):
            for recipient in _recipients(email):
                seen = _reaction(world, email, recipient)
                yield from ((getattr(seen, event), name) for event, name in _COUNTED)


def _is_counted(email: Record, query: Query) -> bool:
    tag_id = email.members.get("tag", {}).get("tagId")
    tagged = "true" if tag_id else "false"
    wanted = (query.get("query[tagId]", tag_id), query.get("query[tagged]", tagged))
    return wanted == (tag_id, tagged)


def _row(start: float, end: float, events: Iterable[tuple[float, str]]) -> Body:
    names = Counter(name for _, name in events)
    counts = {name: names[name] for _, name in _COUNTED}
    return {"timeFrame": iso_interval(start, end), **counts}


def _check(_world: World, body: Body) -> Iterator[FieldError]:
    recipients = next(objects([body.get("recipients")]))
    number = 1 + sum(1 for kind in ("cc", "bcc") for _ in objects(recipients.get(kind)))
    if number > _MOST_RECIPIENTS:
        yield FieldError("recipients", "count", f"At most {_MOST_RECIPIENTS} recipients")
    content_type = str(body.get("contentType"))
    for kind, names in _OF_TYPE.items():
        for name in names:
            if kind != content_type and name in body:
                yield FieldError(name, "unknown", f"Not allowed with contentType {content_type}")
    if content_type in _OF_TYPE and (needed := _OF_TYPE[content_type][-1]) not in body:
        yield FieldError(needed, "required", "Member is required")
    content = next(objects([body.get("content")]))
    if "content" in body and not any(content.values()):
        yield FieldError("content", "empty", "Plain text or HTML is required")
    if sum(len(str(text).encode()) for text in content.values()) > _MOST_BYTES:
        yield FieldError("content", "length", f"At most {_MOST_BYTES} bytes in all")


BEHAVIOURS = {
    **EMAILS.behaviours(get="getTransactionalEmailsById"),
    "getTransactionalEmailsList": list_transactional_emails,
    "createTransactionalEmail": create_transactional_email,
    "getTransactionalEmailsStatistics": statistics,
}
CHECKS: Checks = {"createTransactionalEmail": _check}

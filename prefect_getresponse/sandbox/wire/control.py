"""Control from outside under `/_sandbox/`: log, faults, removals, confirmations, imports, state.

Needs no key, counts for no limit and is not in the log. Errors are `{"error": "..."}`.
"""

from __future__ import annotations

import itertools
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Literal, cast
from urllib.parse import parse_qs, urlsplit

from prefect_getresponse.sandbox.contract.dates import iso
from prefect_getresponse.sandbox.contract.messages import (
    Answer,
    Call,
    file_answer,
    json_answer,
)
from prefect_getresponse.sandbox.notices.notices import CALLBACK_ACTIONS, WEBHOOK_TYPES
from prefect_getresponse.sandbox.notices.outbox import Outbox
from prefect_getresponse.sandbox.notices.settings import NoticeSettings, read_settings
from prefect_getresponse.sandbox.people.contact_book import Contact, Happening
from prefect_getresponse.sandbox.people.import_jobs import OUTCOMES
from prefect_getresponse.sandbox.resources import from_fields, newsletters
from prefect_getresponse.sandbox.resources.custom_reports import report_file
from prefect_getresponse.sandbox.wire.app import CONTROL_PREFIX as PREFIX
from prefect_getresponse.sandbox.wire.app import Application
from prefect_getresponse.sandbox.world.world import Campaign, World

REASONS = (
    "api",
    "automation",
    "blacklisted",
    "bounce",
    "cleaner",
    "complaint",
    "support",
    "unsubscribe",
    "user",
)
"""Why a contact can have been removed (GetResponse API v3, `SearchedContactDetails.reason`)."""

_CONTACTS_SHOWN = 10_000
_REPORTS = f"{PREFIX}/reports/"


class ControlError(Exception):
    """A control call that cannot be done."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


def control(app: Application, call: Call, now: float) -> Answer:
    """Answer a call below `/_sandbox`.

    Args:
        app: The sandbox's application.
        call: The call.
        now: Unix seconds.
    """
    if call.path.startswith(_REPORTS) and call.method == "GET":
        return _report(app, call)
    action = _ACTIONS.get((call.method, call.path.removeprefix(PREFIX).rstrip("/")))
    if action is None:
        known = ", ".join(f"{method} {PREFIX}{path}" for method, path in _ACTIONS)
        return json_answer(404, {"error": f"no such control; there are {known}"})
    try:
        return json_answer(200, action(app, call, now))
    except ControlError as error:
        return json_answer(error.status, {"error": str(error)})


def _report(app: Application, call: Call) -> Answer:
    """Give the file of a report to whoever has its link."""
    content = report_file(app.world, call.path.removeprefix(_REPORTS))
    if content is None:
        return json_answer(403, {"error": "the link is not valid, or not any more"})
    return file_answer(content, "text/csv")


def _log(app: Application, _call: Call, _now: float) -> Any:
    return {"calls": [entry.as_dict() for entry in app.log]}


def _faults(app: Application, call: Call, _now: float) -> Any:
    try:
        return {"faults": app.faults.replace(_body(call, "faults")["faults"])}
    except ValueError as error:
        raise ControlError(HTTPStatus.BAD_REQUEST, str(error)) from error


def _remove(app: Application, call: Call, now: float) -> Any:
    body = _body(call, "list", "email", "reason")
    if body["reason"] not in REASONS:
        reasons = ", ".join(REASONS)
        raise ControlError(HTTPStatus.BAD_REQUEST, f"reason must be one of {reasons}")
    contact = _contact(app.world, body)
    app.world.contacts.remove(contact, body["reason"], now)
    return {"contactId": contact.contact_id, "reason": contact.reason}


def _confirm(app: Application, call: Call, now: float) -> Any:
    contact = _contact(app.world, _body(call, "list", "email"))
    if contact.status == "unconfirmed":
        app.world.contacts.confirm(contact, now)
    return {"contactId": contact.contact_id, "status": contact.status}


def _confirm_sender(app: Application, call: Call, _now: float) -> Any:
    email = _body(call, "email")["email"]
    sender = from_fields.confirm(app.world, email)
    if sender is None:
        raise ControlError(HTTPStatus.NOT_FOUND, f"no sender has the address {email!r}")
    return {"fromFieldId": sender.record_id, "isActive": "true"}


def _edit_newsletter(app: Application, call: Call, _now: float) -> Any:
    changes = dict(_object(call))
    newsletter = changes.pop("newsletter", "")
    if not changes or changes.keys() - newsletters.EDITABLE:
        names = ", ".join(sorted(newsletters.EDITABLE))
        message = f"the body must name a newsletter and some of {names}"
        raise ControlError(HTTPStatus.BAD_REQUEST, message)
    record = app.world.records.of(newsletters.NEWSLETTERS.name).get(newsletter)
    if record is None:
        raise ControlError(HTTPStatus.NOT_FOUND, f"no newsletter {newsletter!r}")
    newsletters.edit(app.world, record, changes)
    return {"newsletterId": record.record_id}


def _imports(app: Application, call: Call, now: float) -> Any:
    body = _body(call, "list", "outcome")
    if body["outcome"] not in OUTCOMES:
        outcomes = ", ".join(OUTCOMES)
        raise ControlError(HTTPStatus.BAD_REQUEST, f"outcome must be one of {outcomes}")
    campaign = _existing_list(app.world, body)
    app.world.imports.decide(campaign.campaign_id, body["outcome"], now)
    return {"campaignId": campaign.campaign_id, "outcome": body["outcome"]}


def _churn(app: Application, call: Call, _now: float) -> Any:
    every = _object(call).get("every")
    if not isinstance(every, int) or isinstance(every, bool) or every < 0:
        raise ControlError(HTTPStatus.BAD_REQUEST, "every must be a number of calls, or 0")
    app.churn.every = every
    return {"every": every, "done": app.churn.done}


def _expire_tokens(app: Application, _call: Call, now: float) -> Any:
    return {"expired": app.oauth.expire(now)}


def _reset(app: Application, _call: Call, _now: float) -> Any:
    app.reset()
    return {}


def _copy(app: Application, call: Call, now: float) -> Any:
    body = _body(call, "list", "email", "to")
    contact = _contact(app.world, body)
    target = _existing_list(app.world, {"list": body["to"]})
    copied = replace(contact, campaign_id=target.campaign_id, contact_id="", origin="copy")
    if not app.world.contacts.add(copied, "subscribed", now, source=contact.campaign_id):
        raise ControlError(HTTPStatus.CONFLICT, f"the person is on {target.name!r} already")
    return {"contactId": copied.contact_id}


def _survey(app: Application, call: Call, now: float) -> Any:
    body = _body(call, "list", "email", "survey", "question", "answer")
    names = {each: _id_of(each, body[each]) for each in ("survey", "question")}
    details = {
        "SURVEY_ID": names["survey"],
        "survey_name": body["survey"],
        "QUESTION_ID": names["question"],
        "question_name": body["question"],
        "question_answer": body["answer"],
    }
    return _happened(app, body, "surveyed", details, now)


def _goal(app: Application, call: Call, now: float) -> Any:
    body = _body(call, "list", "email", "goal", "url")
    details = {
        "GOAL_ID": _id_of("goal", body["goal"]),
        "goal_profile": "sandbox",
        "goal_domain": urlsplit(str(body["url"])).hostname or "",
        "goal_name": body["goal"],
        "goal_url": body["url"],
        "goal_param_0": "0",
    }
    return _happened(app, body, "reached", details, now)


def _id_of(kind: str, name: str) -> str:
    """Return an identifier for something that only the panel makes: equal for equal names."""
    return f"{zlib.crc32(f'{kind} {name}'.encode()):x}"


def _happened(
    app: Application,
    body: Mapping[str, Any],
    kind: Literal["surveyed", "reached"],
    details: Mapping[str, Any],
    now: float,
) -> Any:
    contact = _contact(app.world, body)
    app.world.tell(Happening(kind, now, contact, details))
    return {"contactId": contact.contact_id}


def _webhooks(app: Application, call: Call, _now: float) -> Any:
    return _notify(app, app.webhooks, _settings(call, WEBHOOK_TYPES, "types"), "types")


def _callbacks(app: Application, call: Call, _now: float) -> Any:
    settings = _settings(call, CALLBACK_ACTIONS, "actions")
    wanted = settings.types or frozenset(CALLBACK_ACTIONS)
    actions = {action: action in wanted for action in CALLBACK_ACTIONS if action != "goal"}
    app.world.callbacks = {"url": settings.url, "actions": actions} if settings.url else None
    return _notify(app, app.callbacks, settings, "actions")


def _settings(call: Call, known: Sequence[str], list_name: str) -> NoticeSettings:
    try:
        return read_settings(_object(call), known, list_name)
    except ValueError as error:
        raise ControlError(HTTPStatus.BAD_REQUEST, str(error)) from error


def _notify(app: Application, outbox: Outbox, settings: NoticeSettings, list_name: str) -> Any:
    app.notify(outbox, settings)
    return {"url": settings.url, list_name: sorted(settings.types)}


def _deliveries(outbox: Outbox, call: Call) -> Any:
    limit = _limit(call, len(outbox.deliveries))
    return {"deliveries": outbox.deliveries[:limit], "pending": outbox.pending}


def _webhook_log(app: Application, call: Call, _now: float) -> Any:
    return _deliveries(app.webhooks, call)


def _callback_log(app: Application, call: Call, _now: float) -> Any:
    return _deliveries(app.callbacks, call)


def _limit(call: Call, default: int) -> int:
    """Read how many rows a control call wants to see."""
    limit = parse_qs(call.query_string).get("limit", [str(default)])[0]
    if not limit.isdecimal():
        raise ControlError(HTTPStatus.BAD_REQUEST, "limit is not a number")
    return int(limit)


def _state(app: Application, call: Call, now: float) -> Any:
    world = app.world
    limit = _limit(call, _CONTACTS_SHOWN)
    campaigns = [_campaign(world, each, limit) for each in world.campaigns.values()]
    return {
        "now": iso(now),
        "account": world.account["accountId"],
        "lists": campaigns,
        "queued": len(world.queue),
        "imports": [
            {"importId": job.import_id, "campaignId": job.campaign_id, "status": job.status}
            for job in world.imports
        ],
        "tags": [tag.name for tag in world.tags.values()],
        "customFields": [each.name for each in world.custom_fields.values()],
        "suppressions": [each.name for each in world.suppressions.values()],
        "blocklist": list(world.account_masks),
        "oauth": app.oauth.summary(now),
        "limits": app.limits.summary(now),
        "inFlight": app.in_flight,
        "calls": len(app.log),
    }


def _campaign(world: World, campaign: Campaign, limit: int) -> dict[str, Any]:
    counts = {"subscribed": 0, "unconfirmed": 0, "removed": 0}
    for contact in world.contacts.members(campaign.campaign_id):
        counts[contact.status] += 1
    shown = itertools.islice(world.contacts.members(campaign.campaign_id), limit)
    return {
        "campaignId": campaign.campaign_id,
        "name": campaign.name,
        "isDefault": campaign.is_default,
        "optinTypes": campaign.optin_types,
        "blocklist": list(campaign.masks),
        "counts": counts,
        "contacts": [_contact_row(world, contact) for contact in shown],
    }


def _contact_row(world: World, contact: Contact) -> dict[str, Any]:
    fields = world.custom_fields
    customs = contact.customs.items()
    return {
        "contactId": contact.contact_id,
        "email": contact.email,
        "name": contact.name,
        "status": contact.status,
        "reason": contact.reason,
        "tags": [world.tags[tag_id].name for tag_id in contact.tags if tag_id in world.tags],
        "customFields": {fields[key].name: list(value) for key, value in customs if key in fields},
    }


def _existing_list(world: World, body: Mapping[str, Any]) -> Campaign:
    """Find a list by its name or identifier."""
    campaign = world.find_campaign(body["list"])
    if campaign is None:
        raise ControlError(HTTPStatus.NOT_FOUND, f"no list is called {body['list']!r}")
    return campaign


def _contact(world: World, body: Mapping[str, Any]) -> Contact:
    """Find a contact by the name or identifier of its list and its address."""
    campaign = _existing_list(world, body)
    contact = world.contacts.find(campaign.campaign_id, body["email"])
    if contact is None or contact.status == "removed":
        message = f"no such contact on {campaign.name!r}; queued contacts are not there yet"
        raise ControlError(HTTPStatus.NOT_FOUND, message)
    return contact


def _body(call: Call, *names: str) -> Mapping[str, Any]:
    """Read a JSON object with exactly the members `names`; all but `faults` are texts."""
    members = _object(call)
    texts = (members.get(name) for name in names if name != "faults")
    if set(members) != set(names) or not all(isinstance(text, str) for text in texts):
        message = f"the body must be an object with {', '.join(names)}"
        raise ControlError(HTTPStatus.BAD_REQUEST, message)
    return members


def _object(call: Call) -> Mapping[str, Any]:
    """Read a JSON object; anything else is an empty one."""
    try:
        value = json.loads(call.body)
    except ValueError as error:
        raise ControlError(HTTPStatus.BAD_REQUEST, "the body is not JSON") from error
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


_ACTIONS: Mapping[tuple[str, str], Callable[[Application, Call, float], Any]] = {
    ("GET", "/log"): _log,
    ("POST", "/faults"): _faults,
    ("POST", "/remove"): _remove,
    ("POST", "/confirm"): _confirm,
    ("POST", "/confirm-sender"): _confirm_sender,
    ("POST", "/edit-newsletter"): _edit_newsletter,
    ("POST", "/copy"): _copy,
    ("POST", "/survey"): _survey,
    ("POST", "/goal"): _goal,
    ("POST", "/imports"): _imports,
    ("POST", "/webhooks"): _webhooks,
    ("GET", "/webhooks"): _webhook_log,
    ("POST", "/callbacks"): _callbacks,
    ("GET", "/callbacks"): _callback_log,
    ("GET", "/state"): _state,
    ("POST", "/churn"): _churn,
    ("POST", "/expire_tokens"): _expire_tokens,
    ("POST", "/reset"): _reset,
}

"""SMS messages, their sender names and statistics (tags SMS Messages and Sms).

A message goes out at once, ten numbers a second. All numbers get it; some people click.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from prefect_getresponse.sandbox.contract.dates import DAY, iso, parse_moment
from prefect_getresponse.sandbox.contract.errors import FieldError, forbidden_state
from prefect_getresponse.sandbox.contract.messages import Answer, json_answer
from prefect_getresponse.sandbox.contract.validation import Body, objects
from prefect_getresponse.sandbox.people.contact_book import Contact
from prefect_getresponse.sandbox.resources import campaigns
from prefect_getresponse.sandbox.resources.collection import Collection, member
from prefect_getresponse.sandbox.resources.listing import select, sparse
from prefect_getresponse.sandbox.resources.request import HREF, Checks, Request
from prefect_getresponse.sandbox.world.links import links_in
from prefect_getresponse.sandbox.world.reactions import Reaction, reaction
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World

_A_SECOND = 10
_LONGEST_PART = 160
_LAST_REACTION = 86_400.0
"""Nobody clicks later than this many seconds after an SMS, at speed 1."""
_PRICE = 0.024
_MOST_LINKS = 20
_HIDDEN = frozenset({"numbers", "handedOver"})
_UTC = {"timeZoneId": 2, "timeZoneName": "UTC", "timeZoneOffset": "+00:00"}
_COUNTRIES = {"+48": "PL", "+49": "DE", "+33": "FR", "+44": "GB", "+34": "ES", "+39": "IT"}
"""Countries of the numbers of contacts; of all others: US."""


def _reactions(world: World, sms: Record) -> list[Reaction]:
    """Return what becomes of a message at each number, nothing of a draft."""
    start: float = sms.members["handedOver"]
    if sms.members["type"] == "draft":
        return []
    return [
        reaction(number["phone"], start + index / _A_SECOND / world.speed, world.speed)
        for index, number in enumerate(sms.members["numbers"])
    ]


def _go_out(world: World, sms: Record) -> None:
    """Bring progress and counts up to the present."""
    seen = _reactions(world, sms)
    sent = sum(each.sent <= world.now for each in seen)
    clicks = _clicks(world, sms, seen)
    links: list[dict[str, Any]] = sms.members["clickTracks"]
    # Whoever clicks takes the first link.
    for link in links[:1]:
        link["amount"] = link["uniqueAmount"] = clicks
    status = "scheduled" if not seen else "sent" if sent == len(seen) else "sending"
    progress = str(100 * sent // len(seen)) if seen else "0"
    sms.members["sendMetrics"] = {"progress": progress, "status": status}
    sms.members["statistics"] = {"sent": sent, "delivered": sent, "clicks": clicks}


def _clicks(world: World, sms: Record, seen: Sequence[Reaction]) -> int:
    return sum(each.clicked <= world.now for each in seen) if sms.members["clickTracks"] else 0


@dataclass(frozen=True, slots=True)
class SmsClick:
    """Somebody of a list followed the link in an SMS; `moment` is in unix seconds."""

    sms: Record
    contact: Contact
    moment: float


def sms_clicks(world: World, after: float, until: float) -> Iterator[SmsClick]:
    """Return who of the lists clicked in SMS between two moments, the later one included."""
    for sms in world.records.of(SMS.name).values():
        chosen: Body = sms.members["sendSettings"].get("contacts") or {}
        field_id = chosen.get("phoneNumberCustomFieldId")
        last = sms.members["handedOver"] + _LAST_REACTION / world.speed
        if not field_id or not sms.members["clickTracks"] or last < after:
            continue
        owners = _by_phone(world, field_id)
        for number, seen in zip(sms.members["numbers"], _reactions(world, sms), strict=False):
            if after < seen.clicked <= until and number["phone"] in owners:
                yield SmsClick(sms, owners[number["phone"]], seen.clicked)


def _by_phone(world: World, field_id: str) -> dict[str, Contact]:
    everyone = world.contacts.everyone()
    return {each.customs[field_id][0]: each for each in everyone if field_id in each.customs}


def _answered(_world: World, _sms: Record, members: Body) -> Body:
    return {name: value for name, value in members.items() if name not in _HIDDEN}


SMS = Collection(
    "sms",
    "/sms/{smsId}",
    created="",
    updated="modifiedOn",
    details_only=frozenset({"sendSettings", "clickTracks"}),
    attributes={
        "sendingStatus": member("sendMetrics.status"),
        "campaignId": member("campaign.campaignId"),
        "hasLinks": lambda sms: bool(sms.members["clickTracks"]),
        "sendOn": member("sendOn.date"),
        **{name: member(f"statistics.{name}") for name in ("delivered", "sent", "clicks")},
    },
    settle=_go_out,
    render=_answered,
)
SENDER_NAMES = Collection(
    "sms_sender_names",
    "/sms/sender-names/{senderNameId}",
    created="",
    updated="",
    linked=False,
)


def send_sms(world: World, request: Request) -> Answer:
    """`POST /sms`: sends at once."""
    settings = request.body["sendSettings"]
    names = world.records.of(SENDER_NAMES.name)
    default = next(name_id for name_id, each in names.items() if each.members["isDefault"])
    sender = names[settings.get("senderNameId", default)].members
    if sender["status"] != "active":
        raise forbidden_state(f"The sender name is {sender['status']}")
    sms = SMS.add(world, _members(world, request.body, sender["name"], request.now), request.now)
    _go_out(world, sms)
    return SMS.answer(world, request, sms)


def _members(world: World, body: Body, sender_name: str, now: float) -> Body:
    """Return the members of a message that is handed over now."""
    to_contacts: Body | None = body["sendSettings"].get("contacts")
    numbers = (
        _numbers(world, to_contacts)
        if to_contacts is not None
        else body["sendSettings"]["importedNumbers"]
    )
    selected = (to_contacts or {}).get("selectedCampaigns") or list(world.campaigns)
    return {
        "name": body["name"],
        "campaign": campaigns.reference(world.campaigns[selected[0]]),
        "type": "sms",
        "sendOn": {"date": iso(now).removesuffix("+0000"), "timeZone": _UTC},
        "recipientsType": body["recipientsType"],
        "senderName": sender_name,
        "content": body["content"],
        "sendSettings": _settings_shown(to_contacts, len(numbers)),
        "clickTracks": click_tracks(world, body["content"]),
        "numbers": numbers,
        "handedOver": now,
    }


def _numbers(world: World, settings: Body) -> list[Body]:
    """Return the telephone numbers of the contacts selected."""
    field_id = settings["phoneNumberCustomFieldId"]
    phones = (
        contact.customs[field_id][0]
        for contact in world.contacts.everyone()
        if field_id in contact.customs and _is_selected(contact, settings)
    )
    return [
        {"phone": phone, "countryCode": _COUNTRIES.get(phone[:3], "US")}
        for phone in dict.fromkeys(phones)
    ]


def _is_selected(contact: Contact, settings: Body) -> bool:
    if contact.status != "subscribed":
        return False
    if contact.campaign_id in settings.get("excludedCampaigns", ()):
        return False
    return contact.contact_id in settings.get(
        "selectedContacts", ()
    ) or contact.campaign_id in settings.get("selectedCampaigns", ())


def _settings_shown(to_contacts: Body | None, count: int) -> Body:
    if to_contacts is None:
        return {"contacts": None, "importedNumbers": {"count": count}}
    chosen = ("selectedCampaigns", "selectedSegments", "excludedCampaigns", "excludedSegments")
    lists = {name: to_contacts.get(name, []) for name in (*chosen, "selectedContacts")}
    field = {"phoneNumberCustomFieldId": to_contacts["phoneNumberCustomFieldId"]}
    return {"contacts": {**lists, **field}, "importedNumbers": None}


def click_tracks(world: World, content: str) -> list[Body]:
    """Return the links of a message as its details show them, nobody having clicked yet."""

    def link(url: str) -> Body:
        link_id = world.ids.next()
        href = f"{HREF}/click-tracks/{link_id}"
        counts = {"amount": 0, "uniqueAmount": 0}
        return {"clickTrackId": link_id, "href": href, "url": url, "label": url, **counts}

    return [link(url) for url in links_in(content)[:_MOST_LINKS]]


def list_sender_names(world: World, request: Request) -> Answer:
    """`GET /sms/sender-names`: all at once, without pages."""
    names = world.records.of(SENDER_NAMES.name).values()
    attributes = {"status": member("status")}
    selected = select(names, request.query, attributes, exact=frozenset(attributes))
    return json_answer(
        200, [sparse(dict(each.members), request.query, "senderNameId") for each in selected]
    )


def statistics(world: World, request: Request) -> Answer:
    """`GET /statistics/sms/{smsId}`: events are counted when they happen."""
    sms = SMS.existing(world, request)
    query = request.query
    first = parse_moment(query.get("query[createdOn][from]", "1970-01-01"))
    last = parse_moment(query.get("query[createdOn][to]", "9999-12-31"), end_of_day=True)
    seen = _reactions(world, sms)
    last = min(last, world.now)
    countries = [
        number["countryCode"]
        for number, each in zip(sms.members["numbers"], seen, strict=False)
        if first <= each.sent <= last
    ]
    links = sms.members["clickTracks"]
    clicks = sum(first <= each.clicked <= last for each in seen) if links else 0
    parts = -(-len(sms.members["content"]) // _LONGEST_PART)
    row: Body = {
        "smsId": sms.record_id,
        "totalSms": parts * len(countries),
        "totalRecipients": len(countries),
        "totalDelivered": len(countries),
        "totalClicks": clicks,
        "totalUniqueClicks": clicks,
        "totalUnsubscribes": 0,
        "totalPrice": {"amount": _price(parts * len(countries)), "currency": "USD"},
    }
    if links:
        row["link"] = {"url": links[0]["url"], "clicks": clicks, "uniqueClicks": clicks}
    if countries:
        row["countryStatistics"] = _of_country(countries, parts)
    return json_answer(200, sparse(row, query, "smsId"))


def _of_country(countries: Sequence[str], parts: int) -> Body:
    """Return what the contract has room for: one country, here the one with most recipients."""
    most = max(dict.fromkeys(countries), key=countries.count)
    recipients = countries.count(most)
    return {
        "countryCode": most,
        "recipients": recipients,
        "smsCount": parts * recipients,
        "price": {"price": _price(parts * recipients), "currency": "USD"},
    }


def _price(messages: int) -> str:
    return f"{messages * _PRICE:.4f}"


def _check(_world: World, body: Body) -> Iterator[FieldError]:
    settings = next(objects([body.get("sendSettings")]))
    kind = str(body.get("recipientsType"))
    for name in ("contacts", "importedNumbers"):
        if (name in settings) != (name == kind):
            problem = "Member is required" if name == kind else "Not allowed member"
            word = "required" if name == kind else "unknown"
            yield FieldError(f"sendSettings.{name}", word, problem)
    contacts = next(objects([settings.get("contacts")]))
    given = [name for name in ("selectedCampaigns", "selectedContacts") if contacts.get(name)]
    if kind == "contacts" and len(given) != 1:
        problem = "Either selectedCampaigns or selectedContacts is required"
        yield FieldError("sendSettings.contacts", "choice", problem)


def _seed(world: World, now: float) -> None:
    """Give the account sender names, a message of last week and a draft."""
    for name, status in (("Sandbox", "active"), ("Shop", "active"), ("New", "pending")):
        members = {"name": name, "status": status, "isDefault": name == "Sandbox"}
        SENDER_NAMES.add(world, members, now)
    numbers = [{"phone": f"+4850000000{digit}", "countryCode": "PL"} for digit in range(10)]
    body = {
        "name": "Opening hours",
        "content": "We are open on Sunday: https://example.com/hours",
        "recipientsType": "importedNumbers",
        "sendSettings": {"importedNumbers": numbers},
    }
    week_ago = now - 7 * DAY
    SMS.add(world, _members(world, body, "Sandbox", week_ago), week_ago)
    draft = _members(world, {**body, "name": "Christmas", "content": "Merry"}, "Sandbox", now)
    SMS.add(world, {**draft, "type": "draft", "sendOn": None}, now)


BEHAVIOURS = {
    **SMS.behaviours(listing="getSMSList", get="getSmsById"),
    "sendSms": send_sms,
    "getSmsSenderNameList": list_sender_names,
    "getSmsStats": statistics,
}
CHECKS: Checks = {"sendSms": _check}
SEED = _seed

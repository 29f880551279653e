"""The account, what it may do, and its blocklist (tag Accounts)."""

from __future__ import annotations

from prefect_getresponse.sandbox.contract.dates import DAY, iso
from prefect_getresponse.sandbox.contract.errors import FieldError, invalid, not_found
from prefect_getresponse.sandbox.contract.messages import Answer, json_answer
from prefect_getresponse.sandbox.contract.time_zones import TIME_ZONES, offset
from prefect_getresponse.sandbox.resources.blocklists import change_masks, read_masks
from prefect_getresponse.sandbox.resources.listing import paged, sparse
from prefect_getresponse.sandbox.resources.request import HREF, Behaviours, Echo, Request
from prefect_getresponse.sandbox.segments.message_events import message_events
from prefect_getresponse.sandbox.world.world import World

_BILLING = {
    "listSize": "2500",
    "paymentPlan": "Free Trial",
    "subscriptionPrice": 0,
    "renewalDate": "2030-01-01",
    "currencyCode": "USD",
    "accountBalance": "0.00",
    "price": 0,
    "paymentMethod": "outside_system",
    "creditCard": None,
    "addons": [{"name": "Transactional emails", "price": 0, "active": "true"}],
}
_NO_ACTIONS = dict.fromkeys(("open", "click", "subscribe", "unsubscribe", "survey"), False)
_INDUSTRIES = (
    ("Agriculture", "Farms, gardens and what they need"),
    ("Education", "Schools, courses and publishers of books for them"),
    ("Health", "Doctors, clinics and pharmacies"),
    ("Marketing agencies", "Campaigns for others"),
    ("Retail", "Shops, on the street and online"),
    ("Software", "Programs and services on the web"),
)
_LIMIT_DAYS = 30
_MESSAGES_ALLOWED = 1_000_000


def get_account(world: World, request: Request) -> Answer:
    """`GET /accounts`."""
    account = {**world.account, "href": f"{HREF}/accounts"}
    return json_answer(200, sparse(account, request.query, "accountId"))


def update_account(world: World, request: Request) -> Answer:
    """`POST /accounts`: changes the members sent."""
    world.account.update(request.body)
    return get_account(world, request)


def get_blocklist(world: World, request: Request) -> Answer:
    """`GET /accounts/blocklists`."""
    return read_masks(world.account_masks, request)


def update_blocklist(world: World, request: Request) -> Answer:
    """`POST /accounts/blocklists`."""
    return change_masks(world.account_masks, request)


def get_badge(world: World, request: Request) -> Answer:
    """`GET /accounts/badge`: the badge of referrals."""
    return json_answer(200, {"status": world.badges["referral"]})


def update_badge(world: World, request: Request) -> Answer:
    """`POST /accounts/badge`: each type has a state of its own."""
    world.badges[request.body.get("type", "referral")] = request.body["status"]
    return json_answer(200, {"status": request.body["status"]})


def get_billing(world: World, request: Request) -> Answer:
    """`GET /accounts/billing`: a trial for 2500 contacts."""
    return json_answer(200, sparse(_BILLING, request.query, ""))


def get_callbacks(world: World, request: Request) -> Answer:
    """`GET /accounts/callbacks`: 404 while they are off."""
    if world.callbacks is None:
        raise not_found()
    return json_answer(200, world.callbacks)


def update_callbacks(world: World, request: Request) -> Answer:
    """`POST /accounts/callbacks`: turns them on, or changes the members sent."""
    before = world.callbacks or {}
    if "url" not in request.body and not before:
        raise invalid([FieldError("url", "required", "Needed while callbacks are off")])
    actions = {**_NO_ACTIONS, **before.get("actions", {}), **request.body.get("actions", {})}
    world.callbacks = {"url": request.body.get("url", before.get("url")), "actions": actions}
    return json_answer(200, world.callbacks)


def disable_callbacks(world: World, _request: Request) -> Answer:
    """`DELETE /accounts/callbacks`."""
    world.callbacks = None
    return Answer(204)


def list_industries(_world: World, request: Request) -> Answer:
    """`GET /accounts/industries`: a few; GetResponse has more."""
    rows = [
        {"industryTagId": str(number), "name": name, "description": description}
        for number, (name, description) in enumerate(_INDUSTRIES, 1)
    ]
    return paged(rows, request.query, lambda row: row, "industryTagId")


def list_logins(world: World, request: Request) -> Answer:
    """`GET /accounts/login-history`: the owner logged in when the account was made."""
    row = {
        "loginTime": iso(world.made),
        "logoutTime": None,
        "isSuccessful": "true",
        "ip": "192.0.2.1",
    }
    return paged([row], request.query, lambda each: each, "")


def list_sending_limits(world: World, request: Request) -> Answer:
    """`GET /accounts/sending-limits`: counts the messages sent to contacts in 30 days."""
    first = world.now - _LIMIT_DAYS * DAY
    used = sum(
        1
        for each in message_events(world, world.now)
        if each.event.kind == "send" and each.event.moment >= first
    )
    row = {"timeFrame": int(_LIMIT_DAYS * DAY), "limit": _MESSAGES_ALLOWED, "used": used}
    return json_answer(200, [sparse(row, request.query, "")])


def list_timezones(world: World, request: Request) -> Answer:
    """`GET /accounts/timezones`: not all there are."""
    rows = (
        {
            "timezoneId": number,
            "name": zone.name,
            "offset": offset(number, world.now),
            "country": zone.country,
        }
        for number, zone in TIME_ZONES.items()
    )
    return json_answer(200, [sparse(row, request.query, "timezoneId") for row in rows])


BEHAVIOURS: Behaviours = {
    "getAccount": get_account,
    "updateAccount": update_account,
    "getAccountBadge": Echo(get_badge),
    "updateAccountBadge": Echo(update_badge),
    "getAccountBilling": Echo(get_billing),
    "getAccountBlocklist": get_blocklist,
    "updateAccountBlocklist": update_blocklist,
    "getCallbacks": get_callbacks,
    "updateCallbacks": update_callbacks,
    "disableCallbacks": disable_callbacks,
    "getIndustries": Echo(list_industries),
    "getAccountLoginHistory": Echo(list_logins),
    "getSendingLimits": list_sending_limits,
    "getTimezones": list_timezones,
}

"""Forms of the former editor (tag Forms); a new account has a form, a test of two, and a draft."""

from __future__ import annotations

from typing import Any

from prefect_getresponse.sandbox.contract.dates import iso, parse_moment
from prefect_getresponse.sandbox.contract.messages import Answer, json_answer
from prefect_getresponse.sandbox.resources.campaigns import is_on_lists, show_campaign
from prefect_getresponse.sandbox.resources.collection import Collection, member
from prefect_getresponse.sandbox.resources.listing import sparse
from prefect_getresponse.sandbox.resources.request import Behaviours, Request
from prefect_getresponse.sandbox.resources.visited import listing, seeded_at, visits
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.traffic import Traffic, traffic
from prefect_getresponse.sandbox.world.world import World

_COUNTERS = ("visitors", "uniqueVisitors", "subscribed", "subscriptionRate")


def _has_status(_world: World, form: Record, status: str) -> bool:
    """`enabled` and `disabled` are older words."""
    is_published = form.members["status"] == "published"
    words = {form.members["status"], "enabled" if is_published else "disabled"}
    return status in words


def _shown(world: World, form: Record, members: dict[str, Any]) -> dict[str, Any]:
    shown = show_campaign(world, form, members)
    return {**shown, "webformId": form.record_id, "hasVariants": bool(members["variants"])}


FORMS = Collection(
    "forms",
    "/forms/{formId}",
    updated="",
    details_only=frozenset({"settings", "variants"}),
    attributes={name: member(f"statistics.{name}") for name in _COUNTERS},
    filters={"query[campaignId]": is_on_lists, "query[status]": _has_status},
    render=_shown,
)


def _statistics(counted: Traffic) -> dict[str, Any]:
    rate = counted.leads / counted.visits if counted.visits else 0.0
    return {
        "visitors": counted.visits,
        "uniqueVisitors": counted.visitors,
        "subscribed": counted.leads,
        "subscriptionRate": round(rate, 2),
    }


def _of_variant(world: World, form: Record, variant: dict[str, Any]) -> Traffic:
    created = parse_moment(form.members["createdOn"])
    return traffic(f"{form.record_id} {variant['variant']}", created, world.now)


def get_form(world: World, request: Request) -> Answer:
    """`GET /forms/{formId}`: settings and variants too."""
    form = FORMS.existing(world, request)
    form.members["statistics"] = _statistics(visits(world, form, {}))
    shown = FORMS.details(world, form)
    shown["variants"] = [
        {**variant, "statistics": _statistics(_of_variant(world, form, variant))}
        for variant in shown["variants"]
    ]
    return json_answer(200, sparse(shown, request.query, "formId"))


def list_variants(world: World, request: Request) -> Answer:
    """`GET /forms/{formId}/variants`: the same counters by other names."""
    form = FORMS.existing(world, request)
    rows: list[dict[str, Any]] = []
    for variant in form.members["variants"]:
        counters = _statistics(_of_variant(world, form, variant))
        row = {
            "formId": form.record_id,
            "webformId": form.record_id,
            **variant,
            "winner": "yes" if variant["winner"] == "true" else "no",
            "numberOfVisitors": counters["visitors"],
            "numberOfUniqueVisitors": counters["uniqueVisitors"],
            "numberOfSubscribers": counters["subscribed"],
            "subscriptionRate": counters["subscriptionRate"],
        }
        rows.append(sparse(row, request.query, "formId"))
    return json_answer(200, rows)


def _seed(world: World, now: float) -> None:
    campaign = {"campaignId": next(iter(world.campaigns))}
    for name, status, variants in (
        ("Sidebar", "published", ()),
        ("Checkout", "published", ("Blue button", "Green button")),
        ("Footer", "draft", ()),
    ):
        made = seeded_at(now)
        members = {
            "name": name,
            "status": status,
            "campaign": campaign,
            "scriptUrl": f"https://forms.example.com/{name.lower()}.js",
            "settings": _settings(),
            "variants": [
                {
                    "variant": str(index),
                    "variantName": variant,
                    "winner": "false",
                    "status": "published",
                    "createdOn": iso(made),
                }
                for index, variant in enumerate(variants)
            ],
        }
        FORMS.add(world, members, made)


def _settings() -> dict[str, Any]:
    return {
        "optin": "single",
        "phase": None,
        "thankYouType": "default",
        "thankYouUrl": None,
        "alreadySubscribedType": "stay_on_page",
        "alreadySubscribedUrl": None,
        "secondStageCaptcha": "false",
        "forwardDataRequestType": None,
        "trackingCustomField": None,
        "trackingCustomFieldValue": None,
    }


BEHAVIOURS: Behaviours = {
    "getFormList": listing(FORMS, _statistics),
    "getForm": get_form,
    "getFormVariantList": list_variants,
}
SEED = _seed

"""Legacy landing pages (tag Legacy Landing Pages); a new account has one."""

from __future__ import annotations

from prefect_getresponse.sandbox.contract.dates import iso, parse_moment
from prefect_getresponse.sandbox.contract.messages import Answer, json_answer
from prefect_getresponse.sandbox.resources.campaigns import is_on_lists, show_campaign
from prefect_getresponse.sandbox.resources.collection import Collection, member
from prefect_getresponse.sandbox.resources.listing import sparse
from prefect_getresponse.sandbox.resources.request import Behaviours, Request
from prefect_getresponse.sandbox.resources.visited import seeded_at
from prefect_getresponse.sandbox.world.traffic import traffic
from prefect_getresponse.sandbox.world.world import World

_DETAILS = frozenset(
    {
        "metaDescription",
        "metaNoindex",
        "dayOfCycle",
        "optin",
        "favicoUrl",
        "thankYouPageType",
        "thankYouPageUrl",
        "url",
        "variants",
    }
)
LEGACY_LANDING_PAGES = Collection(
    "landing_pages",
    "/landing-pages/{landingPageId}",
    details_only=_DETAILS,
    attributes={"campaignId": member("campaign.campaignId")},
    filters={"query[campaignId]": is_on_lists},
    render=show_campaign,
)


def get_landing_page(world: World, request: Request) -> Answer:
    """`GET /landing-pages/{landingPageId}`: a list of the one page, with numbers as texts."""
    page = LEGACY_LANDING_PAGES.existing(world, request)
    shown = LEGACY_LANDING_PAGES.details(world, page)
    created = parse_moment(page.members["createdOn"])
    for variant in shown["variants"]:
        counted = traffic(variant["variantId"], created, world.now)
        variant["visitors"] = str(counted.visits)
        variant["uniqueVisitors"] = str(counted.visitors)
        variant["subscribed"] = str(counted.leads)
    return json_answer(200, [sparse(shown, request.query, "landingPageId")])


def _seed(world: World, now: float) -> None:
    made = seeded_at(now)
    members = {
        "metaTitle": "Summer sale",
        "domain": "pages.example.com",
        "subdomain": "summer-sale",
        "userDomain": "",
        "userDomainPath": "",
        "campaign": {"campaignId": next(iter(world.campaigns))},
        "status": "enabled",
        "userDomainStatus": None,
        "testAB": "true",
        "metaDescription": "Everything must go",
        "metaNoindex": "no",
        "dayOfCycle": 0,
        "optin": "single",
        "favicoUrl": None,
        "thankYouPageType": "default",
        "thankYouPageUrl": "https://summer-sale.pages.example.com/thank-you",
        "url": "https://summer-sale.pages.example.com",
        "variants": [
            {"variantId": world.ids.next(), "variant": str(index), "winner": index == 0}
            for index in range(2)
        ],
        "updatedOn": iso(made),
    }
    LEGACY_LANDING_PAGES.add(world, members, made)


BEHAVIOURS: Behaviours = {
    **LEGACY_LANDING_PAGES.behaviours(listing="getLandingPageList"),
    "getLandingPageById": get_landing_page,
}
SEED = _seed

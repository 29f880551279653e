"""Pages and forms that the web panel makes, and how they are visited."""

from __future__ import annotations

from typing import Any

import pytest

from prefect_getresponse.sandbox.contract.dates import iso
from tests.sandbox.conftest import Api

DAY = 86_400.0


@pytest.mark.parametrize(
    ("path", "identifier", "counters"),
    [
        ("lps", "lpsId", {"pageViews", "visits", "uniqueVisitors"}),
        ("websites", "websiteId", {"statistics"}),
        ("popups", "popupId", {"thumbnailUrl"}),
        ("forms", "formId", {"settings", "variants"}),
        ("webforms", "webformId", {"statistics"}),
    ],
)
def test_a_new_account_has_some(api: Api, path: str, identifier: str, counters: set[str]) -> None:
    rows = api.ok("GET", f"/{path}")

    assert len(rows) >= 2
    for row in rows:
        one = api.ok("GET", f"/{path}/{row[identifier]}")
        assert one.keys() >= counters
        assert {name: one[name] for name in ("name", "href")} == {
            name: row[name] for name in ("name", "href")
        }
    assert api.call("GET", f"/{path}/none").status_code == 404


@pytest.mark.parametrize(
    ("path", "statistics", "counter"),
    [("lps", "lps", "visits"), ("websites", "wbe", "visits"), ("popups", "popups", "leads")],
)
def test_statistics_agree_with_the_listing(
    api: Api, path: str, statistics: str, counter: str
) -> None:
    published, hidden = sorted(api.ok("GET", f"/{path}"), key=lambda each: each["status"])
    [identifier] = [published[name] for name in published if name.endswith("Id")]
    performance = f"/statistics/{statistics}/{identifier}/performance"
    first, last = iso(api.now - 20 * DAY)[:10], iso(api.now - 10 * DAY)[:10]
    window = {"query[date][from]": first, "query[date][to]": last}

    assert published["statistics"][counter] > 0
    assert set(hidden["statistics"].values()) == {0}
    assert api.ok("GET", performance)[counter] == published["statistics"][counter]
    in_window = api.ok("GET", performance, **window)[counter]
    by_device = [
        api.ok("GET", performance, **window, **{"query[device]": device})[counter]
        for device in ("desktop", "mobile")
    ]
    by_place = [
        api.ok("GET", performance, **window, **{"query[location]": place})[counter]
        for place in ("PL", "us", "DE")
    ]
    assert 0 < in_window < published["statistics"][counter]
    assert sum(by_device) == sum(by_place) == in_window
    moments = {"stats[from]": f"{first}T00:00:00", "stats[to]": f"{last}T23:59:59"}
    [row] = api.ok("GET", f"/{path}", **moments, **{"query[status]": "published"})
    assert row["statistics"][counter] == in_window


def test_listings_sort_by_their_counters(api: Api) -> None:
    rows = api.ok("GET", "/lps", **{"sort[visits]": "ASC"})

    assert [each["statistics"]["visits"] > 0 for each in rows] == [False, True]


def test_visits_go_on_day_by_day(api: Api) -> None:
    before = api.ok("GET", "/popups", **{"query[status]": "published"})[0]["statistics"]["views"]
    api.advance(10 * DAY)
    after = api.ok("GET", "/popups", **{"query[status]": "published"})[0]["statistics"]["views"]

    assert after > before


def test_a_page_has_visits_of_its_own(api: Api) -> None:
    [row] = api.ok("GET", "/lps", **{"query[status]": "published"})
    pages = [page["uuid"] for page in api.ok("GET", f"/lps/{row['lpsId']}")["pages"]]
    performance = f"/statistics/lps/{row['lpsId']}/performance"

    of_pages = [api.ok("GET", performance, **{"query[page]": page})["visits"] for page in pages]
    assert sum(of_pages) == api.ok("GET", performance)["visits"]
    assert api.ok("GET", performance, **{"query[page]": "none"})["visits"] == 0


def test_words_for_the_status_of_forms(api: Api) -> None:
    def names(status: str) -> list[str]:
        return [each["name"] for each in api.ok("GET", "/forms", **{"query[status]": status})]

    assert names("enabled") == names("published") == ["Sidebar", "Checkout"]
    assert names("disabled") == names("draft") == ["Footer"]
    assert names("unpublished") == []


def test_variants_of_a_form_have_two_shapes(api: Api) -> None:
    [form] = [each for each in api.ok("GET", "/forms") if each["hasVariants"]]
    inside = api.ok("GET", f"/forms/{form['formId']}")["variants"]
    listed = api.ok("GET", f"/forms/{form['formId']}/variants")

    assert [each["winner"] for each in inside] == ["false", "false"]
    assert [each["winner"] for each in listed] == ["no", "no"]
    assert [each["statistics"]["visitors"] for each in inside] == [
        each["numberOfVisitors"] for each in listed
    ]


def test_forms_and_legacy_pages_are_found_by_several_lists(api: Api) -> None:
    [default] = [each["campaignId"] for each in api.ok("GET", "/campaigns")]
    other = api.create_list("other")

    for path, expected in (("forms", 3), ("webforms", 2), ("landing-pages", 1)):
        both = {"query[campaignId]": f"{other},{default}"}
        assert len(api.ok("GET", f"/{path}", **both)) == expected
        assert api.ok("GET", f"/{path}", **{"query[campaignId]": other}) == []


def test_a_legacy_landing_page_comes_in_a_list(api: Api) -> None:
    [row] = api.ok("GET", "/landing-pages", **{"query[subdomain]": "summer"})
    [page] = api.ok("GET", f"/landing-pages/{row['landingPageId']}")

    assert page.keys() > row.keys()
    assert [each["variant"] for each in page["variants"]] == ["0", "1"]
    assert all(each["visitors"].isdecimal() for each in page["variants"])


def test_gdpr_fields_show_their_wording(api: Api) -> None:
    rows: list[dict[str, Any]] = api.ok("GET", "/gdpr-fields", **{"sort[name]": "DESC"})
    field = api.ok("GET", f"/gdpr-fields/{rows[0]['gdprFieldId']}")

    assert [each["name"] for each in rows] == ["Profiling", "Newsletter"]
    assert field["latestVersion"]["content"].startswith("My data")


def test_a_predefined_field_is_unique_on_its_list(api: Api) -> None:
    lists = [api.create_list("one"), api.create_list("two")]
    body: dict[str, Any] = {"name": "greeting", "value": "Hello!"}
    made = [
        api.ok("POST", "/predefined-fields", {**body, "campaign": {"campaignId": each}})
        for each in lists
    ]

    again = api.call("POST", "/predefined-fields", {**body, "campaign": {"campaignId": lists[0]}})
    assert (again.status_code, again.json()["code"]) == (409, 1008)
    assert made[0]["campaign"]["name"] == "one"
    on_two = api.ok("GET", "/predefined-fields", **{"query[campaignId]": lists[1]})
    assert on_two == [made[1]]
    path = f"/predefined-fields/{made[0]['predefinedFieldId']}"
    assert api.ok("POST", path, {"value": "Welcome"}) == {**made[0], "value": "Welcome"}
    assert api.call("POST", path, {"value": "7 days"}).status_code == 400
    assert api.call("DELETE", path).status_code == 204

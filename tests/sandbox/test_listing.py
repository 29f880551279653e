"""Pages, filters, sorts and sparse fields of listings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.conftest import Api


@given(per_page=st.integers(1, 30))
def test_pages_together_are_the_listing(per_page: int) -> None:
    api = Api(seed_contacts=25)
    everyone = [p["contactId"] for p in api.ok("GET", "/contacts", perPage=1000)]
    pages: list[list[str]] = []
    while True:
        page = len(pages) + 1
        answer = api.call("GET", "/contacts", perPage=per_page, page=page)
        assert answer.headers["TotalCount"] == "25"
        assert answer.headers["CurrentPage"] == str(page)
        if not answer.json():
            break
        pages.append([p["contactId"] for p in answer.json()])
    assert int(answer.headers["TotalPages"]) == len(pages)
    assert [each for page in pages for each in page] == everyone
    assert {len(page) for page in pages[:-1]} <= {per_page}


@pytest.mark.parametrize("query", [{"perPage": 1001}, {"perPage": -1}, {"page": 0}, {"page": "x"}])
def test_pages_that_cannot_be_are_refused(api: Api, query: dict[str, object]) -> None:
    assert api.call("GET", "/contacts", **query).status_code == 400


def test_filters_are_substrings_unless_exact(api: Api, campaign: str) -> None:
    api.add(campaign, "ann@example.com", "joann@example.com", "bob@example.com")
    like = api.ok("GET", "/contacts", **{"query[email]": "ann@"})
    assert {p["email"] for p in like} == {"ann@example.com", "joann@example.com"}
    query = {"query[email]": "ANN@example.com", "additionalFlags": "exactMatch"}
    assert [p["email"] for p in api.ok("GET", "/contacts", **query)] == ["ann@example.com"]


def test_a_window_of_creation(api: Api, campaign: str) -> None:
    api.add(campaign, "early@example.com")
    api.advance(3 * 86_400)
    api.add(campaign, "late@example.com")
    created = api.find(campaign, "late@example.com")["createdOn"]
    found = api.ok("GET", "/contacts", **{"query[createdOn][from]": created[:10]})
    assert [p["email"] for p in found] == ["late@example.com"]


@pytest.mark.parametrize(("order", "first"), [("ASC", "a@example.com"), ("DESC", "c@example.com")])
def test_sorting(api: Api, campaign: str, order: str, first: str) -> None:
    api.add(campaign, "b@example.com", "a@example.com", "c@example.com")
    assert api.ok("GET", "/contacts", **{"sort[email]": order})[0]["email"] == first


def test_sparse_fields_keep_the_id(api: Api, campaign: str) -> None:
    api.add(campaign, "a@example.com")
    [row] = api.ok("GET", "/contacts", fields="email")
    assert row.keys() == {"contactId", "email"}

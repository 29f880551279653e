"""What comes back is the account: all of it, once, night after night."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.sinks.opening import open_sink
from prefect_getresponse.sinks.tables import Where
from tests.export.lab import Killed, Lab, contents, everything, present, tables

PEOPLE = ["contacts", "removals"]
STREAMS = [*PEOPLE, "newsletter_activities", "list_days", "orders"]
DETAILS = "GET /v3/contacts/"


@pytest.fixture
def to(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/out.db"


def detail_calls(lab: Lab) -> int:
    return sum(call.startswith(DETAILS) for call in lab.calls())


def test_everybody_comes_with_tags_and_fields(to: str) -> None:
    lab = Lab(past=10)
    report = lab.export(to)
    assert report.balanced
    people = lab.people()
    rows = {row["contact_id"]: row for row in contents(to, "contacts")}
    assert rows.keys() == people.keys()
    fields = {row["contact_id"]: row for row in contents(to, "contact_custom_fields")}
    tags = {row["contact_id"]: row for row in contents(to, "contact_tags")}
    for identifier, row in rows.items():
        details = lab.api("GET", f"/contacts/{identifier}")
        assert row["email"] == details["email"]
        assert row["list_id"] == details["campaign"]["campaignId"]
        assert row["created_on"].strftime("%Y-%m-%dT%H:%M:%S+0000") == details["createdOn"]
        assert fields[identifier]["value"] == details["customFieldValues"][0]["value"][0]
        assert tags[identifier]["tag_id"] == details["tags"][0]["tagId"]


def test_what_is_expected_came_and_nothing_is_unexplained(to: str) -> None:
    report = Lab(past=20).export(to)
    assert {name: each.unexplained for name, each in report.tables.items()} == dict.fromkeys(
        report.tables, 0
    )
    assert report.tables["contacts"].expected == report.tables["contacts"].got == 74
    assert report.tables["removals"].expected == report.tables["removals"].got == 6
    assert report.differences == []
    assert report.warnings == []
    assert {row["reason"] for row in contents(to, "removals")} == {
        "unsubscribe",
        "bounce",
        "complaint",
        "api",
    }


def test_a_second_night_without_a_change_reads_no_details(to: str) -> None:
    lab = Lab(past=10)
    lab.export(to)
    before = everything(to)
    made = detail_calls(lab)
    assert made == len(before["contacts"])
    lab.time.advance(86_400)
    report = lab.export(to)
    assert report.balanced
    assert detail_calls(lab) == made
    assert report.details["missing"] == 0
    after = everything(to)
    # Visitors of pages go on coming whatever anybody does.
    assert {name for name in after if after[name] != before[name]} <= {"forms", "landing_pages"}


def test_only_who_changed_is_read_again(to: str) -> None:
    lab = Lab(past=10)
    lab.export(to, streams=PEOPLE)
    made = detail_calls(lab)
    lab.time.advance(86_400)
    [first, second, third, *_] = lab.people()
    tag = lab.api("POST", "/tags", {"name": "later"})["tagId"]
    lab.api("POST", f"/contacts/{first}/tags", {"tags": [{"tagId": tag}]})
    lab.api("POST", f"/contacts/{second}", {"name": "Other"})
    lab.http.delete(f"https://sandbox.test/v3/contacts/{third}")
    lab.time.advance(60)
    report = lab.export(to, streams=PEOPLE)
    assert report.balanced
    assert report.details["read"] <= 2
    assert detail_calls(lab) - made == report.details["read"]
    assert present(to) == lab.people().keys()
    names = {row["contact_id"]: row["name"] for row in contents(to, "contacts")}
    assert names[second] == "Other"
    assert tag in {
        row["tag_id"] for row in contents(to, "contact_tags") if row["contact_id"] == first
    }
    assert third in {row["contact_id"] for row in contents(to, "removals")}
    [gone] = [
        row["_deleted_at"] for row in contents(to, "contacts", set()) if row["contact_id"] == third
    ]
    assert abs(gone.timestamp() - lab.time()) < 30  # GetResponse's time, not this machine's


def test_tags_that_change_silently_are_found_and_said(to: str) -> None:
    lab = Lab(past=5)
    lab.export(to, streams=PEOPLE)
    table, identifier = tables()["contact_tags"], next(iter(lab.people()))
    with closing(open_sink(to)) as sink, sink.transaction() as transaction:
        transaction.delete(table, Where("contact_id", "=", identifier))
    lab.time.advance(8 * 86_400)
    report = lab.export(to, streams=PEOPLE)
    assert any("changedOn" in text for text in report.warnings)
    assert identifier in {row["contact_id"] for row in contents(to, "contact_tags")}


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(kills=st.lists(st.integers(1, 60), min_size=1, max_size=3))
def test_killed_at_any_call_it_ends_as_if_undisturbed(
    tmp_path_factory: pytest.TempPathFactory, kills: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("killed")
    killed, whole = f"sqlite:///{folder}/killed.db", f"sqlite:///{folder}/whole.db"
    lab = Lab(past=6)
    for calls in kills:
        left = iter(range(calls))

        def die(_request: httpx.Request, left: Any = left) -> None:
            if next(left, None) is None:
                raise Killed

        lab.wire.before = die
        try:
            lab.export(killed, streams=STREAMS)
        except Killed:
            lab.time.advance(30)
    lab.wire.before = lambda _request: None
    assert lab.export(killed, streams=STREAMS).balanced
    assert lab.export(whole, streams=STREAMS).balanced
    assert everything(killed) == everything(whole)


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(every=st.integers(1, 4), whole=st.booleans())
def test_nobody_is_missed_while_people_come_change_move_and_leave(
    tmp_path_factory: pytest.TempPathFactory, every: int, whole: bool
) -> None:
    to = f"sqlite:///{tmp_path_factory.mktemp('moving')}/out.db"
    lab = Lab(seed_contacts=2500)
    lab.api("POST", "/campaigns", {"name": "other list"})
    if not whole:
        lab.export(to, details="none", streams=PEOPLE)
        lab.time.advance(7_200)
    gone_before = set(present(to)) - set(lab.people())
    before = set(lab.people())
    lab.control("churn", {"every": every})
    report = lab.export(to, details="none", streams=PEOPLE)
    changes = lab.control("churn", {"every": 0})["done"]
    after = set(lab.people())
    assert changes >= 2
    assert before & after <= present(to)
    assert not gone_before & present(to)
    assert report.problem is None


def test_a_member_that_nobody_declared_is_kept_and_said(to: str) -> None:
    lab = Lab(past=2)
    spoil(lab, "/v3/tags", lambda row: row | {"shade": "dark"})
    spoil(lab, "/v3/contacts", lambda row: row | {"campaign": row["campaign"] | {"rank": 7}})
    report = lab.export(to)
    assert report.balanced
    assert report.new_members["tags"] == {"shade": 3}
    assert {json.dumps(row["_more"]) for row in contents(to, "tags")} == {'{"shade": "dark"}'}
    assert any("shade" in text for text in report.warnings)
    assert "campaign.rank" in report.new_members["contacts"]


def test_a_value_of_another_kind_is_kept_beside_its_column(to: str) -> None:
    lab = Lab(past=2)
    spoil(lab, "/v3/tags", lambda row: row | {"createdAt": "soon", "color": 5})
    report = lab.export(to)
    assert report.new_members["tags"] == {"createdAt": 3, "color": 3}
    row = contents(to, "tags")[0]
    assert row["created_at"] is None
    assert row["_more"] == {"createdAt": "soon", "color": 5}


def spoil(lab: Lab, path: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Change the rows of a listing on their way."""
    inner = lab.wire.handle_async_request

    async def changed(request: httpx.Request) -> httpx.Response:
        answer = await inner(request)
        if request.url.path != path:
            return answer
        rows = [change(row) for row in json.loads(await answer.aread())]
        headers = {key: value for key, value in answer.headers.items() if "content" not in key}
        return httpx.Response(answer.status_code, json=rows, headers=headers, request=request)

    lab.wire.handle_async_request = changed  # type: ignore[method-assign]


def miscount(lab: Lab, path: str, more: int) -> None:
    """Let GetResponse count more than it lists."""
    inner = lab.wire.handle_async_request

    async def changed(request: httpx.Request) -> httpx.Response:
        answer = await inner(request)
        if request.url.path == path and "createdOn" not in str(request.url):
            answer.headers["TotalCount"] = str(int(answer.headers["TotalCount"]) + more)
        return answer

    lab.wire.handle_async_request = changed  # type: ignore[method-assign]


@pytest.mark.parametrize("path", ["/v3/contacts", "/v3/tags", "/v3/search-contacts/contacts"])
def test_what_is_counted_and_does_not_come_fails_the_run(to: str, path: str) -> None:
    lab = Lab(past=3)
    miscount(lab, path, 2)
    report = lab.export(to)
    assert not report.balanced
    assert "unexplained" in str(report.problem)


def test_a_difference_from_statistics_warns_and_fails_only_if_asked(to: str) -> None:
    lab = Lab(past=9)
    lab.export(to)
    table = tables()["removals"]
    with closing(open_sink(to)) as sink, sink.transaction() as transaction:
        row = next(sink.select(table, table.names))
        copied = list(row)
        copied[table.names.index("contact_id")] = "nobody"
        transaction.upsert(table, [copied])
    lab.time.advance(86_400)
    report = lab.export(to)
    assert report.balanced
    assert any(text.startswith("removals") for text in report.differences)
    strict = lab.export(to, strict_proof=True)
    assert not strict.balanced
    assert "statistics" in str(strict.problem)


def test_a_dry_run_says_what_it_costs_and_writes_nothing(to: str, tmp_path: Path) -> None:
    lab = Lab(past=5)
    report = lab.export(to, dry_run=True)
    assert report.plan["contacts"].calls >= 20
    assert report.planned_seconds > 0
    assert everything(to) == {name: [] for name in tables()}
    made = sum(report.calls.values())
    whole = lab.export(to)
    expected = sum(each.calls for each in report.plan.values()) + made
    assert 0.6 < sum(whole.calls.values()) / expected < 1.5


def test_details_of_a_large_account_are_read_when_asked_for(to: str) -> None:
    lab = Lab(seed_contacts=5_200)
    report = lab.export(to, streams=["contacts"])
    assert report.balanced
    assert report.details == {"current": 0, "missing": 5_200, "read": 0}
    assert "--details all" in " ".join(report.warnings)
    assert lab.export(to, streams=["contacts"], details_budget=40).details["read"] == 40
    [changed, *_] = lab.people()
    lab.api("POST", f"/contacts/{changed}", {"name": "Other"})
    lab.time.advance(60)
    later = lab.export(to, streams=["contacts"])
    assert later.details["read"] == 1


def test_only_the_lists_asked_for_are_exported(to: str) -> None:
    lab = Lab(past=3, seed_contacts=7)
    report = lab.export(to, streams=["contacts", "removals"], lists=["default_list"])
    assert report.tables["contacts"].got == 7
    assert {row["list_name"] for row in contents(to, "contacts")} == {"default_list"}
    assert lab.export(to, streams=["contacts"]).balanced
    assert present(to) == lab.people().keys()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"streams": ["letters"]}, "letters: no such stream"),
        ({"lists": ["nowhere"]}, "no list is named 'nowhere'"),
        ({"look_back_days": 0}, "look_back_days"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_written(
    to: str, options: dict[str, Any], says: str
) -> None:
    with pytest.raises(InvalidArguments, match=says):
        Lab().export(to, **options)
    assert everything(to) == {name: [] for name in tables()}


def test_parts_that_the_account_does_not_have_are_said_to_be_unavailable(to: str) -> None:
    lab = Lab(past=9)
    lab.control(
        "faults",
        {
            "faults": [
                {"method": "GET", "path": path, "kind": "status", "status": status, "times": 99}
                for path, status in (("/v3/webinars", 403), ("/v3/newsletters/*/activities", 404))
            ]
        },
    )
    report = lab.export(to)
    assert report.balanced
    assert not report.tables["webinars"].available
    assert not report.tables["newsletter_activities"].available
    assert any("webinars is not available" in text for text in report.warnings)


def test_statistics_that_go_on_changing_are_replaced(to: str) -> None:
    lab = Lab(past=10)
    lab.past.send(70)
    lab.time.advance(600)
    lab.export(to)
    early = {row["newsletter_id"]: row for row in contents(to, "newsletter_days")}
    lab.time.advance(86_400)
    lab.export(to)
    late = {row["newsletter_id"]: row for row in contents(to, "newsletter_days")}
    newest = max(late, key=lambda key: late[key]["day"])
    assert late[newest]["total_opened"] > early[newest]["total_opened"]
    opens = [row for row in contents(to, "newsletter_activities") if row["activity"] == "open"]
    assert len([row for row in opens if row["newsletter_id"] == newest]) == sum(
        row["total_opened"]
        for row in contents(to, "newsletter_days")
        if row["newsletter_id"] == newest
    )

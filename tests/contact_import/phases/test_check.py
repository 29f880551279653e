"""What keeps an import from beginning; nothing is written then."""

from __future__ import annotations

from typing import Any

import pytest

from prefect_getresponse.client.errors import (
    AuthenticationFailed,
    GetResponseError,
    InvalidArguments,
)
from prefect_getresponse.contact_import.account import (
    AmbiguousCampaign,
    CampaignNotFound,
    CustomFieldNotFound,
)
from prefect_getresponse.contact_import.ledger import LedgerBusy, writer_lock
from prefect_getresponse.sources.errors import EmptySource, MappingError, SourceNotFound
from tests.contact_import.lab import CAMPAIGN, SINGLE, Lab, Trouble, counted

PERSON = "jane@example.com"


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"key": "wrong"}, AuthenticationFailed, "90 days"),
        ({"list_name": "missing"}, CampaignNotFound, "--create-list"),
        ({"list_name": "TWICE"}, AmbiguousCampaign, "Give the id"),
        ({"source": "/missing.csv"}, SourceNotFound, "Check the path"),
        ({"mapping": {"Missing": "email"}}, MappingError, "The columns are"),
        ({"mapping": {"Tags": "custom:missing"}}, CustomFieldNotFound, "missing"),
        ({"mapping": {"Tags": "nonsense"}}, MappingError, "not a field"),
        ({"tags": ["?"]}, MappingError, "cannot be a tag"),
        ({"max_reject_ratio": 1.5}, InvalidArguments, "max_reject_ratio"),
        ({"mode": "replace"}, InvalidArguments, "mode"),
    ],
)
def test_a_wrong_option_is_a_typed_error_before_anything_is_written(
    lab: Lab, options: dict[str, Any], error: type[Exception], says: str
) -> None:
    for name in ("Twice", "twice"):
        lab.api("POST", "/campaigns", {"name": name, "optinTypes": SINGLE})
    lab.write([(PERSON, "Jane", "vip")])
    before = lab.writes

    with pytest.raises(error, match=says) as raised:
        lab.run(**options)

    assert "\n" not in str(raised.value)
    assert lab.writes == before


@pytest.mark.parametrize(
    ("header", "rows", "error"),
    [
        ("Email", [], EmptySource),
        ("Colour,Size", [("red", "M")], MappingError),
    ],
)
def test_an_unusable_source_is_a_typed_error_before_any_call(
    lab: Lab, header: str, rows: list[tuple[str, ...]], error: type[Exception]
) -> None:
    lab.write(rows, header)
    before = len(lab.control("GET", "/log")["calls"])

    with pytest.raises(error):
        lab.run()

    assert len(lab.control("GET", "/log")["calls"]) == before


def test_a_state_folder_that_cannot_be_made_is_named(lab: Lab) -> None:
    lab.write([(PERSON, "", "")])
    obstacle = lab.folder / "file"
    obstacle.touch()

    with pytest.raises(InvalidArguments, match="--state-dir"):
        lab.run(state_dir=str(obstacle / "state"))


@pytest.mark.parametrize("wanted", ["Customers", " customers ", "ID"])
def test_the_list_is_found_by_name_or_id(lab: Lab, wanted: str) -> None:
    lab.write([(PERSON, "", "")])

    report = lab.run(list_name=lab.campaign_id if wanted == "ID" else wanted)

    assert counted(report) == {"added": 1}
    assert report.list_name == CAMPAIGN


def test_a_missing_list_is_created_if_asked_for_and_used_the_next_time(lab: Lab) -> None:
    lab.write([(PERSON, "", "")])

    assert counted(lab.run(list_name="fresh", create_list=True)) == {"added": 1}
    assert counted(lab.run(list_name="fresh", create_list=True)) == {"unchanged": 1}

    lists = {each["name"]: each for each in lab.control("GET", "/state")["lists"]}
    assert list(lists) == ["default_list", CAMPAIGN, "fresh"]
    assert set(lists["fresh"]["optinTypes"].values()) == {"single"}


def test_a_dry_run_does_not_create_the_list(lab: Lab) -> None:
    lab.write([(PERSON, "", "")])
    before = lab.writes

    assert counted(lab.run(list_name="fresh", create_list=True, dry_run=True)) == {"planned": 1}
    assert lab.writes == before


def test_no_list_is_created_for_an_import_that_cannot_begin(lab: Lab) -> None:
    lab.write([(PERSON, "Jane", "vip")])
    before = lab.writes

    with pytest.raises(CustomFieldNotFound):
        lab.run(list_name="fresh", create_list=True, mapping={"Tags": "custom:missing"})

    assert lab.writes == before


@pytest.mark.parametrize("trouble", [Trouble.LOST_BEFORE, Trouble.LOST_AFTER])
def test_a_doubtful_creation_of_the_list_ends_before_anything_is_sent(
    lab: Lab, trouble: Trouble
) -> None:
    lab.write([(PERSON, "", "")])
    left = [trouble]
    lab.wire.plan = lambda request: left.pop() if left and request.method == "POST" else None
    try:
        lab.run(list_name="fresh", create_list=True)
    except GetResponseError:
        assert lab.wire.accepted == {}
        lab.run(list_name="fresh", create_list=True)

    names = [each["name"] for each in lab.control("GET", "/state")["lists"]]
    assert names.count("fresh") == 1
    assert lab.wire.accepted == {PERSON: 1}


def test_only_one_import_into_a_list_runs_at_a_time(lab: Lab) -> None:
    lab.write([(PERSON, "", "")])
    lab.run()
    [ledger] = lab.state.glob("*.sqlite")
    lab.write([(PERSON, "New Name", "")])
    before = lab.writes

    with writer_lock(ledger), pytest.raises(LedgerBusy, match="Wait until it has ended"):
        lab.run()

    assert lab.writes == before
    assert counted(lab.run()) == {"updated": 1}

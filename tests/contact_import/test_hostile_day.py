"""Strangers, clocks, lists and ledgers that do what nobody expects while an import is at work."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.client.request import UnreadableSuccess
from prefect_getresponse.contact_import.ledger.neighbours import ListReplaced
from prefect_getresponse.contact_import.planning.exclusions import OptOutsNotUnderstood
from tests.contact_import.lab import CAMPAIGN, SINGLE, Killed, Lab, Trouble, counted, sends

PEOPLE = [(f"person{number}@example.com", f"Person {number}", "vip") for number in range(6)]


def sign_up(lab: Lab, email: str, name: str = "By form") -> None:
    """Let somebody come to the list by another program, and appear."""
    body = {"email": email, "name": name, "campaign": {"campaignId": lab.campaign_id}}
    lab.api("POST", "/contacts", body)


def on_first(
    wanted: Callable[[httpx.Request], bool], trouble: Trouble | None, act: Callable[[], None]
) -> Callable[[httpx.Request], Trouble | None]:
    """Trouble for the first call of a kind, and something that happens then."""
    happened: list[None] = []

    def plan(request: httpx.Request) -> Trouble | None:
        if happened or not wanted(request):
            return None
        happened.append(None)
        act()
        return trouble

    return plan


def is_path(method: str, path: str) -> Callable[[httpx.Request], bool]:
    return lambda request: request.method == method and request.url.path == f"/v3{path}"


# Brought by somebody else --------------------------------------------------------------------


def test_a_batch_of_which_a_stranger_brought_one_is_sent_again(lab: Lab) -> None:
    lab.write(PEOPLE)
    lab.wire.plan = on_first(
        is_path("POST", "/contacts/batch"),
        Trouble.FAILED_BEFORE,
        lambda: sign_up(lab, "person3@example.com"),
    )

    report = lab.run(route="batch")

    assert counted(report) == {"added": 5, "updated": 1}
    assert report.problem is None
    person = lab.members["person3@example.com"]
    assert (person["name"], person["tags"]) == ("Person 3", ["vip"])


def test_one_doubtful_person_whom_a_stranger_brought_gets_what_the_source_says(lab: Lab) -> None:
    lab.write(PEOPLE[:1])
    lab.wire.plan = on_first(
        is_path("POST", "/contacts"),
        Trouble.FAILED_BEFORE,
        lambda: sign_up(lab, "person0@example.com"),
    )

    assert counted(lab.run()) == {"updated": 1}
    assert lab.members["person0@example.com"]["name"] == "Person 0"


def test_one_who_signs_up_before_our_call_gets_what_the_source_says(lab: Lab) -> None:
    lab.write(PEOPLE[:1])

    def sign_up_early() -> None:
        sign_up(lab, "person0@example.com")
        lab.time.advance(301)

    lab.wire.plan = on_first(is_path("GET", "/tags"), None, sign_up_early)

    assert counted(lab.run()) == {"updated": 1}
    assert lab.members["person0@example.com"]["tags"] == ["vip"]


@pytest.mark.parametrize("trouble", [None, Trouble.TOO_LARGE, Trouble.UNAUTHORIZED])
@pytest.mark.parametrize(
    ("name", "said", "seconds"),
    [("By form", "Person 0", 5), ("Person 0", "Person 0", 20), ("By form", "", 1)],
)
def test_one_who_waits_in_the_queue_before_our_batch_gets_what_the_source_says(
    lab: Lab, trouble: Trouble | None, name: str, said: str, seconds: float
) -> None:
    """The batch is taken, and the one who is in the queue already is dropped from it."""
    lab.write([("person0@example.com", said, "vip"), *PEOPLE[1:]])

    def sign_up_early() -> None:
        sign_up(lab, "person0@example.com", name)
        lab.time.advance(seconds)

    if trouble:  # a first try that was not executed does not make the person ours
        lab.wire.plan = on_first(is_path("POST", "/contacts/batch"), trouble, sign_up_early)
    else:
        lab.wire.plan = on_first(is_path("GET", "/tags"), None, sign_up_early)
    with suppress(GetResponseError):
        lab.run(route="batch")
    lab.wire.plan = lambda _request: None
    lab.run(route="batch")

    person = lab.members["person0@example.com"]
    assert (person["name"], person["tags"]) == (said or name, ["vip"])


def test_an_address_that_is_taken_although_nobody_is_there_is_not_called_present(lab: Lab) -> None:
    lab.write(PEOPLE[:1])
    taken = {"method": "POST", "path": "/v3/contacts", "kind": "status", "status": 409, "times": 1}
    lab.faults(taken)

    assert counted(lab.run()) == {"added": 1}
    assert "person0@example.com" in lab.subscribed


@pytest.fixture(params=[409, 400])
def queue_lab(request: pytest.FixtureRequest, tmp_path: Path) -> Lab:
    """A list; whoever is added again while in the queue is answered with this status."""
    return Lab(tmp_path, queue_status=request.param)


def test_one_in_the_queue_already_is_not_called_present_and_gets_what_the_source_says(
    queue_lab: Lab,
) -> None:
    lab = queue_lab
    lab.write(PEOPLE[:1])
    lab.wire.plan = on_first(sends, None, lambda: sign_up(lab, "person0@example.com"))

    early = lab.run(settle_seconds=0)
    assert counted(early) == {"not_visible_yet": 1}
    assert early.reasons["not_visible_yet"] == {"in_queue": 1}

    lab.wire.plan = lambda _request: None
    assert counted(lab.run()) == {"updated": 1}
    assert lab.members["person0@example.com"]["name"] == "Person 0"


def test_one_in_the_queue_who_appears_meanwhile_gets_what_the_source_says(queue_lab: Lab) -> None:
    lab = queue_lab
    lab.write(PEOPLE[:2])
    lab.wire.plan = on_first(sends, None, lambda: sign_up(lab, "person0@example.com"))

    assert counted(lab.run(route="contacts")) == {"added": 1, "updated": 1}
    assert lab.members["person0@example.com"]["tags"] == ["vip"]


@pytest.mark.parametrize("appears_in", [0, 301])
def test_one_who_signs_up_before_our_second_try_gets_what_the_source_says(
    queue_lab: Lab, appears_in: float
) -> None:
    lab = queue_lab
    lab.write(PEOPLE[:1])
    tries: list[None] = []

    def plan(request: httpx.Request) -> Trouble | None:
        tries.extend([None] * sends(request))
        if not sends(request) or len(tries) > 2:
            return None
        if len(tries) == 2:
            sign_up(lab, "person0@example.com")
            lab.time.advance(appears_in)
        return Trouble.FAILED_BEFORE if len(tries) == 1 else None

    lab.wire.plan = plan
    report = lab.run(route="contacts")

    assert counted(report) == {"updated": 1}
    assert lab.members["person0@example.com"]["name"] == "Person 0"


@pytest.mark.parametrize("route", ["contacts", "batch"])
def test_one_whom_getresponse_calls_blocked_is_excluded(lab: Lab, route: str) -> None:
    lab.write(PEOPLE)
    inner = lab.wire._inner  # pyright: ignore[reportPrivateUsage]

    class Blocking(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            content = (await request.aread()).decode()
            if sends(request) and "person3@example.com" in content:
                told = "Cannot add contact that is blacklisted"
                body: dict[str, Any] = {"httpStatus": 400, "code": 1002, "message": told}
                return httpx.Response(400, json=body, request=request)
            return await inner.handle_async_request(request)

    lab.wire._inner = Blocking()  # pyright: ignore[reportPrivateUsage]
    report = lab.run(route=route)

    assert counted(report) == {"added": 5, "excluded": 1}
    assert report.reasons["excluded"] == {"removed_unknown": 1}


def test_one_who_is_blocked_right_before_the_call_is_excluded_by_the_blocklist(lab: Lab) -> None:
    lab.write(PEOPLE)
    masks = {"masks": ["person3@example.com"]}
    lab.wire.plan = on_first(sends, None, lambda: lab.api("POST", "/accounts/blocklists", masks))

    report = lab.run(route="contacts")

    assert counted(report) == {"added": 5, "excluded": 1}
    assert report.reasons["excluded"] == {"blocklisted_in_account": 1}


def prepare(lab: Lab, email: str, name: str = "By form") -> Callable[[], None]:
    """Prepare that somebody is on the list at once, by another way than the API."""
    made = lab.api("POST", "/campaigns", {"name": "forms", "optinTypes": SINGLE})
    person = {"email": email, "name": name, "campaign": {"campaignId": made["campaignId"]}}
    lab.api("POST", "/contacts", person)
    lab.time.advance(301)
    lab.control("GET", "/state")
    place = {"list": "forms", "email": email, "to": CAMPAIGN}
    return lambda: lab.control("POST", "/copy", place)


def bring(lab: Lab, email: str) -> None:
    """Let somebody be on the list, by another way than the API."""
    prepare(lab, email)()


DROPPED = {"kind": "reject", "method": "POST", "path": "/v3/contacts", "email": "*", "times": 0}


@pytest.mark.parametrize("name", ["Person 0", ""])
def test_one_of_an_earlier_night_whom_a_stranger_brought_gets_what_the_source_says(
    lab: Lab, name: str
) -> None:
    lab.write([("person0@example.com", name, "vip")])
    lab.faults(DROPPED)
    assert counted(lab.run(settle_seconds=2)) == {"not_visible_yet": 1}
    lab.faults()
    bring(lab, "person0@example.com")

    assert counted(lab.run()) == {"updated": 1}
    assert lab.members["person0@example.com"]["tags"] == ["vip"]
    assert counted(lab.run()) == {"unchanged": 1}


def test_one_of_an_earlier_night_whom_a_stranger_brings_meanwhile_gets_what_the_source_says(
    lab: Lab,
) -> None:
    lab.write(PEOPLE[:1])
    lab.faults(DROPPED)
    lab.run(settle_seconds=2)
    lab.faults()
    lab.wire.plan = on_first(
        lambda request: "query[createdOn][from]" in request.url.params,
        None,
        lambda: bring(lab, "person0@example.com"),
    )

    assert counted(lab.run()) == {"updated": 1}
    assert lab.members["person0@example.com"]["name"] == "Person 0"


# Opted out while the run sends ---------------------------------------------------------------


@pytest.mark.parametrize("route", ["contacts", "batch"])
def test_one_who_leaves_before_a_killed_run_goes_on_is_not_written_to(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, route: str
) -> None:
    lab.tune(batch_rows=1)
    lab.write(PEOPLE)
    come = prepare(lab, "person5@example.com")
    lab.wire.plan = on_first(sends, Trouble.KILLED_AFTER, lambda: None)
    lab.run_until_killed(route=route)
    lab.wire.plan = lambda _request: None
    come()
    lab.remove("person5@example.com", "unsubscribe")

    assert counted(lab.run(route=route)) == {"added": 5, "excluded": 1}


@pytest.mark.parametrize("pause", [400, 2_500])
def test_one_who_leaves_during_a_long_send_is_not_written_to(lab: Lab, pause: float) -> None:
    lab.write(PEOPLE)
    lab.add_people("person5@example.com")
    lab.api("POST", "/contacts/" + contact_id(lab, "person5@example.com"), {"name": "Old"})

    def leave_and_wait() -> None:
        lab.remove("person5@example.com", "unsubscribe")
        lab.time.advance(pause)

    lab.wire.plan = on_first(is_path("GET", "/imports"), None, leave_and_wait)

    report = lab.run(route="import")

    assert report.verdicts["excluded"] == 1
    assert "person5@example.com" not in lab.subscribed


@pytest.mark.parametrize("route", ["contacts", "batch", "import"])
def test_one_who_leaves_while_a_call_is_in_doubt_is_not_in_it_when_it_is_sent_again(
    lab: Lab, route: str
) -> None:
    lab.tune(batch_rows=1, import_bytes=200)
    lab.write(PEOPLE)
    if route == "import":
        lab.add_people("person0@example.com", "person1@example.com", name="Old")
    lab.wire.plan = on_first(
        lambda request: sends(request) and b"person0@" in request.content,
        Trouble.KILLED_BEFORE,
        lambda: None,
    )
    lab.run_until_killed(route=route)
    lab.wire.plan = lambda _request: None
    if route != "import":
        bring(lab, "person0@example.com")
    lab.remove("person0@example.com", "unsubscribe")

    assert lab.run(route=route).verdicts["excluded"] == 1
    assert "person0@example.com" not in lab.wire.accepted


@pytest.mark.parametrize("route", ["contacts", "batch", "import"])
@pytest.mark.parametrize("how", ["unsubscribe", "mask"])
def test_one_who_opts_out_while_a_429_is_waited_for_is_not_written_to(
    lab: Lab, route: str, how: str
) -> None:
    lab.write(PEOPLE[4:])
    lab.tune(batch_rows=1)
    come = prepare(lab, "person4@example.com")

    def opt_out() -> None:
        if how == "mask":
            lab.api("POST", "/accounts/blocklists", {"masks": ["person4@example.com"]})
        else:
            come()
            lab.remove("person4@example.com", "unsubscribe")
        lab.time.advance(400)

    lab.wire.plan = on_first(sends, Trouble.THROTTLED, opt_out)

    assert counted(lab.run(route=route)) == {"added": 1, "excluded": 1}
    assert "person4@example.com" not in lab.wire.accepted


def test_one_who_leaves_as_another_comes_back_is_not_written_to(lab: Lab) -> None:
    """Their number stays what it was."""
    lab.write(PEOPLE)
    lab.add_people("person5@example.com", "former@example.com", name="Old")
    lab.remove("former@example.com", "unsubscribe")
    come_back = prepare(lab, "former@example.com")

    def change_places() -> None:
        come_back()
        lab.remove("person5@example.com", "unsubscribe")
        lab.time.advance(400)

    lab.wire.plan = on_first(sends, Trouble.FAILED_BEFORE, change_places)
    report = lab.run(route="import")

    assert counted(report) == {"added": 5, "excluded": 1}
    assert "person5@example.com" not in lab.wire.accepted


def test_a_mask_that_is_new_during_a_long_send_holds(lab: Lab) -> None:
    lab.write([*PEOPLE, ("late@blocked.example", "Late", "")])

    def block_and_wait() -> None:
        lab.api("POST", "/accounts/blocklists", {"masks": ["@blocked.example"]})
        lab.time.advance(400)

    lab.wire.plan = on_first(sends, None, block_and_wait)
    report = lab.run(route="contacts")

    assert report.verdicts["excluded"] == 1
    assert "late@blocked.example" not in lab.subscribed


def contact_id(lab: Lab, email: str) -> str:
    return str(lab.members[email]["contactId"])


# Opt-outs that are not understood ------------------------------------------------------------


class Rewritten(httpx.AsyncBaseTransport):
    """Changes answers of the sandbox on their way."""

    def __init__(self, inner: httpx.AsyncBaseTransport, change: Callable[[str, Any], Any]) -> None:
        self._inner = inner
        self._change = change

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        if not answer.is_success or not answer.content:
            return answer
        changed = self._change(f"{request.method} {request.url.path[3:]}", answer.json())
        headers = {k: v for k, v in answer.headers.items() if k.lower() != "content-length"}
        return httpx.Response(answer.status_code, json=changed, headers=headers, request=request)


def rewrite(lab: Lab, change: Callable[[str, Any], Any]) -> None:
    inner = lab.wire._inner  # pyright: ignore[reportPrivateUsage]
    lab.wire._inner = Rewritten(inner, change)  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize("reason", [None, "Unsubscribe ", "opted-out", 7])
def test_a_removal_of_any_other_reason_excludes(lab: Lab, reason: object) -> None:
    lab.add_people("person0@example.com")
    lab.remove("person0@example.com", "unsubscribe")
    lab.write(PEOPLE[:2])

    def change(call: str, answer: Any) -> Any:
        if call == "POST /search-contacts/contacts":
            return [{**each, "reason": reason} for each in answer]
        return answer

    rewrite(lab, change)
    assert counted(lab.run()) == {"added": 1, "excluded": 1}


@pytest.mark.parametrize("answer", [{}, {"masks": None}, [], {"masks": [{"mask": "x"}]}])
def test_a_blocklist_of_another_shape_stops(lab: Lab, answer: object) -> None:
    lab.write(PEOPLE)
    rewrite(lab, lambda call, real: answer if call == "GET /accounts/blocklists" else real)

    with pytest.raises((OptOutsNotUnderstood, UnreadableSuccess)):
        lab.run()
    assert not lab.wire.accepted


@pytest.mark.parametrize("mask", ["example.com", "person?@*", "*@example.com", "person%"])
def test_a_mask_of_another_form_excludes_whom_it_may_mean(lab: Lab, mask: str) -> None:
    lab.write(PEOPLE)
    rewrite(lab, lambda call, real: {"masks": [mask]} if "accounts/blocklists" in call else real)

    assert counted(lab.run()) == {"excluded": 6}


def test_a_domain_in_its_own_letters_is_the_same_domain(lab: Lab) -> None:
    lab.write([("jane@b\u00fccher.example", "Jane", ""), ("x@b\u00fccher.example", "X", "")])
    lab.run()
    lab.remove("jane@xn--bcher-kva.example", "unsubscribe")

    def change(_call: str, answer: Any) -> Any:
        text = json.dumps(answer, ensure_ascii=False)
        return json.loads(text.replace("xn--bcher-kva", "b\u00fccher"))

    rewrite(lab, change)
    report = lab.run(mode="mirror", max_removal_ratio=1)
    assert counted(report) == {"unchanged": 1, "excluded": 1}
    assert report.removed == 0


def test_one_whose_domain_is_listed_in_its_own_letters_is_changed_and_not_added_again(
    lab: Lab,
) -> None:
    lab.add_people("jane@b\u00fccher.example", "x@example.com")
    lab.source.write_text(
        "Email,Name\njane@xn--bcher-kva.example,Jane\nx@example.com,X\nnew@example.com,New\n"
    )
    report = lab.run(route="import")
    assert counted(report) == {"updated": 2, "added": 1}
    assert lab.subscribed == {"jane@b\u00fccher.example", "new@example.com", "x@example.com"}


def test_a_mask_without_a_domain_excludes_whom_it_may_mean(lab: Lab) -> None:
    lab.write([("info@example.com", "", ""), ("jane@example.com", "", "")])
    rewrite(lab, lambda call, real: {"masks": ["info@"]} if "accounts/blocklists" in call else real)

    assert counted(lab.run()) == {"excluded": 1, "added": 1}


def test_a_blocked_domain_in_its_own_letters_blocks(lab: Lab) -> None:
    lab.write([("jane@b\u00fccher.example", "Jane", "")])
    mask = {"masks": ["@B\u00dcCHER.example"]}
    rewrite(lab, lambda call, real: mask if "accounts/blocklists" in call else real)
    assert counted(lab.run()) == {"excluded": 1}


# Clocks --------------------------------------------------------------------------------------


def test_a_consent_of_tomorrow_brings_nobody_back(lab: Lab) -> None:
    lab.add_people("person0@example.com")
    lab.remove("person0@example.com", "unsubscribe")
    lab.source.write_text("Email,Agreed\nperson0@example.com,2026-09-22T23:59:00+00:00\n")
    assert counted(lab.run(resubscribe="Agreed")) == {"excluded": 1}


@pytest.mark.parametrize("zone", [-11, 0, 5.5, 14])
@pytest.mark.parametrize("ahead", [60.0, -60.0])
def test_a_consent_counts_by_the_zone_in_which_it_is_written(
    lab: Lab, zone: float, ahead: float
) -> None:
    lab.add_people("person0@example.com")
    lab.remove("person0@example.com", "unsubscribe")
    lab.time.advance(120)
    at = datetime.fromtimestamp(lab.time() + ahead, timezone(timedelta(hours=zone)))
    lab.source.write_text(f"Email,Agreed\nperson0@example.com,{at:%Y-%m-%dT%H:%M:%S%z}\n")
    came = {"excluded": 1} if ahead > 0 else {"added": 1}
    assert counted(lab.run(resubscribe="Agreed")) == came


# A list has one memory -----------------------------------------------------------------------


@pytest.mark.parametrize("how", ["mode", "file", "id", "tags", "account"])
def test_what_a_killed_run_sent_is_not_sent_again_by_another_job(lab: Lab, how: str) -> None:
    lab.write(PEOPLE)
    sent = 0

    def die(request: httpx.Request) -> Trouble | None:
        nonlocal sent
        sent += sends(request)
        return Trouble.KILLED_AFTER if sent == len(PEOPLE) and sends(request) else None

    lab.wire.plan = die
    with pytest.raises(Killed):
        lab.run(route="contacts")
    lab.wire.plan = lambda _request: None
    options: dict[str, Any] = {"mode": "add_only"} if how == "mode" else {}
    if how == "file":
        options["source"] = str(lab.source.rename(lab.source.with_name("tonight.csv")))
    if how == "id":
        options["list_name"] = lab.campaign_id
    if how == "tags":
        options["tags"] = ("new",)
    if how == "account":
        lab.account_name = "Sales (renamed)"

    report = lab.run(**options)

    assert report.problem is None
    assert set(lab.wire.accepted.values()) == {1}
    assert lab.subscribed == {email for email, _, _ in PEOPLE}


@pytest.mark.parametrize("settle_seconds", [0, 5])
def test_a_killed_run_is_waited_for_as_long_as_it_would_have_waited(
    lab: Lab, settle_seconds: float
) -> None:
    lab.write(PEOPLE)
    lab.wire.plan = on_first(sends, Trouble.KILLED_AFTER, lambda: None)
    lab.run_until_killed(route="batch")
    lab.wire.plan = lambda _request: None

    report = lab.run(mode="add_only", settle_seconds=settle_seconds)

    assert report.problem is None
    assert set(lab.wire.accepted.values()) == {1}


def ledger_of(lab: Lab) -> Path:
    [path] = lab.state.glob("*.sqlite")
    return path


@pytest.mark.parametrize("how", ["cut", "deleted", "older", "journal"])
def test_a_ledger_that_lost_its_memory_sends_nobody_twice(lab: Lab, how: str) -> None:
    lab.write(PEOPLE[:1])
    lab.run()
    older = ledger_of(lab).read_bytes()
    lab.write(PEOPLE)
    lab.wire.plan = on_first(
        lambda request: sends(request) and "person5" in request.content.decode(),
        Trouble.KILLED_AFTER,
        lambda: None,
    )
    with pytest.raises(Killed):
        lab.run(route="batch")
    ledger = ledger_of(lab)
    if how == "journal":
        ledger.with_name(f"{ledger.name}-wal").unlink(missing_ok=True)
    elif how == "deleted":
        ledger.unlink()
    else:
        ledger.write_bytes(b"" if how == "cut" else older)
    for journal in ("-wal", "-shm"):
        if how != "journal":
            ledger.with_name(f"{ledger.name}{journal}").unlink(missing_ok=True)

    report = lab.run()

    assert report.problem is None
    assert set(lab.wire.accepted.values()) == {1}


@pytest.mark.parametrize(
    ("by_id", "asked"), [(False, CAMPAIGN), (True, CAMPAIGN), (False, "Customers")]
)
def test_a_list_that_took_the_name_of_another_is_a_question(
    lab: Lab, by_id: bool, asked: str
) -> None:
    lab.write(PEOPLE)
    lab.run()
    lab.api("POST", f"/campaigns/{lab.campaign_id}", {"name": "customers_2025"})
    if by_id:  # the import that names the list by its name is still there
        lab.run(list_name=lab.campaign_id)
    optin = {"email": "single", "api": "single", "import": "single", "webform": "single"}
    made = lab.api("POST", "/campaigns", {"name": CAMPAIGN, "optinTypes": optin})

    with pytest.raises(ListReplaced, match=lab.campaign_id):
        lab.run(list_name=asked)

    lab.campaign_id = made["campaignId"]
    assert counted(lab.run(list_name=lab.campaign_id)) == {"added": 6}
    assert counted(lab.run()) == {"unchanged": 6}


# Imports -------------------------------------------------------------------------------------


def strangers_import(lab: Lab, emails: list[str]) -> None:
    body = {
        "campaignId": lab.campaign_id,
        "fieldMapping": ["email", "name"],
        "contacts": [[email, "Stranger"] for email in emails],
    }
    lab.api("POST", "/imports", body)


@pytest.mark.parametrize("known", [False, True])
def test_an_import_of_as_many_strangers_is_not_ours(lab: Lab, known: bool) -> None:
    lab.write(PEOPLE)
    if known:
        lab.add_people(*(email for email, _, _ in PEOPLE), name="Old")
    others = [f"stranger{number}@example.com" for number in range(6)]
    lab.wire.plan = on_first(
        is_path("POST", "/imports"),
        Trouble.FAILED_BEFORE,
        lambda: strangers_import(lab, others),
    )

    report = lab.run(route="import")

    assert counted(report) == ({"updated": 6} if known else {"added": 6})
    assert {lab.members[email]["name"] for email, _, _ in PEOPLE} == {name for _, name, _ in PEOPLE}


@pytest.mark.parametrize("outcome", ["rejected", "canceled"])
def test_one_who_signs_up_after_an_import_that_failed_gets_what_the_source_says(
    lab: Lab, outcome: str
) -> None:
    lab.write(PEOPLE)
    lab.decide_imports(outcome)

    def sign_up_and_appear() -> None:
        lab.time.advance(3_600)
        sign_up(lab, "person3@example.com")
        lab.time.advance(301)

    waited = on_first(is_path("GET", "/contacts"), None, sign_up_and_appear)
    after: list[None] = []

    def plan(request: httpx.Request) -> Trouble | None:
        after.extend([None] * sends(request))
        return waited(request) if after else None

    lab.wire.plan = plan
    report = lab.run(route="import", max_reject_ratio=1)

    assert counted(report) == {"updated": 1, "rejected": 5}
    assert lab.members["person3@example.com"]["name"] == "Person 3"


def test_one_who_signs_up_beside_an_import_in_doubt_is_not_called_added(lab: Lab) -> None:
    lab.write(PEOPLE)
    come = on_first(is_path("POST", "/imports"), None, lambda: sign_up(lab, "person3@example.com"))

    def plan(request: httpx.Request) -> Trouble | None:
        come(request)
        return Trouble.FAILED_BEFORE if is_path("POST", "/imports")(request) else None

    lab.wire.plan = plan
    assert counted(lab.run(route="import")) == {"unknown": 6}

    lab.wire.plan = lambda _request: None
    assert counted(lab.run(route="import")) == {"added": 5, "updated": 1}
    person = lab.members["person3@example.com"]
    assert (person["name"], person["tags"]) == ("Person 3", ["vip"])


def test_an_import_that_a_gateway_sent_twice_is_ours(lab: Lab) -> None:
    lab.write(PEOPLE)
    inner = lab.wire._inner  # pyright: ignore[reportPrivateUsage]

    class Gateway(httpx.AsyncBaseTransport):
        repeats = 1

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            answer = await inner.handle_async_request(request)
            if is_path("POST", "/imports")(request) and self.repeats:
                self.repeats -= 1
                answer = await inner.handle_async_request(request)
            return answer

    lab.wire._inner = Gateway()  # pyright: ignore[reportPrivateUsage]
    report = lab.run(route="import")

    assert counted(report) == {"added": 6}
    assert report.calls["POST /imports"] == 1


@pytest.mark.parametrize("answer", [{}, [], {"importId": None}, "text"])
def test_an_import_whose_answer_names_none_is_found(lab: Lab, answer: object) -> None:
    lab.write(PEOPLE)
    rewrite(lab, lambda call, real: answer if call == "POST /imports" else real)

    report = lab.run(route="import")

    assert counted(report) == {"added": 6}
    assert report.calls["POST /imports"] == 1


@pytest.mark.parametrize("verify", [True, False])
@pytest.mark.parametrize("dies", [True, False])
def test_an_import_that_nobody_can_name_and_nobody_came_by_is_sent_again(
    lab: Lab, dies: bool, verify: bool
) -> None:
    lab.write(PEOPLE)
    lab.decide_imports("rejected")
    rewrite(lab, lambda call, real: {} if call == "POST /imports" else real)
    others = [f"stranger{number}@example.com" for number in range(6)]
    sent: list[None] = []

    def plan(request: httpx.Request) -> Trouble | None:
        if is_path("POST", "/imports")(request) and not sent:
            sent.append(None)
            lab.time.advance(60)
        elif is_path("GET", "/imports")(request) and len(sent) == 1:
            sent.append(None)
            lab.time.advance(60)
            strangers_import(lab, others)
            return Trouble.KILLED_BEFORE if dies else None
        return None

    lab.wire.plan = plan
    if dies:
        lab.run_until_killed(route="import", verify=verify)
        lab.time.advance(3_600)
        lab.control("GET", "/state")
        lab.write([*PEOPLE, ("new@example.com", "New", "")])
    else:
        assert counted(lab.run(route="import", verify=verify)) == {"unknown": 6}
    lab.decide_imports("finished")
    lab.run(route="import", verify=verify)

    assert lab.subscribed >= {email for email, _, _ in PEOPLE}


@pytest.mark.parametrize("counter", [None, "6", {}, True])
def test_counters_that_are_no_numbers_prove_nothing(lab: Lab, counter: object) -> None:
    lab.write(PEOPLE)

    def change(call: str, answer: Any) -> Any:
        if call.startswith("GET /imports/"):
            return {**answer, "statistics": dict.fromkeys(answer["statistics"], counter)}
        return answer

    rewrite(lab, change)
    assert counted(lab.run(route="import")) == {"added": 6}


def test_an_import_that_getresponse_forgot_holds_nobody_up(lab: Lab) -> None:
    lab.write(PEOPLE)
    lab.decide_imports("review")
    assert lab.run(route="import", import_seconds=600).verdicts["not_visible_yet"] == 6

    lab.decide_imports("canceled")
    gone = {"method": "GET", "path": "/v3/imports/*", "kind": "status", "status": 404, "times": 0}
    lab.faults(gone)
    report = lab.run(route="contacts")

    assert counted(report) == {"added": 6}


@pytest.mark.parametrize("named", [True, False])
def test_one_row_that_is_refused_keeps_no_import_out(lab: Lab, named: bool) -> None:
    lab.write([*PEOPLE, ("bad@example.com", "Bad", "")])

    def plan(request: httpx.Request) -> Trouble | None:
        return None

    lab.wire.plan = plan
    inner = lab.wire._inner  # pyright: ignore[reportPrivateUsage]

    class Strict(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            content = (await request.aread()).decode()
            if sends(request) and "bad@example.com" in content:
                context = ["contacts[6].email"] if named else []
                body = {"httpStatus": 400, "code": 1000, "message": "no", "context": context}
                return httpx.Response(400, json=body, request=request)
            return await inner.handle_async_request(request)

    lab.wire._inner = Strict()  # pyright: ignore[reportPrivateUsage]
    report = lab.run(route="import", max_reject_ratio=1)

    assert counted(report) == {"added": 6, "rejected": 1}


# Mirror --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        "mailto:person0@example.com",
        "P One <person0@example.com>",
        "person0 @example.com",
        "person0@example.com.",
        "person0(at)example.com",
    ],
)
def test_nobody_is_removed_whom_a_rejected_row_may_be_about(lab: Lab, cell: str) -> None:
    lab.write(PEOPLE)
    lab.run(mode="mirror")
    lab.write([(cell, "P", ""), *PEOPLE[1:]])

    report = lab.run(mode="mirror", max_removal_ratio=1, max_reject_ratio=1)

    assert report.removed == 0
    assert "person0@example.com" in lab.subscribed


def test_rows_that_nobody_can_read_keep_everybody(lab: Lab) -> None:
    lab.write(PEOPLE)
    lab.run(mode="mirror")
    lab.write([("#REF!", "P", "")] * 4 + PEOPLE[1:])

    report = lab.run(mode="mirror", max_removal_ratio=1, max_reject_ratio=1)
    assert report.removed == 0


def test_too_many_rejects_are_noticed_before_anybody_is_removed(lab: Lab) -> None:
    lab.write(PEOPLE)
    lab.run(mode="mirror")
    lab.write([("nobody-at-all", "P", ""), *PEOPLE[1:]])

    with pytest.raises(GetResponseError, match="cannot be imported"):
        lab.run(mode="mirror", max_removal_ratio=1)
    assert "person0@example.com" in lab.subscribed


def test_one_who_moved_to_another_list_stays_there(lab: Lab) -> None:
    lab.write(PEOPLE)
    lab.run(mode="mirror")
    other = lab.api("POST", "/campaigns", {"name": "other"})["campaignId"]
    person = contact_id_of(lab, "person0@example.com")
    lab.write(PEOPLE[1:])
    lab.wire.plan = on_first(
        is_path("GET", f"/contacts/{person}"),
        None,
        lambda: lab.api("POST", f"/contacts/{person}", {"campaign": {"campaignId": other}}),
    )

    report = lab.run(mode="mirror", max_removal_ratio=1)

    assert report.removed == 0
    assert not [path for method, path in lab.writes if method == "DELETE"]


def test_one_who_moved_to_another_list_is_not_changed_there(lab: Lab) -> None:
    lab.add_people("person0@example.com")
    lab.write(PEOPLE[:1])
    other = lab.api("POST", "/campaigns", {"name": "other"})["campaignId"]
    person = contact_id_of(lab, "person0@example.com")
    lab.wire.plan = on_first(
        is_path("GET", f"/contacts/{person}"),
        None,
        lambda: lab.api("POST", f"/contacts/{person}", {"campaign": {"campaignId": other}}),
    )

    report = lab.run()

    assert report.reasons["excluded"] == {"left_meanwhile": 1}
    assert not [path for _, path, _ in lab.wire.bodies if path.startswith("/v3/contacts")]


@pytest.mark.parametrize("how", ["readdressed", "already gone"])
def test_one_who_is_somebody_else_by_then_is_not_removed(lab: Lab, how: str) -> None:
    lab.write(PEOPLE)
    lab.run(mode="mirror")
    person = contact_id_of(lab, "person0@example.com")
    lab.write(PEOPLE[1:])

    def act() -> None:
        if how == "readdressed":
            lab.api("POST", f"/contacts/{person}", {"email": "new@example.com"})
        else:
            lab.remove("person0@example.com", "user")

    lab.wire.plan = on_first(is_path("GET", f"/contacts/{person}"), None, act)
    report = lab.run(mode="mirror", max_removal_ratio=1)

    assert report.problem is None
    assert not [path for method, path in lab.writes if method == "DELETE"]


def contact_id_of(lab: Lab, email: str) -> str:
    found = lab.api("GET", f"/contacts?query[email]={email}")
    return str(found[0]["contactId"])


@pytest.mark.parametrize("status", [400, 403, 409])
def test_one_who_cannot_be_removed_keeps_nobody_else(lab: Lab, status: int) -> None:
    lab.write(PEOPLE)
    lab.run(mode="mirror")
    person = contact_id_of(lab, "person0@example.com")
    lab.faults(
        {
            "method": "DELETE",
            "path": f"/v3/contacts/{person}",
            "kind": "status",
            "status": status,
            "times": 0,
        }
    )
    lab.write([*PEOPLE[2:], ("new@example.com", "New", "")])

    report = lab.run(mode="mirror", max_removal_ratio=1)

    assert counted(report) == {"unchanged": 4, "added": 1}
    assert report.removed == 1
    assert report.warnings == {"people gone from the source: not removed": 1}


def test_removals_that_end_badly_leave_nobody_else_without_a_verdict(lab: Lab) -> None:
    people = [(f"p{number}@example.com", "", "") for number in range(30)]
    lab.write(people)
    lab.run(mode="mirror")
    fault = {"method": "DELETE", "path": "/v3/contacts/*", "kind": "status", "status": 403}
    lab.faults({**fault, "after": 2, "times": 0})
    lab.write([*people[25:], ("new@example.com", "New", "")])

    report = lab.run(mode="mirror", max_removal_ratio=1)

    assert counted(report) == {"unchanged": 5, "added": 1}
    assert report.removed >= 2
    assert "cannot be removed" in str(report.problem)
    assert report.warnings == {"people gone from the source: not removed": 25 - report.removed}
    assert sum(method == "DELETE" for method, _ in lab.writes) < 25


def test_a_source_that_shrank_under_another_name_is_noticed(lab: Lab) -> None:
    lab.write(PEOPLE)
    lab.run(mode="mirror")
    lab.remove("person3@example.com", "user")
    lab.remove("person4@example.com", "user")
    lab.write(PEOPLE[:3])
    renamed = lab.source.rename(lab.source.with_name("tonight.csv"))
    with pytest.raises(GetResponseError, match="shrunk"):
        lab.run(source=str(renamed), mode="mirror", max_removal_ratio=0.4)

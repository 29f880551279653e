"""Any small source under any trouble: balanced, nobody twice, nobody lost, and then all is done."""

from __future__ import annotations

import json
import tempfile
from collections import deque
from contextlib import suppress
from pathlib import Path

import httpx
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.contact_import.report import ImportReport
from tests.contact_import.lab import Killed, Lab, Trouble, addresses, counted, sends

NAMES = st.sampled_from(["", "Jane", "John Doe", "=1+1", "Zoë"])
TAGS = st.sampled_from(["", "vip", "vip,b2b", "xx", "Newsletter 2026"])
CONSENTS = st.sampled_from(["yes", "yes", "yes", "no", ""])
# Few addresses, so that rows meet each other, the list and those who left it.
ADDRESSES = st.sampled_from(
    [
        *(f"p{number}@example.com" for number in range(8)),
        "P1@Example.com",
        "drop1@rejected.example",
        "gone@example.com",
        "old@example.com",
        "blocked@blocked.example",
        "broken@",
        "",
    ]
)
SOURCES = st.lists(st.tuples(ADDRESSES, NAMES, TAGS, CONSENTS), min_size=1, max_size=14)
HEADER = "Email,First Name,Tags,Email Marketing Consent"
TROUBLES = st.lists(st.sampled_from([None, None, None, *Trouble]), max_size=12)
NEVER_ADDED = {"gone@example.com", "blocked@blocked.example"}


def account(folder: Path) -> Lab:
    """A list with a past."""
    lab = Lab(folder)
    lab.add_people("old@example.com", "gone@example.com", name="Earlier")
    lab.remove("gone@example.com", "unsubscribe")
    lab.api("POST", "/accounts/blocklists", {"masks": ["@blocked.example"]})
    return lab


def night(lab: Lab, troubles: deque[Trouble | None], **options: str) -> ImportReport | None:
    """Run once under troubles; None if the process died."""

    def plan(request: httpx.Request) -> Trouble | None:
        writes = request.method == "POST" and "search" not in request.url.path
        trouble = troubles.popleft() if writes and troubles else None
        # Who is too large alone is refused for good.
        alone = sends(request) and len(list(addresses(json.loads(request.content)))) == 1
        return None if trouble is Trouble.TOO_LARGE and alone else trouble

    lab.wire.plan = plan
    try:
        return lab.run(max_reject_ratio=1, **options)
    except Killed:
        return None
    finally:
        lab.wire.plan = lambda _request: None


@settings(
    max_examples=max(6, settings().max_examples // 16),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)
@given(
    people=SOURCES,
    troubles=TROUBLES,
    route=st.sampled_from(["contacts", "batch", "import"]),
    size=st.integers(1, 4),
)
def test_any_source_under_any_trouble(
    people: list[tuple[str, ...]], troubles: list[Trouble | None], route: str, size: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lab = account(Path(folder))
        lab.tune(batch_rows=size)
        lab.write(people, HEADER)
        wanted = {
            email.casefold(): consent
            for email, _, _, consent in people
            if email and email != "broken@"
        }
        importable = {email for email, consent in wanted.items() if consent == "yes"} - NEVER_ADDED
        visible = {email for email in importable if not email.endswith("rejected.example")}

        # A source of which no row has an address stops, in a test of its own.
        assume(any(email and email != "broken@" for email, *_ in people))
        left = deque(troubles)
        # Every night meets at least one trouble, until none is left; two meet none at the end.
        for _ in troubles:
            if left:
                try_again(lab, left, route)
        for _ in range(2):
            try_again(lab, left, route)
        last = lab.run(route=route, max_reject_ratio=1)

        assert last.balanced
        assert lab.subscribed == visible | {"old@example.com"}
        assert all(lab.wire.accepted[email] <= 1 for email in visible)
        assert not lab.wire.accepted.keys() & (NEVER_ADDED | {"old@example.com"})

        before = lab.writes
        again = lab.run(route=route, max_reject_ratio=1)
        assert lab.writes == before
        assert again.verdicts["added"] == again.verdicts["updated"] == 0
        assert again.verdicts["unchanged"] == len(visible)


def try_again(lab: Lab, troubles: deque[Trouble | None], route: str) -> None:
    """One night; what dies leaves its files as they are at the moment of its death."""
    with suppress(GetResponseError):  # before anything was sent
        night(lab, troubles, route=route)


def test_the_verdicts_of_an_undisturbed_import(tmp_path: Path) -> None:
    lab = account(tmp_path)
    rows = [
        ("p1@example.com", "Jane", "vip", "yes"),
        ("P1@example.com", "Jane", "vip", "yes"),
        ("old@example.com", "Now", "", "yes"),
        ("gone@example.com", "", "", "yes"),
        ("p2@example.com", "", "", "no"),
        ("blocked@blocked.example", "", "", "yes"),
        ("broken@", "", "", "yes"),
        ("", "", "", "yes"),
        ("", "", "", ""),
        ("drop1@rejected.example", "", "", "yes"),
    ]
    lab.write(rows, HEADER)

    report = lab.run(max_reject_ratio=1)

    assert counted(report) == {
        "added": 1,
        "updated": 1,
        "duplicate": 1,
        "blank": 1,
        "excluded": 3,
        "rejected": 3,
    }
    assert report.reasons["excluded"] == {
        "removed_unsubscribe": 1,
        "no_consent": 1,
        "blocklisted_in_account": 1,
    }


def test_only_people_are_sent_never_their_refusals(tmp_path: Path) -> None:
    lab = account(tmp_path)
    lab.write([("gone@example.com", "", "", "yes"), ("p2@example.com", "", "", "no")], HEADER)
    sent: list[httpx.Request] = []
    lab.wire.plan = lambda request: sent.append(request) if sends(request) else None

    assert counted(lab.run()) == {"excluded": 2}
    assert sent == []

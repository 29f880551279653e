"""An import in virtual time: a sandbox, a disturbed wire to it, and the engine that uses it.

Nothing waits: queues settle, limits roll and back-offs end as fast as the machine computes.
"""

from __future__ import annotations

import csv
import json
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import httpx
from pydantic import SecretStr

from prefect_getresponse.client.auth import ApiKeyAuth
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.contact_import.asking.answers import read_whole
from prefect_getresponse.contact_import.columns.mapping import map_source
from prefect_getresponse.contact_import.columns.source_mapping import SourceMapping, read_mapping
from prefect_getresponse.contact_import.engine import run_import
from prefect_getresponse.contact_import.job import opened
from prefect_getresponse.contact_import.options import import_options
from prefect_getresponse.contact_import.report import ImportReport
from prefect_getresponse.contact_import.tuning import AS_ALLOWED
from prefect_getresponse.contact_import.verdicts import EXPLANATIONS, Verdict
from prefect_getresponse.limits.throttle import Throttle
from prefect_getresponse.reporting.progress import Silent
from prefect_getresponse.sandbox import Sandbox
from prefect_getresponse.sources.errors import ImportInputError
from prefect_getresponse.sources.rows import RowsSource
from tests.support.troubles import EXECUTED, disturbed
from tests.support.troubles import Trouble as Trouble
from tests.support.virtual_time import VirtualTime

KEY = "canary-key-0123456789"
URL = "https://sandbox.test/v3"
CAMPAIGN = "customers"
SINGLE = {"email": "single", "api": "single", "import": "single", "webform": "single"}
DOUBLE = {**SINGLE, "api": "double"}

Rows = Iterable[Sequence[str]]


class Killed(BaseException):
    """The process is gone."""


SENDING_PATHS = ("/v3/contacts", "/v3/contacts/batch", "/v3/imports")

Plan = Callable[[httpx.Request], Trouble | None]


def sends(request: httpx.Request) -> bool:
    """Whether a call sends people to be added."""
    return request.method == "POST" and request.url.path in SENDING_PATHS


def is_write(method: str, path: str) -> bool:
    """Whether a call of the log changes anything."""
    return method != "GET" and path != "/v3/search-contacts/contacts"


def addresses(body: dict[str, Any]) -> Iterator[str]:
    """Addresses in the body of a call that sends people."""
    if "fieldMapping" in body:
        column = body["fieldMapping"].index("email")
        yield from (row[column] for row in body["contacts"])
    else:
        yield from (person["email"] for person in body.get("contacts", [body]))


class Wire(httpx.AsyncBaseTransport):
    """Carries calls to the sandbox, or to their trouble.

    Attributes:
        plan: Says what happens to a call.
        dead: Whether the process that uses it is gone.
        accepted: How often the sandbox took each address for adding.
        bodies: Method, path and body of every write that was executed.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._inner = sandbox.async_transport()
        self.plan: Plan = lambda _request: None
        self.on_death: Callable[[], None] = lambda: None
        self.accepted: Counter[str] = Counter()
        self.bodies: list[tuple[str, str, Any]] = []
        self.dead = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.dead:
            raise Killed
        trouble = self.plan(request)
        if trouble in (None, *EXECUTED):
            response = await self._inner.handle_async_request(request)
            await self._note(request, response)
        else:
            response = httpx.Response(500, request=request)
        return self._disturb(trouble, request, response)

    async def _note(self, request: httpx.Request, response: httpx.Response) -> None:
        if response.is_success and is_write(request.method, request.url.path):
            content = await request.aread()
            body: Any = json.loads(content or b"{}")
            self.bodies.append((request.method, request.url.path, body))
            if sends(request):
                sent = Counter(map(str.casefold, addresses(body)))
                changed = self._listed() if "fieldMapping" in body else set[str]()
                self.accepted.update({key: n for key, n in sent.items() if key not in changed})

    def _listed(self) -> set[str]:
        """Addresses of people on any list: an import changes those, and does not add them."""
        state = self._sandbox.handle(httpx.Request("GET", f"{URL[:-3]}/_sandbox/state")).json()
        return {
            person["email"].casefold()
            for campaign in state["lists"]
            for person in campaign["contacts"]
            if person["status"] == "subscribed"
        }

    def _disturb(
        self, trouble: Trouble | None, request: httpx.Request, response: httpx.Response
    ) -> httpx.Response:
        if trouble in (Trouble.KILLED_BEFORE, Trouble.KILLED_AFTER):
            self.on_death()
            raise Killed
        return disturbed(trouble, request, response)


class Lab:
    """An account, a state folder and a source.

    Attributes:
        time: The clock of everything.
        sandbox: The account.
        wire: The way to it.
        folder: Holds sources and state.
        copies: Folder for copies of the ledger; survives as it was at the moment of a death.
        passed: Seconds that pass, as the machine of the import counts them.
        wall: Seconds since the epoch by its clock, which somebody may set.
        account_name: What the account is called.
        tuning: Sizes and thresholds of its imports.
        given: Rows of a program, which are imported instead of those of the file.
    """

    def __init__(
        self, folder: Path, optin: Mapping[str, str] = SINGLE, queue_status: int = 409
    ) -> None:
        self.time = VirtualTime()
        self.passed: Callable[[], float] = self.time
        self.wall: Callable[[], float] = self.time
        self.account_name = "lab"
        self.tuning = AS_ALLOWED
        self.given: RowsSource | None = None
        self.sandbox = Sandbox(api_key=KEY, clock=self.time, queue_status=queue_status)
        self.wire = Wire(self.sandbox)
        self.wire.on_death = self.die
        self.folder = folder
        self.state = folder / "state"
        self.copies = folder / "copies"
        self.source = folder / "people.csv"
        self.campaign_id: str = self.api(
            "POST", "/campaigns", {"name": CAMPAIGN, "optinTypes": dict(optin)}
        )["campaignId"]

    # The account ---------------------------------------------------------------------------

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """Call the account past the wire, as somebody else."""
        request = httpx.Request(
            method, f"{URL}{path}", json=body, headers={"X-Auth-Token": f"api-key {KEY}"}
        )
        if body is None:
            request = httpx.Request(method, request.url, headers={"X-Auth-Token": f"api-key {KEY}"})
        answer = self.sandbox.handle(request)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def control(self, method: Literal["GET", "POST"], path: str, body: Any = None) -> Any:
        """Call the sandbox's control."""
        answer = self.sandbox.handle(httpx.Request(method, f"{URL[:-3]}/_sandbox{path}", json=body))
        assert answer.is_success, answer.text
        return answer.json()

    def add_people(self, *emails: str, **attributes: Any) -> None:
        """Put people on the list, and let them appear."""
        for email in emails:
            self.time.advance(1)
            body = {"email": email, "campaign": {"campaignId": self.campaign_id}, **attributes}
            self.api("POST", "/contacts", body)
        self.time.advance(301)
        self.control("GET", "/state")

    def remove(self, email: str, reason: str) -> None:
        """Remove somebody from the list for a reason."""
        body = {"list": self.campaign_id, "email": email, "reason": reason}
        self.control("POST", "/remove", body)

    def confirm(self, email: str) -> None:
        """Let somebody click the link of a double opt-in."""
        self.control("POST", "/confirm", {"list": self.campaign_id, "email": email})

    def decide_imports(self, outcome: str) -> None:
        """Set what the list's imports come to: `finished`, `rejected`, `canceled` or `review`."""
        self.control("POST", "/imports", {"list": self.campaign_id, "outcome": outcome})

    def faults(self, *faults: dict[str, Any]) -> None:
        """Set the sandbox's faults."""
        self.control("POST", "/faults", {"faults": list(faults)})

    @property
    def members(self) -> dict[str, dict[str, Any]]:
        """People of the list by address, as the sandbox's state shows them."""
        self.time.advance(301)
        lists = self.control("GET", "/state")["lists"]
        [found] = [each for each in lists if each["campaignId"] == self.campaign_id]
        return {person["email"].casefold(): person for person in found["contacts"]}

    @property
    def subscribed(self) -> set[str]:
        """Addresses of confirmed people."""
        return {email for email, person in self.members.items() if person["status"] == "subscribed"}

    @property
    def writes(self) -> list[tuple[str, str]]:
        """Writing calls of the log: method and path."""
        calls = self.control("GET", "/log")["calls"]
        return [
            (call["method"], call["path"])
            for call in calls
            if is_write(call["method"], call["path"])
        ]

    # The import ----------------------------------------------------------------------------

    def write(self, rows: Rows, header: str = "Email,First Name,Tags") -> Path:
        """Write the source."""
        with self.source.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header.split(","))
            writer.writerows(rows)
        return self.source

    def tune(self, **sizes: int) -> None:
        """Let a few rows be many: sizes and thresholds of `Tuning`."""
        self.tuning = replace(self.tuning, **sizes)

    def run(self, key: str = KEY, **options: Any) -> ImportReport:
        """Run an import as a new process would, and check its account of the rows.

        Raises:
            Killed: It died; its files are as they were at that moment.
        """
        self.wire.dead = False
        try:
            report = self.time.run(self._run(key, options))
        except Killed:
            # What the dying process wrote after that moment never happened.
            for place in (self.state, self.copies):
                shutil.rmtree(place, ignore_errors=True)
                if _photograph(place).exists():
                    _photograph(place).rename(place)
            raise
        assert_accounted(report)
        return report

    def run_until_killed(self, **options: Any) -> None:
        """Run an import that does not survive."""
        try:
            self.run(**options)
        except Killed:
            return
        raise AssertionError("it survived")

    def die(self) -> None:
        """End the process: no further call gets through, and its files stay as they are now."""
        self.wire.dead = True
        for place in (self.state, self.copies):
            shutil.rmtree(_photograph(place), ignore_errors=True)
            if place.exists():
                shutil.copytree(place, _photograph(place))

    async def _run(self, key: str, options: dict[str, Any]) -> ImportReport:
        client = AsyncClient(
            URL,
            ApiKeyAuth(SecretStr(key), URL, {}),
            throttle=Throttle(clock=self.time, chance=random.Random(1)),
            transport=self.wire,
            chance=random.Random(1),
        )
        defaults = {
            "source": str(self.source),
            "list_name": CAMPAIGN,
            "state_dir": str(self.state),
            "vouched": not self._says_who_agreed(options),
        }
        async with client:
            return await run_import(
                import_options(**{**defaults, **options}),
                self.account_name,
                client,
                source=self.given,
                clock=self.passed,
                wall=self.wall,
                tuning=self.tuning,
                progress=Sums(),
            )

    def _says_who_agreed(self, options: Mapping[str, Any]) -> bool:
        """Whether a column does, so that nobody has to vouch."""
        try:
            source = opened(str(options.get("source", self.source)), SourceMapping())
            said = read_mapping(options.get("mapping"))
            return bool(read_whole(source, map_source(source, said.columns)).deciding)
        except ImportInputError:
            return False


class Sums(Silent):
    """Watches the progress as a person does, who would notice 80 of 40 rows."""

    def __init__(self) -> None:
        self._phase = ""
        self._total: int | None = None

    def start(self, phase: str, total: int | None, unit: str = "rows") -> None:
        self._phase, self._total = phase, total

    def advance(self, done: int) -> None:
        assert self._total is None or 0 <= done <= self._total, (self._phase, done, self._total)


def _photograph(place: Path) -> Path:
    return place.with_name(f"{place.name}-photograph")


def assert_accounted(report: ImportReport) -> None:
    """Every row has exactly one verdict, and the reasons explain no more rows than there are."""
    assert set(report.verdicts) == {
        "added",
        "updated",
        "unchanged",
        "already_present",
        "awaiting_confirmation",
        "duplicate",
        "blank",
        "excluded",
        "rejected",
        "not_visible_yet",
        "unknown",
        "planned",
    }
    assert sum(report.verdicts.values()) == report.rows_read
    for verdict, reasons in report.reasons.items():
        assert sum(reasons.values()) <= report.verdicts[verdict]
    for verdict in ("excluded", "rejected", "unknown"):
        assert sum(report.reasons.get(verdict, {}).values()) == report.verdicts[verdict]
        assert report.reasons.get(verdict, {}).keys() <= EXPLANATIONS.keys()
    if not report.dry_run:
        assert set(report.reasons.get(Verdict.PLANNED, {})) <= {"over_limit"}
        left_out = sum(report.reasons.get(Verdict.PLANNED, {}).values())
        assert report.verdicts[Verdict.PLANNED] == left_out


def counted(report: ImportReport) -> dict[str, int]:
    """The verdicts that occur."""
    return {verdict: rows for verdict, rows in report.verdicts.items() if rows}

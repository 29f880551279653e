"""The account, the time and the wire: what all workers of a simulation share."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass, replace
from typing import Any, cast

import httpx

from prefect_getresponse.limits.budgets import SLACK
from prefect_getresponse.sandbox import Sandbox
from tests.client.virtual_pool import LeaseServer
from tests.simulation.process import DURING, Killed, Process
from tests.simulation.scenario import BLOCKED, ImportPlan, Scenario, Weather, canonical
from tests.support.troubles import EXECUTED, Trouble, disturbed
from tests.support.virtual_time import VirtualTime

KEY = "canary-key-0123456789"
URL = "https://sandbox.test/v3"
GIVES_UP = 60.0
"""Seconds after which a caller waits for an answer no more."""
_NET = Context()
_OPTIN = ("email", "import", "webform")
_LARGE = ("/v3/contacts/batch", "/v3/imports")
_READS = ("/v3/search-contacts/contacts",)
_SINGLE = dict.fromkeys(("email", "api", "import", "webform"), "single")
_IDS = re.compile(r'"(\w+)"')
_SHAPES: tuple[Any, ...] = ({}, {"masks": None}, [{"mask": "x"}], [1], "text", None)
"""Answers to readings that are none."""
_CODES = {400: 1000, 401: 1014, 403: 1023, 409: 1008}
AWAY = "away"
"""The list to which somebody moves people."""
FORMS = "forms"
"""The list from which people come back by themselves."""


class Timetable:
    """Virtual time as the pool of slots sees it."""

    def __init__(self, time: VirtualTime) -> None:
        self._time = time

    @property
    def now(self) -> float:
        """Seconds since time began."""
        return self._time.elapsed

    def after(self, delay: float, action: Callable[[], None]) -> None:
        """Do something later."""
        asyncio.get_running_loop().call_later(delay, action)


@dataclass(frozen=True)
class Deed:
    """A writing call that the account has executed.

    Attributes:
        at: Seconds since time began.
        worker: Who sent it.
        path: Path, from the version on.
        body: What it said.
        made: Identifier of the import that it made.
        known: People of the list whom that import changes: it does not add them.
    """

    at: float
    worker: str
    method: str
    path: str
    body: Any
    made: str = ""
    known: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Deletion:
    """Somebody whom a worker has removed.

    Attributes:
        worker: Who did it.
        campaign_id: The list on which the person was.
        email: The address as it is compared.
    """

    worker: str
    campaign_id: str
    email: str


def is_write(request: httpx.Request) -> bool:
    """Whether a call changes anything."""
    return request.method != "GET" and request.url.path not in _READS


class World:
    """An account with all its lists, and the wire to it.

    Attributes:
        history: What happened: when, to whom, what.
        deeds: Writing calls that were executed, in order.
        refusals: When and whom the account has answered 429, and to what call.
        ghosts: When calls arrived that others could not reckon with, whose they were, and which:
            nobody's if their sender is dead or waits no more, or late by more than a turn allows.
        is_calm: Whether the wire is undisturbed.
        removed: When people have left which list.
        returned: When somebody who had left has come back by another way.
        deletions: Whom our workers have removed.
        sources: Whom the source of a process is about, or may be, by the name of the process.
        moved: Who was moved from which list to another one.
        imported: People whom somebody else has imported into a list.
        others: Lists that had the name of one of ours.
        server: The slots of the account.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.time = VirtualTime()
        self.history: list[tuple[float, str, str]] = []
        self.deeds: list[Deed] = []
        self.refusals: list[tuple[float, str, str]] = []
        self.ghosts: list[tuple[float, str, str]] = []
        self.removed: dict[tuple[str, str], float] = {}
        self.returned: dict[tuple[str, str], float] = {}
        self.imported: dict[str, set[str]] = {}
        self.deletions: list[Deletion] = []
        self.sources: dict[str, frozenset[str]] = {}
        self.moved: set[tuple[str, str]] = set()
        self._refused: set[str] = set()
        self.others: dict[str, list[str]] = {plan.name: [] for plan in scenario.imports}
        self.is_calm = False
        self.chance = random.Random(f"wire {scenario.seed}")
        self._sandbox = Sandbox(api_key=KEY, clock=self.time, speed=scenario.speed)
        self._inner = self._sandbox.async_transport(sleep=self._work)
        # Every call is in flight for a while: `_work` says for how long.
        self._control("/faults", {"faults": [{"kind": "delay", "seconds": 0.03, "times": 0}]})
        self.api("POST", "/accounts/blocklists", {"masks": [BLOCKED]})
        self.sender = self.api("GET", "/from-fields")[0]["fromFieldId"]
        self.lists = {plan.name: self._list(plan) for plan in scenario.imports}
        if any(plan.moving for plan in scenario.imports):
            made = self.api("POST", "/campaigns", {"name": AWAY, "optinTypes": _SINGLE})
            self.lists[AWAY] = made["campaignId"]
        if former := {email for plan in scenario.imports for email in plan.former}:
            forms = self.api("POST", "/campaigns", {"name": FORMS, "optinTypes": _SINGLE})
            self._fill(forms["campaignId"], sorted(former))
        self.lists["messages"] = self.api("GET", "/campaigns")[0]["campaignId"]
        self.time.advance(301)  # whoever is on a list has appeared
        self.state()
        for plan in scenario.imports:
            for email in plan.former:
                self.leave(plan.name, email)

    def open(self) -> None:
        """Begin what goes on by itself."""
        self.server = LeaseServer(Timetable(self.time))

    # What happens by itself ----------------------------------------------------------------

    def note(self, who: str, what: str) -> None:
        """Write down what happened."""
        self.history.append((self.time.elapsed, who, what))

    def leave(self, name: str, email: str) -> None:
        """Let somebody unsubscribe, if they are on the list."""
        if person := self.people(name, "subscribed").get(email):
            body = {"list": self.lists[name], "email": person["email"], "reason": "unsubscribe"}
            self._control("/remove", body)
            self.removed[name, email] = self.time.elapsed
            self.note(name, f"{email} leaves the list")

    def come_back(self, name: str, email: str) -> None:
        """Let somebody who has left be on the list again at once, by a form."""
        if email not in self.people(name, "subscribed", "unconfirmed"):
            self._control("/copy", {"list": FORMS, "email": email, "to": self.lists[name]})
            self.returned[name, email] = self.time.elapsed
            self.note(name, f"{email} comes back")

    def sign_up(self, name: str, email: str) -> None:
        """Let somebody come to the list by another program."""
        if email not in self.people(name, "subscribed", "unconfirmed"):
            person = {"email": email, "campaign": {"campaignId": self.lists[name]}}
            with suppress(AssertionError):  # in the queue already, or blocked
                self.api("POST", "/contacts", {**person, "name": "By form"})
                self.note(name, f"{email} signs up")

    def confirm(self, name: str, email: str) -> None:
        """Let somebody confirm, if they were asked to."""
        if person := self.people(name, "unconfirmed").get(email):
            self._control("/confirm", {"list": self.lists[name], "email": person["email"]})
            self.note(name, f"{email} confirms")

    def replace_list(self, name: str) -> None:
        """Let somebody rename a list, and make another one of its name."""
        self.api("POST", f"/campaigns/{self.lists[name]}", {"name": f"{name}_of_then"})
        made = self.api("POST", "/campaigns", {"name": name, "optinTypes": _SINGLE})
        self.others[name].append(made["campaignId"])
        self.note(name, "another list has its name")

    def restore_list(self, name: str) -> None:
        """Let the list have its name again."""
        number, other = len(self.others[name]), self.others[name][-1]
        self.api("POST", f"/campaigns/{other}", {"name": f"{name}_by_mistake_{number}"})
        self.api("POST", f"/campaigns/{self.lists[name]}", {"name": name})
        self.note(name, "it has its name again")

    def decide_imports(self, campaign_id: str, outcome: str) -> None:
        """Set what imports of a list come to."""
        self._control("/imports", {"list": campaign_id, "outcome": outcome})

    def failed_imports(self) -> set[str]:
        """Imports of which nothing came."""
        return {
            made["importId"]
            for made in self.state()["imports"]
            if made["status"] in ("rejected", "canceled")
        }

    # What others see -----------------------------------------------------------------------

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """Call the account past the wire."""
        content = {} if body is None else {"json": body}
        headers = {"X-Auth-Token": f"api-key {KEY}"}
        answer = self._sandbox.handle(
            httpx.Request(method, f"{URL}{path}", headers=headers, **content)
        )
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def state(self) -> Any:
        """The state of the account."""
        request = httpx.Request("GET", f"{URL[:-3]}/_sandbox/state")
        return self._sandbox.handle(request).json()

    def people(self, name: str, *standings: str) -> dict[str, dict[str, Any]]:
        """People of an import's list in one of these standings, by address."""
        lists = self.state()["lists"]
        [found] = [each for each in lists if each["campaignId"] == self.lists[name]]
        return {
            canonical(person["email"]): person
            for person in found["contacts"]
            if person["status"] in standings
        }

    # The wire ------------------------------------------------------------------------------

    def trouble(self, request: httpx.Request) -> tuple[Trouble | None, float]:
        """What a call will meet, and how long it takes to arrive."""
        weather, chance = self.scenario.weather, self.chance
        delay = self._leg()
        if self.is_calm:
            return None, delay
        if self._is_too_large(request):
            return Trouble.TOO_LARGE, delay
        if chance.random() < weather.slow:
            delay = chance.uniform(1, 1.5 * GIVES_UP)
        return self._met(weather, is_write(request)), delay

    async def exchange(
        self, process: Process, request: httpx.Request, trouble: Trouble | None, delay: float
    ) -> httpx.Response:
        """Let a call go on its way: it arrives although its process is dead by then."""
        await asyncio.sleep(delay)
        is_forlorn = process.is_dead or delay > GIVES_UP
        if is_forlorn or delay > SLACK:
            sender = "" if is_forlorn else process.name
            self.ghosts.append((self.time.elapsed, sender, request.url.path[3:]))
        response = httpx.Response(500, request=request)
        if trouble is not None and trouble not in EXECUTED:
            self._import_strangers(request)
        if trouble is None or trouble in EXECUTED:
            self._sign_up_before(request)
            refusal = self._refusal(request)
            response = refusal or await self.serve(process.name, request)
            self._move(request, response)
            self._move_away(request, response)
            response = self._oddly(request, response)
            if is_write(request):
                with suppress(Killed):
                    process.step(f"{DURING}{request.method} {request.url.path[3:]}")
        await asyncio.sleep(self._leg())
        return response

    def _move(self, request: httpx.Request, response: httpx.Response) -> None:
        """Let somebody leave who stands on a full page, so that the pages behind it shift."""
        size = self.scenario.page
        if self.is_calm or size >= 1_000 or not response.is_success:
            return
        is_list = request.method == "GET" and request.url.path == "/v3/contacts"
        is_removed = request.url.path in _READS and b'"removed"' in request.content
        if not (is_list or is_removed):
            return
        if self.chance.random() < 0.5 and not (is_removed and not self.returned):
            return
        shown = [canonical(person["email"]) for person in response.json()]
        for plan in self.scenario.imports if len(shown) >= size else ():
            asked = request.url.params.get("query[campaignId]", "")
            if self.lists[plan.name] not in (asked, *_IDS.findall(request.content.decode())):
                continue
            leaving = [email for _, email in plan.opt_outs if email in shown]
            coming = [email for email in plan.former if email in shown]
            if is_list and leaving:
                self.leave(plan.name, leaving[0])
            if is_removed and coming:
                self.come_back(plan.name, coming[0])

    def _move_away(self, request: httpx.Request, response: httpx.Response) -> None:
        """Let somebody move people to another list whom a reading has just shown on one of ours."""
        is_list = request.method == "GET" and request.url.path == "/v3/contacts"
        if self.is_calm or not is_list or not response.is_success:
            return
        shown = {canonical(person["email"]): person["contactId"] for person in response.json()}
        for plan in self.scenario.imports:
            asked = request.url.params.get("query[campaignId]", "")
            for email in plan.moving if asked == self.lists[plan.name] else ():
                if email in shown and (plan.name, email) not in self.moved:
                    self.moved.add((plan.name, email))
                    there = {"campaign": {"campaignId": self.lists[AWAY]}}
                    with suppress(AssertionError):  # there already, of another of our lists
                        self.api("POST", f"/contacts/{shown[email]}", there)
                        self.note(plan.name, f"{email} is moved to another list")

    def _refusal(self, request: httpx.Request) -> httpx.Response | None:
        """What GetResponse says against a call, without a reason that we could know."""
        path = request.url.path
        if self.is_calm or not any(plan.taken or plan.refuses for plan in self.scenario.imports):
            return None
        status = 0
        if request.method == "DELETE":
            known = {id_: name for name, id_ in self.lists.items()}
            on_list, _ = self._whose(path.rpartition("/")[2])
            plans = [plan for plan in self.scenario.imports if plan.name == known.get(on_list)]
            status = plans[0].refuses if plans and self.chance.random() < 0.5 else 0
        elif request.method == "POST" and path == "/v3/contacts":
            person = json.loads(request.content)
            email, on_list = canonical(person["email"]), person["campaign"]["campaignId"]
            for plan in self.scenario.imports:
                if email in plan.taken and on_list == self.lists[plan.name]:
                    status = 0 if f"{on_list} {email}" in self._refused else 409
                    self._refused.add(f"{on_list} {email}")
        if not status:
            return None
        body = {"httpStatus": status, "code": _CODES[status], "message": "no"}
        return httpx.Response(status, json=body, request=request)

    def _whose(self, contact_id: str) -> tuple[str, str]:
        """The list and the address of a contact; empty if there is none."""
        for each in self.state()["lists"]:
            for person in each["contacts"]:
                if person["contactId"] == contact_id and person["status"] != "removed":
                    return each["campaignId"], canonical(person["email"])
        return "", ""

    def _sign_up_before(self, request: httpx.Request) -> None:
        """Let somebody sign up right before a call of ours that is about them."""
        if self.is_calm or not is_write(request) or request.url.path != "/v3/contacts":
            return
        email = canonical(json.loads(request.content)["email"])
        for plan in self.scenario.imports:
            is_theirs = self.lists[plan.name].encode() in request.content
            if is_theirs and any(email == each for _, each in plan.sign_ups):
                self.sign_up(plan.name, email)

    def _import_strangers(self, request: httpx.Request) -> None:
        """Let somebody else import as many people as an import of ours that has failed."""
        if self.is_calm or not is_write(request) or request.url.path != "/v3/imports":
            return
        said = json.loads(request.content)
        for plan in self.scenario.imports:
            is_theirs = self.lists[plan.name] == said["campaignId"]
            if is_theirs and plan.stranger_imports and plan.name not in self.imported:
                number = len(said["contacts"])
                people = [f"s{each}@stranger.example" for each in range(number)]
                body = {**said, "fieldMapping": ["email"], "contacts": [[each] for each in people]}
                with suppress(AssertionError):  # another one is at work
                    self.api("POST", "/imports", body)
                    self.imported[plan.name] = set(people)
                    self.note(plan.name, f"somebody imports {number} others")

    def _oddly(self, request: httpx.Request, response: httpx.Response) -> httpx.Response:
        """An answer in a shape that nobody expects: of imports, opt-outs and listings."""
        path, odd = request.url.path, self.scenario.odd
        if self.is_calm or not response.is_success or not odd:
            return response
        if path in _READS:
            reasons = (None, "Unsubscribe ", "opted-out", 7)
            people = [{**each, "reason": self.chance.choice(reasons)} for each in response.json()]
            return _rewritten(response, people)
        if path.endswith(("/blocklists", "/v3/contacts")) and request.method == "GET":
            is_odd = self.chance.random() < odd / 10
            return _rewritten(response, self.chance.choice(_SHAPES)) if is_odd else response
        if not path.startswith("/v3/imports") or self.chance.random() >= odd:
            return response
        answer = response.json()
        if request.method == "POST":
            answer = self.chance.choice(({}, [], {"importId": None}))
        elif isinstance(answer, dict):
            statistics: object = self.chance.choice((None, {"uploaded": None}, []))
            answer = {**cast("dict[str, Any]", answer), "statistics": statistics}
        return _rewritten(response, answer)

    async def serve(self, worker: str, request: httpx.Request) -> httpx.Response:
        """Let the account execute a call, and bear witness."""
        at = self.time.elapsed
        whose = ("", "")
        if request.method == "DELETE":
            whose = self._whose(request.url.path.rpartition("/")[2])
        response = await self._inner.handle_async_request(request)
        if response.status_code == 429:
            self.refusals.append((at, worker, request.url.path[3:]))
        elif response.is_success and is_write(request):
            self.deeds.append(
                Deed(at, worker, request.method, request.url.path[3:], _said(request))
            )
            if whose[0]:
                self.deletions.append(Deletion(worker, *whose))
            if request.url.path == "/v3/imports":
                self._witness_import(response.json())
        return response

    def _witness_import(self, answer: Any) -> None:
        [name] = [
            name
            for name, campaign_id in self.lists.items()
            if campaign_id == answer["campaign"]["campaignId"]
        ]
        known = frozenset(self.people(name, "subscribed", "unconfirmed"))
        self.deeds[-1] = replace(self.deeds[-1], made=answer["importId"], known=known)

    def _met(self, weather: Weather, write: bool) -> Trouble | None:
        for begin, end, trouble in weather.outages:
            if begin <= self.time.elapsed < end:
                return trouble
        # Reads are many, and repeated by the client: fewer of them are enough.
        share = weather.chance if write else weather.chance / 4
        return self.chance.choice(weather.kinds) if self.chance.random() < share else None

    def _is_too_large(self, request: httpx.Request) -> bool:
        if request.method == "GET" or request.url.path not in _LARGE:
            return False
        return len(json.loads(request.content)["contacts"]) > self.scenario.most_people

    def _leg(self) -> float:
        """There, or back."""
        return 0.03 * self.chance.lognormvariate(-0.06, 0.35)

    async def _work(self, _seconds: float) -> None:
        await asyncio.sleep(self._leg())

    def _list(self, plan: ImportPlan) -> str:
        optin = {**dict.fromkeys(_OPTIN, "single"), "api": "single"}
        made = self.api("POST", "/campaigns", {"name": plan.name, "optinTypes": optin})
        campaign_id: str = made["campaignId"]
        for row in plan.earlier:
            self.time.advance(1)
            person = {"email": row.email, "campaign": {"campaignId": campaign_id}, "name": row.name}
            self.api("POST", "/contacts", person)
        self._fill(campaign_id, plan.former)
        if plan.double_optin:
            self.time.advance(301)
            self.state()
            changed = {"name": plan.name, "optinTypes": {**optin, "api": "double"}}
            self.api("POST", f"/campaigns/{campaign_id}", changed)
        self.decide_imports(campaign_id, plan.outcome)
        return campaign_id

    def _fill(self, campaign_id: str, emails: Sequence[str]) -> None:
        """Put people on a list."""
        if emails:
            people = [{"email": email, "name": "By form"} for email in emails]
            self.time.advance(1)
            self.api("POST", "/contacts/batch", {"campaignId": campaign_id, "contacts": people})

    def _control(self, path: str, body: Any) -> None:
        request = httpx.Request("POST", f"{URL[:-3]}/_sandbox{path}", json=body)
        answer = self._sandbox.handle(request)
        assert answer.is_success, answer.text


def _rewritten(response: httpx.Response, answer: Any) -> httpx.Response:
    """An answer that says something else."""
    headers = {
        name: text for name, text in response.headers.items() if not name.startswith("content-")
    }
    return httpx.Response(
        response.status_code, json=answer, headers=headers, request=response.request
    )


def _said(request: httpx.Request) -> Any:
    """What a call said; of a form the subject only."""
    if not request.content:
        return {}
    if request.headers["Content-Type"] == "application/json":
        return json.loads(request.content)
    found = re.search(rb"Message.(\d+)", request.content)
    return {"subject": f"Message {int(found[1])}"} if found else {}


class Wire(httpx.AsyncBaseTransport):
    """The way of one process to the account."""

    def __init__(self, world: World, process: Process) -> None:
        self._world = world
        self._process = process

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._process.live()
        world, process = self._world, self._process
        await process.awake()
        begun = world.time.elapsed
        await request.aread()
        trouble, delay = world.trouble(request)
        call = f"{request.method} {request.url.path[3:]}"
        if is_write(request):
            process.step(f"before {call}")
        if trouble is Trouble.REFUSED:
            world.note(process.name, f"{call}: {trouble.value}")
            await asyncio.sleep(delay)
            raise httpx.ConnectError("refused", request=request)
        response = await self._travel(request, trouble, delay)
        process.live()
        if await process.awake(begun):
            world.note(process.name, f"{call}: broken off while the machine slept")
            raise httpx.ReadError("broken off", request=request)
        what = f" ({trouble.value})" if trouble else ""
        world.note(process.name, f"{call} -> {response.status_code}{what}")
        if is_write(request):
            process.step(f"after {call}")
        return disturbed(trouble, request, response)

    async def _travel(
        self, request: httpx.Request, trouble: Trouble | None, delay: float
    ) -> httpx.Response:
        world, process = self._world, self._process
        # A call that is on its way belongs to the net, not to the process that sent it.
        flight = asyncio.get_running_loop().create_task(
            world.exchange(process, request, trouble, delay), context=_NET
        )
        if delay <= GIVES_UP:
            return await asyncio.shield(flight)
        await asyncio.sleep(GIVES_UP)
        world.note(process.name, f"{request.method} {request.url.path[3:]}: no answer in time")
        raise httpx.ReadTimeout("no answer in time", request=request)

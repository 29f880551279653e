"""A release in virtual time: a sandbox, a disturbed wire to it, and people who edit newsletters."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
from pydantic import SecretStr

from prefect_getresponse.client.auth import ApiKeyAuth
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.limits.throttle import Throttle
from prefect_getresponse.newsletters.engine import Approval, Releasing
from prefect_getresponse.newsletters.plan import ReleasePlan
from prefect_getresponse.newsletters.release_file import read_release
from prefect_getresponse.newsletters.report import ReleaseReport
from prefect_getresponse.sandbox import Sandbox
from tests.support.troubles import EXECUTED, Trouble, disturbed
from tests.support.virtual_time import START, VirtualTime

T = TypeVar("T")

KEY = "canary-key-0123456789"
URL = "https://sandbox.test/v3"
PEOPLE = 12
AT = datetime.fromtimestamp(START, UTC) + timedelta(hours=6)
RELEASE = """key: spring
subject: {subject}
sender: {sender}
html: "<p>Hi {{{{CONTACT `subscriber_first_name` `you`}}}}</p>"
plain: Hi {{{{CONTACT `subscriber_first_name` `you`}}}}
audience:
  list: Newsletter
send_on: {send_on}
"""

Plan = Callable[[httpx.Request], Trouble | None]


class Killed(BaseException):
    """The process is gone."""


class Wire(httpx.AsyncBaseTransport):
    """Carries the calls of one process.

    Attributes:
        plan: Says what happens to a call.
        change: Changes an answer.
        delay: Seconds that a call takes each way.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._inner = sandbox.async_transport()
        self.plan: Plan = lambda _request: None
        self.change: Callable[[httpx.Response], httpx.Response] = lambda answer: answer
        self.delay: Callable[[], float] = lambda: 0.0
        self.before: Callable[[httpx.Request], None] = lambda _request: None
        self.dead = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(self.delay())
        if self.dead:
            raise Killed
        self.before(request)
        trouble = self.plan(request)
        if trouble in (None, *EXECUTED):
            response = self.change(await self._inner.handle_async_request(request))
        else:
            response = httpx.Response(500, request=request)
        await asyncio.sleep(self.delay())
        if trouble in (Trouble.KILLED_BEFORE, Trouble.KILLED_AFTER):
            self.dead = True
            raise Killed
        return disturbed(trouble, request, response)


class Lab:
    """An account with a list of people and a confirmed sender.

    Attributes:
        time: The clock of everything.
        sandbox: The account.
        wire: The way to it.
    """

    def __init__(self) -> None:
        self.time = VirtualTime()
        self.sandbox = Sandbox(api_key=KEY, clock=self.time)
        self.wire = Wire(self.sandbox)
        single = dict.fromkeys(("email", "api", "import", "webform"), "single")
        made = self.api("POST", "/campaigns", {"name": "Newsletter", "optinTypes": single})
        self.campaign_id: str = made["campaignId"]
        for number in range(PEOPLE):
            person = {
                "email": f"p{number}@example.com",
                "campaign": {"campaignId": made["campaignId"]},
            }
            self.api("POST", "/contacts", person)
        self.time.advance(400)
        self.sender: dict[str, Any] = self.api("GET", "/from-fields")[0]

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """Call the account past the wire, as somebody else."""
        json = {} if body is None else {"json": body}
        headers = {"X-Auth-Token": f"api-key {KEY}"}
        answer = self.sandbox.handle(httpx.Request(method, f"{URL}{path}", headers=headers, **json))
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def control(self, path: str, body: Any) -> Any:
        """Call the sandbox's control."""
        request = httpx.Request("POST", f"{URL[:-3]}/_sandbox{path}", json=body)
        answer = self.sandbox.handle(request)
        assert answer.is_success, answer.text
        return answer.json()

    def text(self, subject: str = "News of spring", at: datetime = AT, **changes: str) -> str:
        """Return a release file's text."""
        text = RELEASE.format(
            subject=subject, sender=self.sender["fromFieldId"], send_on=at.isoformat()
        )
        for old, new in changes.items():
            text = text.replace(f"{old}:", new, 1) if new else text
        return text

    def client(self, wire: Wire | None = None, seed: int = 1) -> AsyncClient:
        """Return a client of a new process."""
        return AsyncClient(
            URL,
            ApiKeyAuth(SecretStr(KEY), URL, {}),
            throttle=Throttle(clock=self.time, chance=random.Random(seed)),
            transport=wire or self.wire,
            chance=random.Random(seed),
        )

    def run(self, work: Callable[[AsyncClient], Awaitable[T]]) -> T:
        """Do something with a client of a new process."""

        async def alone() -> T:
            self.wire.dead = False
            async with self.client() as client:
                return await work(client)

        return self.time.run(alone())

    def plan(self, text: str) -> ReleasePlan:
        """Plan a release."""
        return self.run(Releasing(read_release(text), "lab", self.time).plan)

    def release(self, text: str, approve: str | None = None) -> ReleaseReport:
        """Plan a release, approve it and send it, as a new process does.

        Args:
            text: The release file's text.
            approve: The approved hash; that of the plan if not given.
        """

        async def work(client: AsyncClient) -> ReleaseReport:
            run = Releasing(read_release(text), "lab", self.time)
            plan = await run.plan(client)
            return await run.release(client, plan, Approval(approve or plan.hash, "Ann"))

        return self.run(work)

    @property
    def newsletters(self) -> list[dict[str, Any]]:
        """All newsletters with their details, oldest first."""
        listed = self.api("GET", "/newsletters?perPage=1000&sort[createdOn]=ASC")
        return [self.api("GET", f"/newsletters/{each['newsletterId']}") for each in listed]

    @property
    def broadcasts(self) -> list[dict[str, Any]]:
        """Newsletters that are sent or wait to be."""
        return [each for each in self.newsletters if each["type"] == "broadcast"]

    def edit(self, newsletter_id: str, **changes: Any) -> None:
        """Edit a newsletter as people do; its subject if nothing else is said."""
        changes = changes or {"subject": "Edited by hand"}
        self.control("/edit-newsletter", {"newsletter": newsletter_id, **changes})

    def calls(self, method: str, path: str) -> int:
        """Count the calls of one kind that have arrived."""
        request = httpx.Request("GET", f"{URL[:-3]}/_sandbox/log")
        return sum(
            (each["method"], each["path"]) == (method, path)
            for each in self.sandbox.handle(request).json()["calls"]
        )


def once(method: str, path: str, trouble: Trouble, nth: int = 1) -> Plan:
    """Return a plan with one trouble: the nth call of a kind."""
    seen = 0

    def plan(request: httpx.Request) -> Trouble | None:
        nonlocal seen
        seen += request.method == method and request.url.path == path
        hit = request.method == method and request.url.path == path and seen == nth
        return trouble if hit else None

    return plan


def write(folder: Path, text: str, name: str = "spring.yaml") -> Path:
    """Write a release file."""
    (folder / name).write_text(text)
    return folder / name

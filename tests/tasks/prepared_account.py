"""An account in the sandbox that has whatever a call needs to refer to."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable, Mapping
from functools import cache
from types import TracebackType
from typing import Any, Self, cast

import httpx
from pydantic import SecretStr

from prefect_getresponse.client.auth import ApiKeyAuth
from prefect_getresponse.client.request import Upload
from prefect_getresponse.client.send import AsyncClient, Client
from prefect_getresponse.limits.throttle import Throttle
from prefect_getresponse.sandbox import Sandbox
from prefect_getresponse.sandbox.contract.operations import Operation, operations
from tests.support.virtual_time import VirtualTime
from tests.tasks.table_values import Body, Reference, example_body, example_query, replaced

URL = "https://api.getresponse.com/v3"
KEY = "sandbox-key"
_QUEUE = 600.0
"""Seconds after which whatever GetResponse does later is done."""


class PreparedAccount:
    """A new sandbox in virtual time; stands where a task takes its credentials.

    Args:
        rich: Whether what is created has all the members that it may have.

    Attributes:
        http: Calls as anybody makes them, past our client.
    """

    def __init__(self, *, rich: bool = False) -> None:
        self._rich = rich
        self.time = VirtualTime()
        self._sandbox = Sandbox(api_key=KEY, clock=self.time, seed_contacts=2)
        headers = {"X-Auth-Token": f"api-key {KEY}"}
        transport = self._sandbox.transport()
        self.http = httpx.Client(transport=transport, base_url=URL, headers=headers)
        self._auth = ApiKeyAuth(SecretStr(KEY), URL, {})
        throttle = Throttle(clock=self.time, chance=random.Random(1))
        self._client = Client(
            URL, self._auth, throttle=throttle, transport=transport, sleep=self.time.advance
        )
        self._throttle = throttle

    def get_client(self) -> Client:
        return self._client

    def get_async_client(self) -> AsyncClient:
        return AsyncClient(
            URL,
            self._auth,
            throttle=self._throttle,
            transport=self._sandbox.async_transport(),
            sleep=self._asleep,
        )

    async def _asleep(self, seconds: float) -> None:
        self.time.advance(seconds)
        await asyncio.sleep(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._client.close()
        self.http.close()

    @property
    def log(self) -> list[dict[str, Any]]:
        """All calls of the API so far."""
        answer = self.http.get("https://api.getresponse.com/_sandbox/log")
        return cast("list[dict[str, Any]]", answer.json()["calls"])

    def call(self, method: str, path: str, body: Body | None = None) -> Any:
        """Make a call that must succeed."""
        files = {
            name: (value.name, value.content)
            for name, value in (body or {}).items()
            if isinstance(value, Upload)
        }
        sent: dict[str, Any] = {"files": files} if files else {"json": body}
        answer = self.http.request(method, f"{URL}{path}", **sent)
        assert answer.is_success, f"{method} {path} {body}: {answer.text}"
        return answer.json() if answer.content else None

    def path_of(self, row: Operation) -> dict[str, str]:
        """Ids for the path of an operation, all of things that exist."""
        prepare = PREPARED.get(row.operation_id)
        path = prepare(self) if prepare else self._ids(row.path)
        if row.operation_id in _listings():
            self._first(row.path, path)
        return path

    def filled(self, body: Body, path: Mapping[str, str]) -> Body:
        """A body with ids of what exists in the place of references.

        Args:
            body: The body.
            path: Ids of the call's path: what lies under a shop is taken from that shop.
        """
        return cast("Body", replaced(body, lambda kind: self._id_of_kind(kind, path)))

    def query_of(self, row: Operation, *, full: bool) -> dict[str, Any]:
        """Query values in Python, ids of what exists among them."""
        named = {
            name: reference
            for name, reference in QUERIES.get(row.operation_id, {}).items()
            if full or row.parameters[name].required
        }
        return self.filled(example_query(row, full=full) | named, {})

    def create(self, row: Operation, path: Mapping[str, str]) -> Any:
        """Call an operation that creates something."""
        # What it refers to is created poor: a category may name a category.
        rich, self._rich = self._rich, False
        body = self.filled(body_of(row, full=rich), path)
        self._rich = rich
        created = self.call("POST", row.path.format_map(path), body)
        self.time.advance(_QUEUE)
        return created

    def _ids(self, template: str, known: Mapping[str, str] | None = None) -> dict[str, str]:
        ids = dict(known or {})
        for name in re.findall(r"\{(\w+)\}", template):
            if name in WORDS:
                ids[name] = WORDS[name]
            elif name not in ids:
                above = template.partition(f"/{{{name}}}")[0]
                ids[name] = self._id_in(COLLECTIONS.get(name, above), name, ids)
        return ids

    def _id_of_kind(self, kind: str, path: Mapping[str, str]) -> str:
        if kind in FOUND:
            return FOUND[kind](self, path)
        collection, name = KINDS[kind] if kind in KINDS else _collections()[kind]
        return self._id_in(collection, name, self._ids(collection, path))

    def _id_in(self, collection: str, name: str, ids: Mapping[str, str]) -> str:
        """Id of the first thing in a collection, which is created if there is none."""
        return str(self._first(collection, ids)[MEMBERS.get(name, name)])

    def _first(self, collection: str, ids: Mapping[str, str]) -> Body:
        """The first thing in a collection, which is created if there is none."""
        path = collection.format_map(ids)
        if not self.call("GET", path):
            self.create(by_path("POST", collection), ids)
        return cast("Body", self.call("GET", path)[0])


def by_path(method: str, path: str) -> Operation:
    """The operation with this method and path template."""
    return next(each for each in operations() if (each.method, each.path) == (method, path))


@cache
def _listings() -> frozenset[str]:
    """Operations that list what a call of the same path creates."""
    creating = {row.path for row in operations() if row.method == "POST"}
    return frozenset(
        row.operation_id
        for row in operations()
        if row.method == "GET" and row.path in creating and "perPage" in row.parameters
    )


def body_of(row: Operation, *, full: bool) -> Body:
    """An example body that keeps the rules which no table can hold."""
    return lawful(row, example_body(row, full=full))


def lawful(row: Operation, body: Body) -> Body:
    """A body with the members set that depend on others or on what exists."""
    for path, value in RULES.get(row.operation_id, {}).items():
        _put(body, path.split("."), value)
    return body


def _put(body: Body, path: list[str], value: Any) -> None:
    *above, last = path
    for step in above:
        body = body.setdefault(step, {})
    if value is ABSENT:
        body.pop(last, None)
    else:
        body[last] = value


@cache
def _collections() -> Mapping[str, tuple[str, str]]:
    """Collection and name of the id, by the kind of resource: `taxes`, `custom_fields`."""
    found: dict[str, tuple[str, str]] = {}
    for row in operations():
        collection, _, name = row.path.rpartition("/")
        if name.startswith("{"):
            kind = collection.rpartition("/")[2].replace("-", "_")
            found.setdefault(kind, (collection, name[1:-1]))
    return found


ABSENT = object()
"""Leave a member out."""

COLLECTIONS: Mapping[str, str] = {
    "abTestId": "/ab-tests/subject",
    "lpsId": "/lps",
    "popupId": "/popups",
    "websiteId": "/websites",
}
"""Where to find an id whose collection is not what stands before it in the path."""

WORDS: Mapping[str, str] = {"languageCode": "en"}
"""Parts of paths that are no ids."""

MEMBERS: Mapping[str, str] = {"transactionalEmailTemplateId": "templateId"}
"""Members that hold an id under another name than in the path."""

_CONFIRMATIONS = "/subscription-confirmations"
KINDS: Mapping[str, tuple[str, str]] = {
    "sms_sender_names": ("/sms/sender-names", "senderNameId"),
    "transactional_email_templates": (
        "/transactional-emails/templates",
        "transactionalEmailTemplateId",
    ),
    "product_variants": ("/shops/{shopId}/products/{productId}/variants", "variantId"),
    "subscription_confirmation_bodies": (
        f"{_CONFIRMATIONS}/body/{{languageCode}}",
        "subscriptionConfirmationBodyId",
    ),
    "subscription_confirmation_subjects": (
        f"{_CONFIRMATIONS}/subject/{{languageCode}}",
        "subscriptionConfirmationSubjectId",
    ),
}
"""Collection and name of the id for kinds that are not called like their collection."""

_SECTION = [
    {
        "campaignIdsList": [Reference("campaigns")],
        "logicOperator": "and",
        "subscriberCycle": ["receiving_autoresponder"],
        "subscriptionDate": "all_time",
        "conditions": [
            {
                "conditionType": "email",
                "operatorType": "string_operator",
                "operator": "contains",
                "value": "@",
            }
        ],
    }
]
_LEXPAD = {"dataSourceUrl": "https://lexpad.example/data", "dataSourceToken": None}
_LATER = {"date": "2046-09-21T10:00:00", "timeZone": {"timeZoneId": 1}}
_RECIPIENTS = {
    "selectedCampaigns": [Reference("campaigns")],
    "selectedSegments": [Reference("search_contacts")],
    "excludedSegments": [],
    "selectedSuppressions": [Reference("suppressions")],
    "excludedCampaigns": [],
    "selectedContacts": [Reference("contacts")],
}
_NEWSLETTER = _RECIPIENTS | {
    "timeTravel": "false",
    "perfectTiming": "false",
    "externalLexpad": _LEXPAD,
    "sendOn": _LATER,
}
_AUTORESPONDER = {
    "type": "custom",
    "sendAtHour": 9,
    "timeTravel": "true",
    "excludedDaysOfWeek": ["Sunday"],
    "externalLexpad": _LEXPAD,
}
_RSS = _RECIPIENTS | {
    "frequency": "monthly",
    "filter": "recent",
    "maxArticles": 3,
    "sendAtHour": 9,
    "sendAtMonthDay": 31,
}
_TRIGGER = {
    "type": "onday",
    "dayOfCycle": 1,
    "selectedCampaigns": [Reference("campaigns")],
    "selectedSegments": [],
}
RULES: Mapping[str, Mapping[str, Any]] = {
    # A file in a folder would not be listed.
    "createFile": {"folder": None},
    "createTransactionalEmail": {
        "contentType": "direct",
        "content": {"plain": "text"},
        "template": ABSENT,
    },
    "sendSms": {
        "recipientsType": "importedNumbers",
        "sendSettings.contacts": ABSENT,
        "sendSettings.importedNumbers": [{"phone": "+48500000000", "countryCode": "PL"}],
    },
    "triggerCustomEvent": {"name": "text", "attributes": [{"name": "text", "value": "text"}]},
    # The product has a variant with the usual one.
    "createProductVariant": {"sku": "another_sku"},
    # The only category would be below itself.
    "updateCategory": {"parentId": ABSENT},
    "createNewsletter": {"type": "draft", "sendSettings": _NEWSLETTER},
    "sendDraft": {"sendSettings": _NEWSLETTER},
    "createAutoresponder": {"sendSettings": _AUTORESPONDER, "triggerSettings": _TRIGGER},
    "updateAutoresponder": {"sendSettings": _AUTORESPONDER, "triggerSettings": _TRIGGER},
    "createRssNewsletter": {"sendSettings": _RSS},
    "updateRssNewsletter": {"sendSettings": _RSS},
    "createSubjectAbTest": {
        "deliverySettings": {
            "sendOn": {"sendingType": "scheduled", **_LATER},
            "winnerMode": "manual",
            "winningCriteria": "open",
            "samplingPercentage": 100,
            "samplingTime": "P1DT2H",
        },
        "sendSettings": {
            "selectedCampaigns": [Reference("campaigns")],
            "selectedSegments": [Reference("search_contacts")],
            "selectedSupressions": [Reference("suppressions")],
            "excludedCampaigns": [],
        },
    },
    "postAbtestsSubjectByIdWinner": {"variantId": Reference("ab_test_variants")},
    "createCustomReport": {
        "type": "message_activity_report",
        "filters": {"activityType": ["click"], "messageId": [Reference("newsletters")]},
    },
    "createImport": {"fieldMapping": ["email"], "contacts": [["jane@example.com"]]},
    "getContactsFromSearchContactsConditions": {"section": _SECTION},
    "newSearchContacts": {"section": _SECTION},
    "updateSearchContacts": {"section": _SECTION},
}
"""Members of bodies, by operation, that depend on others or on what exists."""

CLASHES: Mapping[str, str] = {"getFileList": "query[folderId]"}
"""Query parameter, by operation, that does not go together with the others."""


def _with_event(account: PreparedAccount) -> dict[str, str]:
    attributes = [{"name": "text", "type": "string"}]
    account.call("POST", "/custom-events", {"name": "text", "attributes": attributes})
    return {}


def _scheduled(account: PreparedAccount) -> dict[str, str]:
    """A newsletter that waits to be sent, with a link that is tracked."""
    body = body_of(by_path("POST", "/newsletters"), full=False) | {
        "type": "broadcast",
        "content": {"plain": "https://shop.example/page"},
        "flags": ["clicktrack"],
    }
    newsletter = account.call("POST", "/newsletters", account.filled(body, {}))
    return {"newsletterId": newsletter["newsletterId"]}


def _tracked(account: PreparedAccount) -> dict[str, str]:
    _scheduled(account)
    return {"clickTrackId": account.call("GET", "/click-tracks")[0]["clickTrackId"]}


def _another_sender(account: PreparedAccount) -> dict[str, str]:
    body = {"email": "other@example.com", "name": "Other"}
    return {"fromFieldId": account.call("POST", "/from-fields", body)["fromFieldId"]}


def _test_that_runs(account: PreparedAccount) -> dict[str, str]:
    """An A/B test whose winner can be chosen."""
    row = by_path("POST", "/ab-tests/subject")
    body = body_of(row, full=False)
    body["deliverySettings"] |= {"sendOn": {"sendingType": "now"}}
    test = account.call("POST", row.path, account.filled(body, {}))
    account.time.advance(_QUEUE)
    return {"abTestId": test["abTestId"]}


def _cancelled_test(account: PreparedAccount) -> dict[str, str]:
    path = _test_that_runs(account)
    account.call("POST", f"/ab-tests/{path['abTestId']}/cancel")
    account.time.advance(_QUEUE)
    return path


def _variant(account: PreparedAccount, path: Mapping[str, str]) -> str:
    test = account.call("GET", f"/ab-tests/subject/{path['abTestId']}")
    return str(test["variants"][0]["variantId"])


FOUND: Mapping[str, Callable[[PreparedAccount, Mapping[str, str]], str]] = {
    "ab_test_variants": _variant,
}
"""How to find ids that no listing shows."""

QUERIES: Mapping[str, Mapping[str, Reference]] = {
    "deleteFromField": {"fromFieldIdToReplaceWith": Reference("from_fields")},
}
"""Query parameters, by operation, that name what exists."""


def _with_callbacks(account: PreparedAccount) -> dict[str, str]:
    account.call("POST", "/accounts/callbacks", {"url": "https://hooks.example.com/getresponse"})
    return {}


PREPARED: Mapping[str, Callable[[PreparedAccount], dict[str, str]]] = {
    "getSmsStats": lambda account: account.path_of(by_path("GET", "/sms/{smsId}")),
    "triggerCustomEvent": _with_event,
    "cancelMessageSend": _scheduled,
    "getClickTrackById": _tracked,
    "deleteFromField": _another_sender,
    "postAbtestsSubjectByIdWinner": _test_that_runs,
    "deleteAbTest": _cancelled_test,
    "getCallbacks": _with_callbacks,
    "updateCallbacks": _with_callbacks,
}
"""How to get a path for operations that need something in a certain state."""

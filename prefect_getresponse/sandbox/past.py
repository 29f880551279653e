"""A past for the sandbox: weeks in which people came and left, read newsletters and bought.

It is lived through by calls of the API, a clock being moved between them, so that everything
follows from everything else: statistics from activities, removals from departures, revenue from
orders.
Nothing is random; the same arguments give the same past.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import httpx

_DAY = 86_400.0
_CALL_SECONDS = 0.05
"""Time that passes with each call: no limit of calls is met."""
_REASONS = ("unsubscribe", "unsubscribe", "bounce", "complaint", "api")
_TAGS = ("customer", "newsletter", "vip")
_CITIES = ("Gdansk", "Lyon", "Porto", "Turku", "Ghent")
_PRICES = (19.0, 49.5, 99.0)


class AnyClock(Protocol):
    """A clock that can be put forward."""

    def __call__(self) -> float:
        """Return unix seconds."""
        ...

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        ...


class MovableClock:
    """A clock that stands where it is put, until it is let go with real time.

    Args:
        start: Unix seconds.
    """

    def __init__(self, start: float) -> None:
        self._now = start
        self._live_since: float | None = None

    def __call__(self) -> float:
        """Return unix seconds."""
        if self._live_since is None:
            return self._now
        return self._now + time.monotonic() - self._live_since

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds

    def let_go(self) -> None:
        """Go on with real time from here."""
        self._live_since = time.monotonic()


@dataclass
class Past:
    """Weeks in the life of a list.

    Args:
        http: Calls the sandbox, whose base URL is that of the API.
        clock: The sandbox's clock.
        days: How many days pass.
        arrivals: People who come each day.
        list_name: Name of the list.

    Attributes:
        list_id: Id of the list.
        people: Addresses of those who are on the list.
    """

    http: httpx.Client
    clock: AnyClock
    days: int = 42
    arrivals: int = 4
    list_name: str = "shop_customers"
    people: list[str] = field(default_factory=list[str])
    list_id: str = ""

    def live(self) -> None:
        """Live through the days; the clock stands at their end afterwards."""
        self._prepare()
        for day in range(self.days):
            end = self.clock() + _DAY
            self._arrive(day)
            if day % 7 == 2:
                self.send(day)
            self.clock.advance(_DAY / 2)
            self._buy(day)
            if day % 3 == 2:
                self._leave(day)
            self.clock.advance(max(0.0, end - self.clock()))

    def _call(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        self.clock.advance(_CALL_SECONDS)
        base = str(self.http.base_url).rstrip("/")
        url = f"{base.removesuffix('/v3')}{path}" if path.startswith("/_") else f"{base}{path}"
        answer = self.http.request(method, url, json=body, params=query)
        if answer.is_error:
            raise ValueError(f"{method} {path}: {answer.text}")
        return answer.json() if answer.content else None

    def _prepare(self) -> None:
        types = dict.fromkeys(("email", "api", "import", "webform"), "single")
        new = {"name": self.list_name, "optinTypes": types}
        self.list_id = self._call("POST", "/campaigns", new)["campaignId"]
        self._tags = [self._call("POST", "/tags", {"name": name})["tagId"] for name in _TAGS]
        field_body: dict[str, Any] = {
            "name": "home_city",
            "type": "string",
            "format": "text",
            "hidden": "false",
            "values": [],
        }
        self._city = self._call("POST", "/custom-fields", field_body)["customFieldId"]
        self._sender = self._call("GET", "/from-fields")[0]["fromFieldId"]
        shop = {"name": "Garden shop", "locale": "EN", "currency": "EUR"}
        self._shop = self._call("POST", "/shops", shop)["shopId"]
        variants = [
            {"name": f"size {place}", "sku": f"GARDEN-{place}", "price": price, "priceTax": price}
            for place, price in enumerate(_PRICES)
        ]
        product = {"name": "Watering can", "categories": [], "variants": variants}
        made = self._call("POST", f"/shops/{self._shop}/products", product)
        self._variants = [each["variantId"] for each in made["variants"]]

    def _arrive(self, day: int) -> None:
        for place in range(self.arrivals):
            number = day * self.arrivals + place
            email = f"person{number:04}@example.com"
            person: dict[str, Any] = {
                "email": email,
                "name": f"Person {number}",
                "campaign": {"campaignId": self.list_id},
                "customFieldValues": [
                    {"customFieldId": self._city, "value": [_CITIES[number % len(_CITIES)]]}
                ],
                "tags": [{"tagId": self._tags[number % len(_TAGS)]}],
            }
            self._call("POST", "/contacts", person)
            self.people.append(email)
        self.clock.advance(900)

    def send(self, day: int) -> None:
        """Send a newsletter to the list, within a minute."""
        links = '<p><a href="https://shop.example/garden">Garden</a></p>'
        newsletter = {
            "subject": f"News of week {day // 7 + 1}",
            "fromField": {"fromFieldId": self._sender},
            "campaign": {"campaignId": self.list_id},
            "content": {"html": links},
            "flags": ["clicktrack"],
            "sendSettings": {"selectedCampaigns": [self.list_id]},
        }
        self._call("POST", "/newsletters", newsletter)

    def _leave(self, day: int) -> None:
        if len(self.people) < 3:
            return
        email = self.people.pop(day * 7 % len(self.people))
        reason = _REASONS[day // 3 % len(_REASONS)]
        body = {"list": self.list_id, "email": email, "reason": reason}
        self._call("POST", "/_sandbox/remove", body)

    def _buy(self, day: int) -> None:
        for email in self._buyers(day):
            query = {"query[email]": email, "query[campaignId]": self.list_id}
            found = self._call("GET", "/contacts", **query)
            if not found:
                continue
            place = day % len(_PRICES)
            bought = {"variantId": self._variants[place], "quantity": 1, "price": _PRICES[place]}
            order = {
                "contactId": found[0]["contactId"],
                "totalPrice": _PRICES[place],
                "currency": "EUR",
                "externalId": f"order-{day}-{email}",
                "selectedVariants": [{**bought, "priceTax": bought["price"]}],
                "processedAt": datetime.fromtimestamp(self.clock(), UTC).strftime(
                    "%Y-%m-%dT%H:%M:%S+0000"
                ),
            }
            self._call("POST", f"/shops/{self._shop}/orders", order)

    def _buyers(self, day: int) -> Iterator[str]:
        """Who buys on a day: more of them when a newsletter was sent the day before."""
        buyers = 3 if day % 7 in (2, 3) else 1
        for place in range(buyers):
            yield self.people[(day * 5 + place * 11) % len(self.people)]

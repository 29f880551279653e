"""Follow the links of a message: dead ones are errors.  Asks public hosts only, within limits.

Links stand in a text that others may have written, so they are never followed into the network of
the machine that checks them, except to hosts that are named as one's own.
"""

from __future__ import annotations

import asyncio
import html
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx

from prefect_getresponse.newsletters.content.findings import Finding, Findings, Severity
from prefect_getresponse.newsletters.content.syntax import Content
from prefect_getresponse.settings import GetResponseSettings
from prefect_getresponse.sources.storage.public_hosts import MOVED, PrivateHost, bound

MOST = 200
"""Different links that are followed."""
SIDE_BY_SIDE = 8
SECONDS = 60.0
"""For all links together."""
REDIRECTS = 5
_GONE = frozenset({404, 410})
_NO_HEAD = frozenset({400, 403, 404, 405, 410, 501})
"""Answers of servers that may mean HEAD only: GET is asked before a link counts as dead."""
_MARKUP = ("html", ".htm")
"""Ends of the names of parts in which an address is written as HTML."""
_NO_SUCH_NAME = frozenset({socket.EAI_NONAME, socket.EAI_NODATA})


@dataclass(frozen=True)
class _Verdict:
    """What became of a link."""

    severity: Severity
    rule: str
    message: str
    advice: str


_ADVICE = "Open it in a browser before you send."


@dataclass(frozen=True)
class LinkCheck:
    """Follows the links of messages.

    Attributes:
        own_hosts: Hosts that may be asked although they are in a private network.
        transport: What carries requests; None for the network.
        seconds_each: Longest time for one link.
    """

    own_hosts: frozenset[str] = frozenset()
    transport: httpx.AsyncBaseTransport | None = None
    seconds_each: float = 10.0

    @classmethod
    def from_settings(cls) -> Self:
        """Return a check that knows the hosts which the setting `LINK_HOSTS` names."""
        named = GetResponseSettings().link_hosts.split(",")
        return cls(frozenset(each.strip().lower() for each in named if each.strip()))

    async def findings(self, contents: Mapping[str, Content]) -> list[Finding]:
        """Follow all links of a message.

        Args:
            contents: Its parts by name.
        """
        places = _places(contents)
        found = list[Finding]()
        if len(places) > MOST:
            said = f"The message has {len(places)} different links; {MOST} were followed."
            found.append(Finding(Severity.NOTICE, "many-links", said, _ADVICE, "html"))
        verdicts = await self._follow(list(places)[:MOST])
        unknown = [url for url, each in verdicts.items() if each and each.rule == "no-such-host"]
        if unknown and len(unknown) == len(verdicts):
            said = "None of the links' hosts is known here."
            advice = "If this machine has no Internet access, check them on another one."
            return [*found, Finding(Severity.WARNING, "links-not-checked", said, advice, "html")]
        for url, verdict in verdicts.items():
            if verdict is not None:
                facts = (verdict.severity, verdict.rule, verdict.message, verdict.advice)
                found += [Finding(*facts, *place) for place in places[url]]
        return found

    async def _follow(self, urls: list[str]) -> dict[str, _Verdict | None]:
        """Follow links side by side; those that time does not allow have a verdict, too."""
        turns = asyncio.Semaphore(SIDE_BY_SIDE)
        verdicts: dict[str, _Verdict | None] = {
            url: _uncertain("did not answer in time") for url in urls
        }
        timeout = httpx.Timeout(self.seconds_each)
        async with httpx.AsyncClient(timeout=timeout, transport=self.transport) as client:

            async def one(url: str) -> None:
                async with turns:
                    try:
                        async with asyncio.timeout(self.seconds_each):
                            verdicts[url] = await self._verdict(client, url)
                    except TimeoutError:
                        pass  # it has been said beforehand

            try:
                async with asyncio.timeout(SECONDS):
                    await asyncio.gather(*map(one, urls))
            except TimeoutError:
                pass
        return verdicts

    async def _verdict(self, client: httpx.AsyncClient, url: str) -> _Verdict | None:
        try:
            status = await self._status(client, url)
        except PrivateHost as error:
            return _Verdict(
                Severity.WARNING,
                "private-link",
                f"The link leads into a private network ({error.host}), where readers are not.",
                "Link to a public page; name hosts of your own in LINK_HOSTS.",
            )
        except socket.gaierror as error:
            if error.errno not in _NO_SUCH_NAME:
                return _uncertain("has a host that cannot be looked up now")
            return _Verdict(
                Severity.ERROR,
                "no-such-host",
                f"The link's host {urlsplit(url).hostname} does not exist.",
                "Correct the address.",
            )
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            return _uncertain(f"cannot be reached ({type(error).__name__})")
        if status in _GONE:
            said = f"The link is dead: its page answers {status}."
            return _Verdict(Severity.ERROR, "dead-link", said, "Correct the address.")
        if status is None:
            return _uncertain(f"is redirected more than {REDIRECTS} times")
        return _uncertain(f"answers {status}") if status >= 500 else None

    async def _status(self, client: httpx.AsyncClient, url: str) -> int | None:
        """Return the status in which a link ends; None if it is redirected without end."""
        for _ in range(REDIRECTS + 1):
            answer = await self._ask(client, url)
            target = answer.headers.get("Location", "")
            if answer.status_code not in MOVED or not target:
                return answer.status_code
            url = urljoin(url, target)
        return None

    async def _ask(self, client: httpx.AsyncClient, url: str) -> httpx.Response:
        """Ask for a page without reading it."""
        is_own = (urlsplit(url).hostname or "").lower() in self.own_hosts
        asked: dict[str, Any] = {"url": url} if is_own else await asyncio.to_thread(bound, url)
        answer = await client.head(**asked)
        if answer.status_code in _NO_HEAD:
            async with client.stream("GET", **asked) as answer:
                return answer
        return answer


def _uncertain(what: str) -> _Verdict:
    return _Verdict(Severity.WARNING, "link-fails", f"The link {what}.", _ADVICE)


def _places(contents: Mapping[str, Content]) -> dict[str, list[tuple[str, int, int]]]:
    """Return where each link stands: part, line and column."""
    places = dict[str, list[tuple[str, int, int]]]()
    for part, content in contents.items():
        lines = Findings(part, content.text)
        for url, at in _links(part, content):
            places.setdefault(url, []).append((part, *lines.place(at)))
    return places


def _links(part: str, content: Content) -> Iterator[tuple[str, int]]:
    """Yield the links that are the same for everybody."""
    for address, at in content.links:
        if address:
            written = html.unescape(address) if part.endswith(_MARKUP) else address
            url = urldefrag(written.strip()).url
            if url.lower().startswith(("http://", "https://")):
                yield url, at

"""Links of a message are followed: dead ones are found, private hosts are not asked."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from prefect_getresponse.newsletters.content import links
from prefect_getresponse.newsletters.content.findings import Finding
from prefect_getresponse.newsletters.content.links import LinkCheck
from prefect_getresponse.newsletters.content.message import Message, check_message
from tests.support.names import known_hosts


@pytest.fixture(autouse=True)
def hosts(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    known = {"shop.example": "1.1.1.1", "crm.example": "10.0.0.7", "loop.example": "127.0.0.1"}
    return known_hosts(monkeypatch, known)


class Web:
    """The web: what pages answer, and what was asked."""

    def __init__(self, **pages: httpx.Response | Exception) -> None:
        self.pages = pages
        self.asked: list[tuple[str, str, str]] = []
        self.at_once = self.most = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((request.method, request.url.host, request.url.path))
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        found = self.pages.get(request.url.path.strip("/"), httpx.Response(200))
        if isinstance(found, Exception):
            raise found
        return found


def follow(html: str, web: Web, *own: str, plain: str = "") -> list[Finding]:
    contents = check_message(Message("News", html, plain)).contents
    check = LinkCheck(frozenset(own), httpx.MockTransport(web))
    return asyncio.run(check.findings(contents))


def link(path: str, host: str = "shop.example") -> str:
    return f'<a href="{{{{LINK `https://{host}/{path}`}}}}">x</a>'


def rules(found: list[Finding]) -> list[tuple[str, str, str, int]]:
    return [(str(each.severity), each.rule, each.part, each.line) for each in found]


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        (httpx.Response(404), ("error", "dead-link")),
        (httpx.Response(410), ("error", "dead-link")),
        (httpx.Response(503), ("warning", "link-fails")),
        (httpx.ConnectError("no"), ("warning", "link-fails")),
        (httpx.Response(302, headers={"Location": "/x"}), ("warning", "link-fails")),
        (
            httpx.Response(302, headers={"Location": "https://gone.example/"}),
            ("error", "no-such-host"),
        ),
        (
            httpx.Response(302, headers={"Location": "https://crm.example/"}),
            ("warning", "private-link"),
        ),
        (
            httpx.Response(302, headers={"Location": "file:///etc/passwd"}),
            ("warning", "link-fails"),
        ),
    ],
    ids=["404", "410", "503", "unreachable", "loop", "gone", "private", "file"],
)
def test_a_link_that_fails_is_named_where_it_stands(
    answer: httpx.Response | Exception, rule: tuple[str, str]
) -> None:
    web = Web(x=answer)
    found = follow(f"<p>Hi\n{link('x')} {link('fine')}</p>", web)
    assert rules(found) == [(*rule, "html", 2)]
    assert {host for _, host, _ in web.asked} == {"1.1.1.1"}


@pytest.mark.parametrize("status", [200, 204, 401, 403, 405, 429])
def test_a_page_that_is_there_is_no_finding(status: int) -> None:
    assert follow(link("x"), Web(x=httpx.Response(status))) == []


def test_each_link_is_asked_once_for_all_its_places() -> None:
    web = Web(**{"a b": httpx.Response(404)})
    plain = "{{LINK `https://shop.example/a%20b?x=1&y=2#there`}}"
    found = follow('<a href="https://shop.example/a%20b?x=1&amp;y=2">x</a>', web, plain=plain)
    assert rules(found) == [("error", "dead-link", "html", 1), ("error", "dead-link", "plain", 1)]
    assert [method for method, _, _ in web.asked] == ["HEAD", "GET"]


def test_links_that_depend_on_the_reader_are_left_alone() -> None:
    web = Web()
    assert follow(link("{{CUSTOM `city`}}") + '<a href="{{LINK `me`}}">x</a>', web) == []
    assert web.asked == []


@pytest.mark.parametrize("host", ["crm.example", "loop.example"])
def test_private_hosts_are_asked_only_if_they_are_ones_own(host: str) -> None:
    web = Web()
    assert rules(follow(link("x", host), web)) == [("warning", "private-link", "html", 1)]
    assert web.asked == []
    assert follow(link("x", host), web, host) == []
    assert [asked for _, asked, _ in web.asked] == [host]


def test_a_machine_that_knows_no_host_accuses_no_link(hosts: dict[str, str]) -> None:
    hosts.clear()
    found = follow(link("x") + link("y", "other.example"), Web())
    assert [each.rule for each in found] == ["links-not-checked"]
    hosts["shop.example"] = "1.1.1.1"
    found = follow(link("x") + link("y", "other.example"), Web())
    assert [each.rule for each in found] == ["no-such-host"]


def test_links_are_followed_side_by_side_within_bounds() -> None:
    web = Web()
    found = follow("".join(link(str(number)) for number in range(links.MOST + 5)), web)
    assert [each.rule for each in found] == ["many-links"]
    assert len(web.asked) == links.MOST
    assert 1 < web.most <= links.SIDE_BY_SIDE


def test_a_server_that_never_answers_costs_a_bounded_time() -> None:
    async def silence(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(60)
        raise AssertionError

    contents = check_message(Message("News", link("x"))).contents
    check = LinkCheck(transport=httpx.MockTransport(silence), seconds_each=0.01)
    found = asyncio.run(check.findings(contents))
    assert rules(found) == [("warning", "link-fails", "html", 1)]

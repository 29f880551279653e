"""The credentials block as a person meets it in Prefect's UI, of today and of former times."""

from __future__ import annotations

import re
from typing import Any, cast

import pytest

from prefect_getresponse import GetResponseCredentials, InvalidConfiguration
from tests.browser.conftest import beside_the_browser

pytestmark = pytest.mark.browser

KEY = "typed-0123456789abcdef"
CATALOGUE = "blocks/catalog"
CREATE = f"{CATALOGUE}/getresponse-credentials/create"


class Form:
    """The form of a block, filled in with keyboard and mouse."""

    def __init__(self, page: Any, url: str) -> None:
        self._page = page
        page.goto(url)
        page.locator("label", has_text="Account name").wait_for()

    def field(self, title: str) -> Any:
        """The text field under a title."""
        label = self._label(title)
        return label.locator("xpath=following::*[self::input or self::textarea][1]")

    def type(self, title: str, text: str) -> None:
        """Empty a field and type into it."""
        self.field(title).clear()
        self.field(title).press_sequentially(text)

    def choose(self, title: str, choice: str) -> None:
        """Choose from a list."""
        self._page.get_by_label(f"Select {title}").click()
        self._page.get_by_role("option", name=choice, exact=True).click()

    def switch(self, title: str) -> None:
        """Turn a switch."""
        self._label(title).locator("xpath=following::button[@role='switch'][1]").click()

    def save(self) -> str:
        """Save, and return the address of the block's page."""
        self._page.get_by_role("button", name=re.compile("^(Save|Create)$")).click()
        self._page.wait_for_url(re.compile(r"/blocks/block/[0-9a-f-]{36}$"))
        block = cast(str, self._page.url)
        self._page.goto(block)
        self._page.get_by_text("to use this block").wait_for()
        return block

    def _label(self, title: str) -> Any:
        exactly = re.compile(rf"^\s*{title}( \(Optional\))?\s*$")
        return self._page.locator("label").filter(has_text=exactly).first


def load(name: str) -> GetResponseCredentials:
    return beside_the_browser(lambda: GetResponseCredentials.load(name))


@pytest.fixture(params=["v2/", ""], ids=["today", "former"])
def version(request: pytest.FixtureRequest) -> str:
    """Where a version of the UI is."""
    return cast(str, request.param)


def test_the_catalogue_shows_it(page: Any, ui: str, version: str) -> None:
    page.goto(f"{ui}/{version}{CATALOGUE}")
    page.get_by_placeholder("Search blocks").press_sequentially("getresp")
    page.get_by_text("GetResponse Credentials").first.wait_for()
    page.get_by_text("An ordinary account needs its API key").first.wait_for()


def test_the_form_helps_with_every_field(page: Any, ui: str, version: str) -> None:
    form = Form(page, f"{ui}/{version}{CREATE}")
    for field in GetResponseCredentials.model_fields.values():
        assert form.field(str(field.title)).count() == 1 or field.title == "Allow custom endpoint"
        assert page.get_by_text(str(field.description)).count() == 1


def test_what_is_typed_is_what_python_loads(page: Any, ui: str, version: str) -> None:
    name = f"typed-{'today' if version else 'former'}"
    form = Form(page, f"{ui}/{version}{CREATE}")
    form.type("Name" if version else "Block Name", name)
    form.type("Account name", "main")
    form.type("API key", KEY)
    block = form.save()

    assert KEY not in page.content()
    credentials = load(name)
    assert (credentials.account_name, credentials.platform) == ("main", "GetResponse")
    assert credentials.api_key.get_secret_value() == KEY
    assert KEY not in repr(credentials)

    form = Form(page, f"{block}/edit")
    assert KEY not in form.field("API key").input_value()
    form.type("Time zone", "Europe/Warsaw")
    form.save()

    credentials = load(name)
    assert credentials.time_zone == "Europe/Warsaw"
    assert credentials.api_key.get_secret_value() == KEY


def test_an_account_of_max_on_a_test_host(page: Any, ui: str) -> None:
    form = Form(page, f"{ui}/v2/{CREATE}")
    form.type("Name", "max")
    form.type("API key", KEY)
    form.choose("Platform", "GetResponse MAX PL")
    form.type("MAX domain", "example.com")
    form.type("Custom endpoint", "http://127.0.0.1:8088/v3")
    form.switch("Allow custom endpoint")
    form.save()

    credentials = load("max")
    assert (credentials.platform, credentials.domain) == ("GetResponse MAX PL", "example.com")
    assert credentials.endpoint == "http://127.0.0.1:8088/v3"


def test_a_wrong_combination_is_refused_when_it_is_loaded(page: Any, ui: str, version: str) -> None:
    name = f"wrong-{'today' if version else 'former'}"
    form = Form(page, f"{ui}/{version}{CREATE}")
    form.type("Name" if version else "Block Name", name)
    form.type("API key", KEY)
    form.type("OAuth client id", "an-application")
    block = form.save()
    with pytest.raises(
        InvalidConfiguration, match="either an API key or an OAuth client, not both"
    ):
        load(name)

    form = Form(page, f"{block}/edit")
    form.type("OAuth client id", "")
    form.save()
    assert load(name).api_key.get_secret_value() == KEY

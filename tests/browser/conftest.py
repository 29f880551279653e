"""A browser before a Prefect server with its UI; both start only where they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from scripts.prefect_ui import browser, missing, served

T = TypeVar("T")


@pytest.fixture(scope="session")
def ui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of Prefect's UI; settings of this process point to its server."""
    if reason := missing():
        pytest.skip(reason)
    with (
        served(tmp_path_factory.mktemp("home")) as url,
        temporary_settings({PREFECT_API_URL: f"{url}/api"}),
    ):
        yield url


@pytest.fixture(scope="session")
def _context(ui: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with browser(tmp_path_factory.mktemp("profile")) as context:
        yield context


@pytest.fixture
def page(_context: Any) -> Iterator[Any]:
    """A new page of the browser."""
    opened = _context.new_page()
    yield opened
    opened.close()


def beside_the_browser(work: Callable[[], T]) -> T:
    """Run something in a thread: in the browser's own, Playwright has an event loop running."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(copy_context().run, work).result()

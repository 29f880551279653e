"""A Prefect server with its UI, and a browser before it: for `tests/browser/` and the pictures.

Playwright is no part of the development lock (`requirements/install.sh browser` brings it), so it
has no types here.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx

from prefect_getresponse.cli.demonstration import isolated

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_QUIETLY = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_START_SECONDS = 300


def missing() -> str:
    """What keeps a browser from being driven here, in a sentence; empty if nothing does."""
    if find_spec("playwright") is None:
        return "playwright is not installed: requirements/install.sh browser brings it"
    if not _browser():
        return f"there is no browser: install one of {', '.join(_BROWSERS)}"
    return ""


@contextmanager
def served(home: Path) -> Generator[str]:
    """Run a Prefect server with its UI, on a database of its own, and yield its address.

    Args:
        home: Folder for all that Prefect writes.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "prefect", "server", "start", "--port", port]
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "--host", "127.0.0.1"],
            env=isolated(os.environ, str(home)) | {"PREFECT_API_URL": f"{url}/api"},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_for(f"{url}/api/health", server)
        yield url
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(60)


@contextmanager
def browser(profile: Path, **options: Any) -> Generator[Any]:
    """Start a browser without a window, which talks to this machine only.

    Args:
        profile: Empty folder for what the browser keeps.
        options: What Playwright's `launch_persistent_context` takes.

    Yields:
        Playwright's context; the logos of blocks, which their owners host, are grey in it.
    """
    sync_playwright = import_module("playwright.sync_api").sync_playwright
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=_browser(), args=_QUIETLY, **options
        )
        context.route(_elsewhere, _answer_in_grey)
        yield context
        context.close()


def _browser() -> str | None:
    return next(filter(None, map(shutil.which, _BROWSERS)), None)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if httpx.get(url, trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise TimeoutError(f"the Prefect server did not answer at {url}")


def _elsewhere(url: str) -> bool:
    return httpx.URL(url).host not in ("127.0.0.1", "")


def _answer_in_grey(route: Any) -> None:
    if route.request.resource_type != "image":
        route.abort()
        return
    grey = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
    route.fulfill(body=grey, content_type="image/svg+xml")

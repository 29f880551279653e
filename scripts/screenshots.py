"""Take the pictures of the documentation: `make screenshots`.

A nightly import is set up as a newcomer would do it: block in the UI, deployment, worker, run. What
the browser shows on the way is written to docs/images/. Nothing outside this machine is asked.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import httpx
from rich.console import Console
from rich.markdown import Markdown

from prefect_getresponse.cli.demonstration import isolated, write_customers
from prefect_getresponse.sandbox import Sandbox
from scripts.approval_form import ApprovalForm
from scripts.prefect_ui import browser, missing, served

T = TypeVar("T")

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
DEPLOYMENT = "nightly-contact-import/nightly"
RELEASES = "release-newsletter/release"
KEY = "sandbox-key"
RELEASE = """subject: News of spring
preheader: Ten ideas for your balcony
sender: owner@example.com
html: |
  <p>Hi {{CONTACT `subscriber_first_name` `friend`}},</p>
  <p><a href="{{LINK `http://shop.example/spring`}}">See what is new</a></p>
plain: |
  Hi {{CONTACT `subscriber_first_name` `friend`}},
  see what is new: {{LINK `https://shop.example/spring`}}
audience:
  list: newsletter
send_on: 2097-03-20T10:00:00
time_zone: Europe/Warsaw
"""
ROWS = 20_000
TITLE = "prefect-getresponse import customers.csv --list newsletter"
WIDTH, HEIGHT = 1200, 800
PATIENCE = 300.0


def main() -> int:
    """Take all pictures anew."""
    if reason := missing():
        sys.stderr.write(f"screenshots: {reason}\n")
        return 2
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="prefect-") as folder, served(Path(folder)) as url:
        home = Path(folder)
        write_customers(home / "customers.csv", ROWS)
        (home / "profile").mkdir()
        window = {"viewport": {"width": WIDTH, "height": HEIGHT}, "device_scale_factor": 1.5}
        with (
            Sandbox(api_key=KEY, speed=20).serve() as sandbox,
            browser(home / "profile", **window) as context,
        ):
            _Photographer(context.new_page(), url).tour(home, sandbox.url)
    return 0


class _Photographer:
    def __init__(self, page: Any, url: str) -> None:
        self._page = page
        self._ui = f"{url}/v2"
        self._api = f"{url}/api"

    def tour(self, home: Path, sandbox: str) -> None:
        """Go the way of a newcomer."""
        self.block(sandbox)
        environment = isolated(os.environ, str(home)) | {
            "PREFECT_API_URL": self._api,
            "PREFECT_INTEGRATIONS_GETRESPONSE_SETTLE_SECONDS": "30",
        }
        deployments = ROOT / "deployments" / "prefect.yaml"
        _prefect(environment, "work-pool", "create", "getresponse", "--type", "process")
        _prefect(environment, "--no-prompt", "deploy", "--all", "--prefect-file", str(deployments))
        deployment = self._get(f"deployments/name/{DEPLOYMENT}")["id"]
        self._open(f"deployments/deployment/{deployment}/run", "Parameters")
        self._take("run-form", height=1000)
        values = {"source": home / "customers.csv", "list_name": "newsletter"}
        values |= {"create_list": "true"}
        given = [word for name in values for word in ("-p", f"{name}={values[name]}")]
        with _worker(environment):
            _prefect(environment, "deployment", "run", DEPLOYMENT, *given)
            run = self._wait(self._sending)
            self._open(f"runs/flow-run/{run}?tab=Artifacts", "Running")
            self._take("flow-run", height=900)
            self._wait(lambda: self._is(run, "Completed"))
            _prefect(environment, "deployment", "run", RELEASES, *_release(home))
            _prefect(environment, "deployment", "run", RELEASES, *_release(home, hours=0.02))
            self.release()
        self._open(f"deployments/deployment/{deployment}", "Completed")
        self._take("deployment", height=600)
        self.artifacts(run)

    def block(self, sandbox: str) -> None:
        """Find the block, fill it in and save it."""
        page = self._page
        self._open("blocks/catalog", "GetResponse Credentials")
        page.get_by_placeholder("Search blocks").press_sequentially("getresp")
        page.wait_for_timeout(1000)
        self._take("block-catalogue", height=540)
        self._open("blocks/catalog/getresponse-credentials/create", "Account name")
        page.get_by_label("Name", exact=True).fill("main")
        page.get_by_label("Account name").fill("main")
        page.get_by_label("API key").fill(KEY)
        page.mouse.click(WIDTH - 5, 5)
        self._take("block-form", height=1000)
        page.get_by_label("Custom endpoint", exact=False).first.fill(sandbox)
        page.get_by_role("switch").click()
        page.get_by_role("button", name="Save").click()
        page.get_by_text("to use this block").wait_for()
        self._take("block-saved", height=420)

    def artifacts(self, run: str) -> None:
        """What an import leaves behind."""
        for artifact in self._post("artifacts", artifacts={"flow_run_id": {"any_": [run]}}):
            for what in ("plan", "report", "rejects"):
                if f"-{what}-" in f"{artifact['key']}-":
                    self._open(f"artifacts/artifact/{artifact['id']}", artifact["key"])
                    self._take(what, height=1000 if what == "report" else HEIGHT)
            if "-report-" in f"{artifact['key']}-":
                self._take_terminal(artifact["data"])

    def release(self) -> None:
        """Approve a newsletter, and let the approval of another one expire."""
        run = self._wait(lambda: self._suspended("release of spring to main"))
        late = self._wait(lambda: self._suspended("release of late to main"))
        form = ApprovalForm(self._page, f"{self._ui}/runs/flow-run/{run}")
        self._take("approval-question", height=1000)
        self._page.set_viewport_size({"width": WIDTH, "height": 1000})
        form.submit()
        self._take("approval-refused", height=1000)
        form.sign("Ann")
        form.decide("approve")
        form.submit()
        self._wait(lambda: self._is(run, "Completed"))
        for artifact in self._post("artifacts", artifacts={"flow_run_id": {"any_": [run]}}):
            if "-release-report-" in artifact["key"]:
                self._open(f"artifacts/artifact/{artifact['id']}", artifact["key"])
                self._take("release-report")
        self._wait(lambda: self._is(late, "Failed"))
        self._open(f"runs/flow-run/{late}?tab=Details", "Failed")
        self._take("approval-expired", height=1080)

    def _suspended(self, name: str) -> str | None:
        found = self._post("flow_runs", flow_runs={"name": {"any_": [name]}})
        return next((str(x["id"]) for x in found if x["state"]["name"] != "Running"), None)

    def _is(self, run: str, state: str) -> bool:
        return bool(self._get(f"flow_runs/{run}")["state"]["name"] == state)

    def _take_terminal(self, markdown: str) -> None:
        console = Console(record=True, width=100, file=io.StringIO(), force_terminal=True)
        console.print(Markdown(markdown))
        picture = re.sub(r"@font-face \{.*?\}", "", console.export_svg(title=TITLE), flags=re.S)
        self._page.set_content(f'<body style="margin:0">{picture}</body>')
        self._save("terminal", self._page.locator("svg").first.screenshot())

    def _sending(self) -> str | None:
        """The flow run, when a part of the rows is sent and a part is not."""
        for progress in self._post("artifacts", artifacts={"type": {"any_": ["progress"]}}):
            if "sending" in str(progress["description"]) and progress["data"] > 45:
                return str(progress["flow_run_id"])
        return None

    def _open(self, path: str, sign: str) -> None:
        self._page.goto(f"{self._ui}/{path}")
        self._page.get_by_text(sign).first.wait_for()
        self._page.wait_for_timeout(1500)  # what comes after the first texts: tables, graphs

    def _take(self, name: str, height: int = HEIGHT) -> None:
        """Keep what stands beside the navigation."""
        self._page.set_viewport_size({"width": WIDTH, "height": height})
        self._page.wait_for_timeout(500)
        left = self._page.locator("main").first.bounding_box()["x"]
        area = {"x": left, "y": 0, "width": WIDTH - left, "height": height}
        self._save(name, self._page.screenshot(clip=area))
        self._page.set_viewport_size({"width": WIDTH, "height": HEIGHT})

    def _save(self, name: str, picture: bytes) -> None:
        (IMAGES / f"{name}.png").write_bytes(picture)
        sys.stdout.write(f"screenshots: {name}.png, {len(picture) / 1000:.0f} kB\n")

    def _get(self, path: str) -> Any:
        return httpx.get(f"{self._api}/{path}", trust_env=False).raise_for_status().json()

    def _post(self, what: str, **query: Any) -> list[dict[str, Any]]:
        answer = httpx.post(f"{self._api}/{what}/filter", json=query, trust_env=False)
        return cast("list[dict[str, Any]]", answer.raise_for_status().json())

    def _wait(self, ask: Callable[[], T | None]) -> T:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if answer := ask():
                return answer
            time.sleep(0.3)
        raise TimeoutError("the import did not come to where its picture is taken")


def _release(home: Path, hours: float = 24) -> list[str]:
    """Write a release, and return the parameters of its run."""
    file = home / ("spring.yaml" if hours > 1 else "late.yaml")
    file.write_text(RELEASE)
    given = {"release": file, "approval_hours": hours, "statistics": "", "check_links": "false"}
    return [word for name, value in given.items() for word in ("-p", f"{name}={value}")]


def _prefect(environment: dict[str, str], *words: str) -> None:
    command = [sys.executable, "-m", "prefect", *words]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def _worker(environment: dict[str, str]) -> Generator[None]:
    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "getresponse"]
    worker = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(PATIENCE)


if __name__ == "__main__":
    sys.exit(main())

"""The nightly import as a flow: what a person sees of it in Prefect."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import yaml
from prefect import flow
from prefect.automations import Automation
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.flow_engine import run_flow as run_flow_engine

from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.accounts.shared_limits import reset_limits
from prefect_getresponse.contact_import.display import flow_artifacts
from prefect_getresponse.contact_import.ledger import MachineFailed
from prefect_getresponse.contact_import.report import ImportFailed, ImportReport
from prefect_getresponse.flows.nightly_contact_import import nightly_contact_import
from prefect_getresponse.reporting import flow_progress
from prefect_getresponse.runtime.flow_words import in_flow_words
from prefect_getresponse.sources.errors import SourceNotFound
from tests.docs.blocks import ROOT, blocks_of
from tests.support.fast_sandbox import CAMPAIGN, KEY, FastSandbox, fast_sandbox, set_waits

pytestmark = pytest.mark.xdist_group("prefect")

run_flow: Callable[..., Any] = nightly_contact_import
"""The flow, for options that come as one dictionary."""

flow_module = import_module(nightly_contact_import.fn.__module__)
PAGE_WITH_AUTOMATION = ROOT / "docs" / "how-to" / "operate.md"
PHASES = ("check", "read", "plan", "send", "verify", "report")
PEOPLE = ["jane@example.com", "john@example.com", "mary@example.com"]


class Prefect:
    """What a Prefect server knows.

    Attributes:
        url: Address of its API.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    def find(self, what: str, **query: Any) -> list[dict[str, Any]]:
        """Objects of a kind."""
        answer = httpx.post(f"{self.url}/{what}/filter", json=query, timeout=30, trust_env=False)
        assert answer.is_success, answer.text
        found = answer.json()
        return cast(list[dict[str, Any]], found["events"] if what == "events" else found)

    def flow_runs(self, limit: int) -> list[dict[str, Any]]:
        """The flow runs that were started last; scheduled ones have not been started."""
        begun = {"start_time": {"is_null_": False}}
        return self.find("flow_runs", sort="START_TIME_DESC", limit=limit, flow_runs=begun)

    def latest_flow_run(self) -> dict[str, Any]:
        """The flow run that was started last."""
        return self.flow_runs(1)[0]

    def artifacts(self, flow_run: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Artifacts of a flow run by what they are."""
        only = {"artifacts": {"flow_run_id": {"any_": [flow_run["id"]]}}}
        named = [artifact for artifact in self.find("artifacts", **only) if artifact["key"]]
        return {artifact["key"].split("-")[2]: artifact for artifact in named}

    def everything(self, flow_run: dict[str, Any]) -> str:
        """All that can be read about a flow run, as one text."""
        runs = {"flow_runs": {"id": {"any_": [flow_run["id"]]}}}
        logs = {"logs": {"flow_run_id": {"any_": [flow_run["id"]]}}}
        found: list[Any] = [flow_run, list(self.artifacts(flow_run).values())]
        found += [self.find("task_runs", **runs), self.find("logs", **logs)]
        return json.dumps(found)


@pytest.fixture
def prefect(prefect_server: str) -> Prefect:
    return Prefect(prefect_server)


@pytest.fixture(scope="module")
def account() -> Iterator[FastSandbox]:
    with fast_sandbox() as running:
        yield running


@pytest.fixture(scope="module")
def stored(account: FastSandbox, prefect_server: str) -> str:
    """The name of a block that was stored."""
    GetResponseCredentials.model_validate(
        {"api_key": KEY, "base_url": account.url, "allow_custom_host": True}
    ).save("nightly", overwrite=True)
    return "nightly"


@pytest.fixture
def credentials(account: FastSandbox, stored: str) -> GetResponseCredentials:
    """A block that is loaded by its name; every test has an empty list."""
    account.control("POST", "/reset")
    account.campaign_id = account.api(
        "POST", "/campaigns", {"name": CAMPAIGN, "optinTypes": {"api": "single"}}
    )["campaignId"]
    return GetResponseCredentials.load(stored)


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Options of a small import, and a state folder of its own."""
    set_waits(monkeypatch, tmp_path / "state")
    source = tmp_path / "people.csv"
    rows = [f"{email},Name,yes" for email in PEOPLE] + ["gone@example.com,Gone,no"]
    source.write_text("\n".join(["Email,First Name,Email Marketing Consent", *rows]))
    return {
        "source": str(source),
        "list_name": CAMPAIGN,
    }


def test_a_night_as_prefect_shows_it(
    account: FastSandbox,
    prefect: Prefect,
    credentials: GetResponseCredentials,
    options: dict[str, Any],
) -> None:
    report = run_flow(credentials, **options)

    assert isinstance(report, ImportReport)
    assert report.verdicts["added"] == len(PEOPLE)
    assert sum(report.verdicts.values()) == report.rows_read == 4
    assert set(account.people()) == set(PEOPLE)

    flow_run = prefect.latest_flow_run()
    assert flow_run["state_type"] == "COMPLETED"
    assert flow_run["state"]["message"] == "3 added, 1 excluded"
    assert flow_run["name"] == f"{CAMPAIGN} from people.csv"
    runs = prefect.find("task_runs", flow_runs={"id": {"any_": [flow_run["id"]]}})
    assert {run["name"] for run in runs} == {*PHASES, "assets"}
    assert {run["state_type"] for run in runs} == {"COMPLETED"}

    artifacts = prefect.artifacts(flow_run)
    assert artifacts.keys() == {"progress", "plan", "report", "rejects", "history"}
    [night] = re.findall(r"^\| \d{4}-.*$", artifacts["history"]["data"], re.MULTILINE)
    assert night.split("|")[2:9] == [" 4 ", " 3 ", " 0 ", " 1 ", " 0 ", " 0 ", " 3 "]
    assert "3" in artifacts["plan"]["data"]
    assert "Sending starts now" in artifacts["plan"]["data"]
    assert "Balanced" in artifacts["report"]["data"]
    [refused] = json.loads(artifacts["rejects"]["data"])
    assert (refused["row"], refused["reason"]) == (5, "no_consent")
    assert refused["address"] == "g***@example.com"
    assert refused["why"]
    assert artifacts["rejects"]["description"].startswith("Rows to look at: 1. All of them are in")
    assert artifacts["progress"]["data"] == 100
    assert artifacts["progress"]["description"] == "done"
    assert not artifacts["progress"]["task_run_id"]  # one a flow run


def test_neither_key_nor_addresses_are_shown(
    account: FastSandbox,
    prefect: Prefect,
    credentials: GetResponseCredentials,
    options: dict[str, Any],
) -> None:
    account.faults({"method": "POST", "path": "/v3/contacts", "kind": "status", "status": 400})
    run_flow(credentials, **options, max_reject_ratio=1)

    shown = prefect.everything(prefect.latest_flow_run())

    assert "people.csv" in shown
    assert KEY not in shown
    for email in [*PEOPLE, "gone@example.com"]:
        assert email not in shown


def test_one_event_says_how_it_went(
    account: FastSandbox,
    prefect: Prefect,
    credentials: GetResponseCredentials,
    options: dict[str, Any],
) -> None:
    report = run_flow(credentials, **options)

    wanted = {"event": {"name": ["getresponse.import.completed"]}}
    deadline = time.monotonic() + 20
    found: list[dict[str, Any]] = []
    while not found and time.monotonic() < deadline:
        events = prefect.find("events", filter=wanted, limit=50)
        found = [event for event in events if event["payload"]["run_id"] == report.run_id]
        time.sleep(0.1)
    [event] = found
    assert event["payload"]["verdicts"] == report.verdicts
    resource = event["resource"]
    assert resource["prefect.resource.id"] == f"getresponse.campaign.{account.campaign_id}"
    assert resource["prefect.resource.name"] == CAMPAIGN
    assert resource["getresponse.rejects"] == "none"
    related = [each["prefect.resource.id"] for each in event["related"]]
    assert "getresponse.account.default" in related


def test_a_second_night_writes_nothing(
    account: FastSandbox, credentials: GetResponseCredentials, options: dict[str, Any]
) -> None:
    run_flow(credentials, **options)
    before = account.writes

    second = run_flow(credentials, **options)

    assert second.verdicts["unchanged"] == len(PEOPLE)
    assert account.writes == before


def test_a_dry_run_leaves_the_plan_and_sends_nothing(
    account: FastSandbox,
    prefect: Prefect,
    credentials: GetResponseCredentials,
    options: dict[str, Any],
) -> None:
    before = account.writes

    report = run_flow(credentials, **options, dry_run=True)

    assert report.verdicts["planned"] == len(PEOPLE)
    assert account.writes == before
    flow_run = prefect.latest_flow_run()
    assert flow_run["name"] == f"{CAMPAIGN} from people.csv (dry run)"
    artifacts = prefect.artifacts(flow_run)
    assert "Nothing was sent" in artifacts["plan"]["data"]
    assert [row["verdict"] for row in json.loads(artifacts["rejects"]["data"])] == ["excluded"]


def failed(state: State[Any]) -> ImportFailed:
    assert state.is_failed()
    error = cast(Any, state).result(raise_on_failure=False)
    assert isinstance(error, ImportFailed)
    assert error.report is not None
    return error


def test_questions_are_the_plan_and_the_state_of_the_run(
    account: FastSandbox,
    prefect: Prefect,
    credentials: GetResponseCredentials,
    options: dict[str, Any],
) -> None:
    rows = [f"{number}@example.com,{'Zap' if number % 2 else 'Fnord'}" for number in range(60)]
    Path(options["source"]).write_text("\n".join(["Email,Blurg", *rows]))
    before = account.writes

    state = run_flow(credentials, **options, return_state=True)

    assert state.is_failed()
    assert "Blurg=consent:Zap" in str(state.message)
    plan = prefect.artifacts(prefect.latest_flow_run())["plan"]["data"]
    assert "a column has to be decided before anything is sent" in plan
    assert "- `Blurg=consent:Zap`" in plan
    assert account.writes == before

    report = run_flow(credentials, **options, mapping="Blurg=consent:Zap")
    assert report.verdicts["added"] == report.verdicts["excluded"] == 30


def test_a_run_vouches_for_whoever_started_it(
    credentials: GetResponseCredentials, options: dict[str, Any]
) -> None:
    Path(options["source"]).write_text("\n".join(["Email", *PEOPLE]))
    report = run_flow(credentials, **options, vouched=True, vouched_by="Ola")
    assert report.vouched["by"] == "Ola"


def test_a_plan_over_the_reject_limit_fails_the_run_before_anything_is_sent(
    account: FastSandbox,
    prefect: Prefect,
    credentials: GetResponseCredentials,
    options: dict[str, Any],
) -> None:
    with Path(options["source"]).open("a") as file:
        file.write("\nbroken,Broken,yes\n")
    before = account.writes

    state = run_flow(credentials, **options, return_state=True)

    assert state.is_failed()
    assert "25.0%" in str(state.message)
    assert account.writes == before
    artifacts = prefect.artifacts(prefect.latest_flow_run())
    assert "Needs attention" in artifacts["plan"]["data"]
    reasons = {row["reason"] for row in json.loads(artifacts["rejects"]["data"])}
    assert reasons == {"no_consent", "invalid_email"}


def test_too_many_rejects_fail_the_run_and_the_report_is_there(
    prefect: Prefect, credentials: GetResponseCredentials, options: dict[str, Any]
) -> None:
    with Path(options["source"]).open("a") as file:
        file.write("\nghost@rejected.example,Ghost,yes\n")

    error = failed(run_flow(credentials, **options, return_state=True))

    assert "25.0%" in str(error)
    flow_run = prefect.latest_flow_run()
    assert flow_run["state_type"] == "FAILED"
    assert "Needs attention" in prefect.artifacts(flow_run)["report"]["data"]


def log_of(prefect: Prefect, flow_run: dict[str, Any]) -> list[str]:
    """Lines of a run's log, when its last one has arrived."""
    only = {"logs": {"flow_run_id": {"any_": [flow_run["id"]]}}}
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = prefect.find("logs", sort="TIMESTAMP_ASC", limit=200, **only)
        lines = [each["message"] for each in found]
        if any("Finished in state" in each["message"] for each in found if not each["task_run_id"]):
            return lines
        time.sleep(0.2)
    raise TimeoutError("the log did not arrive")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"max_reject_ratio": 0.0}, "1 row cannot be imported, 25.0%"),
        ({"max_reject_ratio": 2.0}, "max_reject_ratio"),
    ],
)
def test_the_log_of_a_failed_run_is_short_and_ends_with_what_to_do(
    prefect: Prefect,
    credentials: GetResponseCredentials,
    options: dict[str, Any],
    change: dict[str, Any],
    says: str,
) -> None:
    with Path(options["source"]).open("a") as file:
        file.write("\nbroken,Broken,yes\n")

    state = run_flow(credentials, **{**options, **change}, return_state=True)

    error = state.result(raise_on_failure=False)
    assert says in str(error)
    assert state.message is not None
    assert state.message == in_flow_words(str(error), nightly_contact_import.parameters.properties)
    assert "--" not in state.message
    lines = log_of(prefect, prefect.latest_flow_run())
    assert "Traceback" not in "\n".join(lines)
    assert state.message in lines[-1]


def test_a_missing_source_is_logged_without_the_way_to_it(
    prefect: Prefect, credentials: GetResponseCredentials, options: dict[str, Any]
) -> None:
    state = run_flow(credentials, **{**options, "source": "/nowhere.csv"}, return_state=True)

    error = state.result(raise_on_failure=False)
    assert isinstance(error, SourceNotFound)
    lines = log_of(prefect, prefect.latest_flow_run())
    assert "there is no file /nowhere.csv" in lines[-1]
    traceback = "\n".join(lines)
    assert traceback.count("Traceback") == 1  # the task's own
    assert "contact_import/sources" not in traceback


def no_memory(*_arguments: object, **_options: object) -> Any:
    raise MemoryError


def no_file(*_arguments: object, **_options: object) -> Any:
    raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))


def no_thread(*_arguments: object, **_options: object) -> Any:
    raise RuntimeError("can't start new thread")


def no_prefect(*_arguments: object, **_options: object) -> Any:
    raise httpx.ConnectError("All connection attempts failed")


@pytest.mark.parametrize(
    ("phase", "fails", "said"),
    [
        ("read", no_memory, "memory is used up"),
        ("FlowProgress", no_thread, "no further threads"),
        ("send", no_file, "no further files"),
    ],
)
def test_what_the_machine_has_none_left_of_is_the_sentence_of_the_run(
    credentials: GetResponseCredentials,
    options: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    phase: str,
    fails: Any,
    said: str,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(flow_module, phase, fails)
        state = run_flow(credentials, **options, return_state=True)
    assert isinstance(state.result(raise_on_failure=False), MachineFailed)
    assert said in str(state.message)
    assert "goes on where it stopped" in str(state.message)
    assert run_flow(credentials, **options).verdicts["added"] == len(PEOPLE)


@pytest.mark.parametrize(
    ("module", "shown"),
    [
        (flow_artifacts, "create_markdown_artifact"),
        (flow_artifacts, "create_table_artifact"),
        (flow_progress, "create_progress_artifact"),
    ],
)
def test_artifacts_that_prefect_does_not_take_stop_nothing(
    account: FastSandbox,
    credentials: GetResponseCredentials,
    options: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    module: Any,
    shown: str,
) -> None:
    monkeypatch.setattr(module, shown, no_prefect)
    report = run_flow(credentials, **options)

    assert report.problem is None
    assert set(account.people()) == set(PEOPLE)
    assert "could not be shown (ConnectError)" in caplog.text


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        ("verify_contacts", "3 taken by GetResponse and not yet looked for"),
        ("report_import", "3 added"),
        ("record_assets", "3 added"),
    ],
)
def test_a_prefect_that_is_gone_after_sending_hides_nothing_of_what_was_sent(
    account: FastSandbox,
    credentials: GetResponseCredentials,
    options: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    gone: str,
    told: str,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(flow_module, gone, no_prefect)
        with suppress(httpx.ConnectError):
            run_flow(credentials, **options)

    assert told in caplog.text
    assert list((tmp_path / "state").glob("*-report.json"))
    run_flow(credentials, **options)
    sent = [call for call in account.log if call["path"] == "/v3/contacts"]
    assert sum(call["method"] == "POST" for call in sent) == len(PEOPLE)


def test_a_key_refused_in_the_middle_fails_the_run_and_the_next_goes_on(
    account: FastSandbox, credentials: GetResponseCredentials, options: dict[str, Any]
) -> None:
    account.faults(
        {"method": "POST", "path": "/v3/contacts", "kind": "status", "status": 401}
        | {"after": 1, "times": 99}
    )
    error = failed(run_flow(credentials, **options, return_state=True))
    assert "90 days" in str(error)
    assert error.report is not None
    assert not error.report.balanced
    assert sum(error.report.verdicts.values()) == 4

    account.faults()
    report = run_flow(credentials, **options)

    assert report.run_id == error.report.run_id
    assert set(account.people()) == set(PEOPLE)
    accepted = [
        call for call in account.log if call["path"] == "/v3/contacts" and call["status"] == 202
    ]
    assert len(accepted) == len(PEOPLE)


async def test_it_can_be_called_from_an_async_flow(
    account: FastSandbox,
    prefect: Prefect,
    credentials: GetResponseCredentials,
    options: dict[str, Any],
) -> None:
    @flow
    async def night() -> ImportReport:
        return cast(ImportReport, run_flow(credentials, **options))

    report = await night()

    assert report.verdicts["added"] == len(PEOPLE)
    runs = prefect.flow_runs(2)
    artifacts = [prefect.artifacts(run) for run in runs]
    assert {"progress", "plan", "report", "rejects", "history"} in [
        found.keys() for found in artifacts
    ]


def test_a_changed_source_settles_an_interrupted_run(
    account: FastSandbox, credentials: GetResponseCredentials, options: dict[str, Any]
) -> None:
    account.faults(
        {"method": "POST", "path": "/v3/contacts", "kind": "status", "status": 401}
        | {"after": 1, "times": 99}
    )
    run_flow(credentials, **options, return_state=True)
    account.faults()
    with Path(options["source"]).open("a") as file:
        file.write("\nnew@example.com,New,yes\n")

    report = run_flow(credentials, **options)

    assert set(account.people()) == {*PEOPLE, "new@example.com"}
    assert report.balanced
    accepted = [
        call for call in account.log if call["path"] == "/v3/contacts" and call["status"] == 202
    ]
    assert len(accepted) == len(PEOPLE) + 1


def test_the_form_of_a_run_explains_every_parameter() -> None:
    """Prefect shows these texts as they are: no marks of reST or Markdown."""
    parameters = nightly_contact_import.parameters.properties
    assert list(parameters)[:3] == nightly_contact_import.parameters.required
    assert not [name for name, each in parameters.items() if not each.get("description")]
    assert not [name for name, each in parameters.items() if "`" in each["description"]]


def test_too_many_rejects_pause_the_deployment_by_the_automation_of_the_docs(
    prefect: Prefect, credentials: GetResponseCredentials, options: dict[str, Any]
) -> None:
    [automation] = [block for block in blocks_of(PAGE_WITH_AUTOMATION) if block.title]
    Automation.model_validate(yaml.safe_load(automation.text)).create()
    with get_client(sync_client=True) as client:
        flow_id = client.create_flow(nightly_contact_import)
        deployment = client.create_deployment(flow_id, name="watched")
        flow_run = client.create_flow_run_from_deployment(deployment)
        with Path(options["source"]).open("a") as file:
            file.write("\nbroken,Broken,yes\n")

        parameters = {"credentials": credentials, **options}
        run_flow_engine(
            nightly_contact_import, flow_run=flow_run, parameters=parameters, return_type="state"
        )

        deadline = time.monotonic() + 60
        while not client.read_deployment(deployment).paused:
            assert time.monotonic() < deadline, "nothing has happened"
            time.sleep(0.5)


def test_a_cancelled_run_reports_what_was_done_and_is_resumed(
    account: FastSandbox,
    prefect: Prefect,
    credentials: GetResponseCredentials,
    options: dict[str, Any],
    tmp_path: Path,
) -> None:
    delay = {"method": "POST", "path": "/v3/contacts", "kind": "delay", "seconds": 300.0}
    account.faults(delay | {"after": 1, "times": 9})
    program = (
        "from prefect_getresponse import GetResponseCredentials as Block\n"
        "from prefect_getresponse.flows.nightly_contact_import import nightly_contact_import\n"
        "import json, sys\n"
        "nightly_contact_import(Block.load('nightly'), **json.loads(sys.argv[1]))\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, json.dumps(options)],
        env=os.environ | {"PREFECT_API_URL": prefect.url, "PREFECT_HOME": str(tmp_path / "home")},
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 90
    while sum(call["path"] == "/v3/contacts" for call in account.log) < 3:
        assert child.poll() is None, child.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)

    child.terminate()
    _, said = child.communicate(timeout=25)
    reset_limits(credentials.account_name)  # this server takes back no leases of the dead

    assert child.returncode == -signal.SIGTERM, said
    flow_run = prefect.latest_flow_run()
    assert flow_run["state_type"] == "CRASHED"  # nobody asked Prefect to cancel it
    artifacts = prefect.artifacts(flow_run)
    assert "interrupted" in artifacts["report"]["data"]
    assert artifacts["progress"]["description"].startswith("stopped")
    assert "Traceback" not in said
    [line] = [line for line in said.splitlines() if " - stopped: " in line]
    undecided = re.findall(r"(\d+) (?:taken by GetResponse|in doubt|not sent)", line)
    assert sum(map(int, undecided)) == len(PEOPLE)
    assert line.endswith("run again resumes where it stopped.")

    account.faults()
    report = run_flow(credentials, **options)
    assert set(account.people()) == set(PEOPLE)
    assert report.balanced
    assert account.writes.count(("POST", "/v3/contacts")) == len(PEOPLE)

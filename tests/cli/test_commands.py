"""The command line, as people and schedulers use it."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from rich.console import Console

from prefect_getresponse import cli
from prefect_getresponse.cli import console
from prefect_getresponse.tasks import operation_rows
from tests.support.fast_sandbox import CAMPAIGN, KEY, FastSandbox, only_settings

PERSON = "jane@example.com"
UNUSABLE = f"/{'x' * 300}/report"
"""A path that the operating system refuses to look at, as it does where there is no permission."""
PROGRAM = str(Path(sys.executable).with_name("prefect-getresponse"))


@pytest.fixture
def account(
    fast: FastSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FastSandbox]:
    """A sandbox that the settings of this process lead to; no Prefect server is known."""
    for name in os.environ:
        if name.startswith("PREFECT_INTEGRATIONS_") or name == "PREFECT_API_URL":
            monkeypatch.delenv(name)
    settings = fast.settings(tmp_path / "home", STATE_DIR=str(tmp_path / "state"))
    for name, text in only_settings(settings).items():
        monkeypatch.setenv(name, text)
    with temporary_settings(restore_defaults={PREFECT_API_URL}):
        yield fast


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A source of one person."""
    path = tmp_path / "people.csv"
    path.write_text(f"Email,First Name,Accepts Email Marketing\n{PERSON},Jane,yes\n")
    return path


def test_import_prints_the_report_and_writes_it_as_json(
    account: FastSandbox, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "report.json"

    code = cli.run(["import", str(source), "--list", CAMPAIGN, "--json", str(file)])

    printed = capsys.readouterr()
    report = json.loads(file.read_text(encoding="utf-8"))
    assert code == 0
    assert "Balanced" in printed.out
    assert "reading ..." in printed.err
    assert report["verdicts"]["added"] == report["rows_read"] == 1
    assert report["balanced"] is True
    assert report["error"] is None
    assert set(account.people()) == {PERSON}
    assert list((tmp_path / "state").glob("*.sqlite"))


def test_dry_run_sends_nothing(
    account: FastSandbox, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = account.writes

    assert cli.run(["import", str(source), "--list", CAMPAIGN, "--dry-run"]) == 0
    assert "Nothing was sent" in capsys.readouterr().out
    assert account.writes == before


def test_create_list_creates_it_once(account: FastSandbox, source: Path) -> None:
    words = ["import", str(source), "--list", "fresh", "--create-list"]

    assert cli.run(words) == 0
    assert cli.run(words) == 0

    assert set(account.people(account.campaign("fresh"))) == {PERSON}
    assert account.writes.count(("POST", "/v3/campaigns")) == 2  # the other is the fixture's


def test_map_and_tsv(account: FastSandbox, tmp_path: Path) -> None:
    path = tmp_path / "people.tsv"
    path.write_text(f"Contact\tCall them\n{PERSON}\tJane=J\n")

    words = ["import", str(path), "--list", CAMPAIGN, "--vouch"]
    assert cli.run([*words, "--map", "Contact=email", "Call them=name"]) == 0
    assert account.people()[PERSON]["name"] == "Jane=J"


@pytest.mark.parametrize(
    ("words", "error", "says"),
    [
        (["{source}", "--list", "missing"], "CampaignNotFound", "--create-list"),
        (["{source}", "--list", "TWICE"], "AmbiguousCampaign", "Give the id"),
        (["/missing.csv", "--list", CAMPAIGN], "SourceNotFound", "Check the path"),
        (["{empty}", "--list", CAMPAIGN], "EmptySource", "Check the export"),
        (["{header}", "--list", CAMPAIGN], "EmptySource", ""),
        (["{colours}", "--list", CAMPAIGN], "MappingError", "--map"),
        (["{source}", "--list", CAMPAIGN, "--map", "Nope=email"], "MappingError", "columns are"),
        (["{source}", "--list", CAMPAIGN, "--map", "Email=nope"], "MappingError", "Fields are"),
        (["{source}", "--list", CAMPAIGN, "--map", "Email"], "MappingError", "COLUMN=FIELD"),
        (
            ["{source}", "--list", CAMPAIGN, "--map", "Email=email", "Email=name"],
            "MappingError",
            "twice",
        ),
        (["{source}", "--list", CAMPAIGN, "--max-reject-ratio", "2"], "InvalidArguments", "ratio"),
        (["{source}", "--list", CAMPAIGN, "--mode", "replace"], "error: Invalid value", "replace"),
        (["{source}", "--list", CAMPAIGN, "--encoding", "klingon"], "UnreadableSource", "klingon"),
        (["{source}", "--list", CAMPAIGN, "--block", "mine"], "InvalidArguments", "PREFECT_API_"),
        (["{source}", "--list", CAMPAIGN, "--json", "/missing/report.json"], "", "/missing"),
        (["{source}", "--list", CAMPAIGN, "--json", UNUSABLE], "InvalidArguments", "written"),
        ([f"{UNUSABLE}/*.csv", "--list", CAMPAIGN], "SourceNotFound", "Check the path"),
        (["{source}"], "error: Command", "--list"),
    ],
)
def test_what_cannot_work_is_one_line_and_code_2(
    account: FastSandbox,
    source: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    error: str,
    says: str,
) -> None:
    for name in ("Twice", "twice"):
        account.api("POST", "/campaigns", {"name": name})
    files = {"source": source}
    for name, text in (("empty", ""), ("header", "Email\n"), ("colours", "Colour\nred\n")):
        files[name] = tmp_path / f"{name}.csv"
        files[name].write_text(text)
    before = account.writes

    code = cli.run(["import", *(word.format_map(files) for word in words)])

    printed = capsys.readouterr()
    assert code == 2
    [line] = printed.err.splitlines()
    assert error in line
    assert says in line
    assert printed.out == ""
    assert account.writes == before


def test_a_wrong_key_is_one_line_and_code_2(
    account: FastSandbox,
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PREFECT_INTEGRATIONS_GETRESPONSE_API_KEY", "another-secret-key")
    before = account.writes

    assert cli.run(["import", str(source), "--list", CAMPAIGN]) == 2

    [line] = capsys.readouterr().err.splitlines()
    assert "AuthenticationFailed" in line
    assert "90 days" in line
    assert "another-secret-key" not in line
    assert account.writes == before


def test_without_a_key_the_settings_are_named(
    account: FastSandbox,
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("PREFECT_INTEGRATIONS_GETRESPONSE_API_KEY")

    assert cli.run(["import", str(source), "--list", CAMPAIGN]) == 2

    [line] = capsys.readouterr().err.splitlines()
    assert "PREFECT_INTEGRATIONS_GETRESPONSE_API_KEY" in line
    assert account.log[1:] == []


def test_a_key_refused_in_the_middle_is_code_1_and_the_same_command_goes_on(
    account: FastSandbox, tmp_path: Path
) -> None:
    source, file = tmp_path / "people.csv", tmp_path / "report.json"
    people = [f"person{number}@example.com" for number in range(20)]
    source.write_text("Email\n" + "\n".join(people))
    words = ["import", str(source), "--list", CAMPAIGN, "--vouch", "--json", str(file)]
    account.faults(
        {"method": "POST", "path": "/v3/contacts", "kind": "status", "status": 401, "after": 5}
        | {"times": 100}
    )

    assert cli.run(words) == 1
    broken = json.loads(file.read_text(encoding="utf-8"))
    assert "90 days" in broken["error"]
    assert broken["balanced"] is False
    assert sum(broken["verdicts"].values()) == 20

    account.faults()
    assert cli.run(words) == 0
    assert json.loads(file.read_text(encoding="utf-8"))["verdicts"]["added"] == 20
    assert set(account.people()) == set(people)
    accepted = [
        call for call in account.log if call["path"] == "/v3/contacts" and call["status"] == 202
    ]
    assert len(accepted) == 20


def test_a_plan_over_the_reject_limit_is_code_2_and_nothing_is_sent(
    account: FastSandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, file = tmp_path / "people.csv", tmp_path / "report.json"
    source.write_text(f"Email\n{PERSON}\nbroken\n")
    words = ["import", str(source), "--list", CAMPAIGN, "--vouch", "--json", str(file)]
    before = account.writes

    assert cli.run(words) == 2
    stopped = json.loads(file.read_text(encoding="utf-8"))
    assert stopped["verdicts"]["rejected"] == stopped["verdicts"]["planned"] == 1
    assert "50.0%" in stopped["error"]
    assert stopped["questions"] == []
    assert len(stopped["plan_hash"]) == 32
    assert "invalid_email" in Path(stopped["rejects_file"]).read_text("utf-8")
    assert "Needs attention" in capsys.readouterr().out
    assert account.writes == before

    assert cli.run([*words, "--max-reject-ratio", "0.5"]) == 0
    assert set(account.people()) == {PERSON}


def test_rejects_that_appear_after_sending_are_code_1(account: FastSandbox, tmp_path: Path) -> None:
    source, file = tmp_path / "people.csv", tmp_path / "report.json"
    source.write_text(f"Email\n{PERSON}\nghost@rejected.example\n")
    words = ["import", str(source), "--list", CAMPAIGN, "--vouch", "--json", str(file)]

    assert cli.run(words) == 1
    assert json.loads(file.read_text(encoding="utf-8"))["verdicts"]["rejected"] == 1


@pytest.mark.parametrize("command", [[], ["import"], ["sandbox"], ["demo"], ["oauth", "login"]])
def test_every_command_has_help_with_an_example(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run([*command, "--help"]) == 0
    printed = capsys.readouterr().out
    assert "prefect-getresponse" in printed
    assert not command or "Example:" in printed


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["sandbox", "--speed", "0"],
        ["sandbox", "--port", "-1"],
        ["demo", "--rows", "0"],
        ["demo", "--json", "/missing/report.json"],
    ],
)
def test_other_commands_refuse_nonsense_with_code_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(words) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    "words", [["import", "people.csv", "--list", CAMPAIGN], ["doctor"], ["limits", "show"]]
)
def test_a_server_that_does_not_give_the_block_is_one_line_and_code_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
        assert cli.run([*words, "--block", "main"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "Check PREFECT_API_URL" in line


def test_the_program_runs_as_a_process_of_its_own(
    fast: FastSandbox, source: Path, tmp_path: Path
) -> None:
    done = subprocess.run(
        [PROGRAM, "import", str(source), "--list", CAMPAIGN],
        env=fast.settings(tmp_path / "home"),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    assert "Balanced" in done.stdout
    assert KEY not in done.stdout + done.stderr
    assert PERSON not in done.stdout + done.stderr
    assert set(fast.people()) == {PERSON}
    assert list((tmp_path / "home" / "getresponse").glob("*.sqlite"))
    assert not list((tmp_path / "home").rglob("*.db"))  # no Prefect server was started


class TestOperations:
    def test_as_json(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.run(["operations", "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == operation_rows()

    def test_as_lines(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.run(["operations"]) == 0

        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == len(operation_rows())
        assert "prefect_getresponse.tasks.tags.get_tag  GET  /tags/{tagId}" in lines
        assert any(line.endswith("/tags/{tagId}  deprecated") for line in lines)

    def test_as_a_table_on_a_terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        terminal = Console(file=io.StringIO(), force_terminal=True, width=200, record=True)
        monkeypatch.setattr(console, "out", terminal)

        assert cli.run(["operations"]) == 0

        shown = terminal.export_text()
        assert f"{len(operation_rows())} operations" in shown
        assert re.search(r"tags +│ get_tag +│ GET +│ /tags/\{tagId\}", shown)


def test_doctor_says_what_is_wrong_and_how_wrong_as_an_exit_code(
    account: FastSandbox, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    writes = account.writes

    assert cli.run(["doctor", "--list", "missing", "--source", str(source)]) == 1
    printed = capsys.readouterr().out
    assert "problem: lists: no list is named 'missing'" in printed
    assert "ok: key: accepted" in printed

    assert cli.run(["doctor", "--list", CAMPAIGN, "--source", str(source), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["outcome"] == "ok"
    assert account.writes == writes
    assert {"check", "outcome", "found", "advice"} == report["findings"][0].keys()
    assert KEY not in json.dumps(report)


def test_doctor_says_when_it_could_not_look(
    account: FastSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_INTEGRATIONS_GETRESPONSE_API_KEY", "")
    assert cli.run(["doctor"]) == 2
    monkeypatch.setenv("PREFECT_INTEGRATIONS_GETRESPONSE_API_KEY", "wrong")
    assert cli.run(["doctor"]) == 1


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_the_list_of_commands_says_what_a_command_says_of_itself(name: str) -> None:
    command = cli.application([name])[name]
    assert command.help.partition("\n\n")[0].replace("\n", " ") == cli.COMMANDS[name][1]


def test_the_list_of_commands_needs_neither_prefect_nor_httpx() -> None:
    script = """
import sys
from prefect_getresponse import cli
assert cli.run(["--help"]) == 0
sys.exit({"prefect", "httpx", "pydantic"} & {*sys.modules} or 0)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")

"""Questions at a terminal: they are asked there, and only there; then the plan is confirmed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prefect_getresponse import cli
from tests.support.fast_sandbox import CAMPAIGN, FastSandbox
from tests.support.terminals import at_a_terminal

pytestmark = pytest.mark.xdist_group("forks")

AGREED = [f"yes{number}@example.com" for number in range(40)]
DECLINED = [f"no{number}@example.com" for number in range(20)]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A source with a column in a language that nobody speaks."""
    rows = [*(f"{email},Zap" for email in AGREED), *(f"{email},Fnord" for email in DECLINED)]
    path = tmp_path / "people.csv"
    path.write_text("\n".join(["Email,Blurg", *rows]), "utf-8")
    return path


@pytest.fixture
def empty(fast: FastSandbox) -> str:
    """A new list."""
    name = f"dialogue-{len(fast.log)}"
    fast.api("POST", "/campaigns", {"name": name, "optinTypes": {"api": "single"}})
    return name


def test_answers_are_asked_the_plan_is_confirmed_and_then_it_is_sent(
    fast: FastSandbox, source: Path, empty: str, tmp_path: Path
) -> None:
    environment = fast.settings(tmp_path / "home")
    words = ["import", str(source), "--list", empty]

    code, seen = at_a_terminal(words, "0\n1\nyes\n", environment)

    assert code == 0, seen
    assert '"Blurg": 40 Zap, 20 Fnord' in seen
    assert "Type a number from 1 to" in seen  # there is no answer 0
    assert "--map Blurg=consent:Zap" in seen
    assert f"Send this to the list {empty}?" in seen
    assert set(fast.people(fast.campaign(empty))) == set(AGREED)


@pytest.mark.parametrize("keys", ["1\nno\n", "7\n"])
def test_nothing_is_sent_if_somebody_stops(
    fast: FastSandbox, source: Path, empty: str, tmp_path: Path, keys: str
) -> None:
    words = ["import", str(source), "--list", empty]
    code, seen = at_a_terminal(words, keys, fast.settings(tmp_path / "home"))
    assert code == 2, seen
    assert fast.people(fast.campaign(empty)) == {}


def test_no_input_asks_nothing(fast: FastSandbox, source: Path, empty: str, tmp_path: Path) -> None:
    words = ["import", str(source), "--list", empty, "--no-input"]
    code, seen = at_a_terminal(words, "1\nyes\n", fast.settings(tmp_path / "home"))
    assert code == 2, seen
    assert "--map Blurg=consent:Zap" in seen


def test_somebody_vouches_at_a_terminal(fast: FastSandbox, empty: str, tmp_path: Path) -> None:
    source, file = tmp_path / "people.csv", tmp_path / "report.json"
    source.write_text("Email\njane@example.com\n", "utf-8")
    words = ["import", str(source), "--list", empty, "--json", str(file)]
    code, seen = at_a_terminal(words, "yes\nyes\n", fast.settings(tmp_path / "home"))
    assert code == 0, seen
    assert "--vouch" in seen
    assert "@" in json.loads(file.read_text("utf-8"))["vouched"]["by"]


def test_answers_of_map_are_kept_and_used(
    fast: FastSandbox, source: Path, empty: str, tmp_path: Path
) -> None:
    file = tmp_path / "people.toml"
    environment = fast.settings(tmp_path / "home")

    code, seen = at_a_terminal(["map", str(source), "--to", str(file)], "1\n", environment)
    assert code == 0, seen
    assert 'yes = ["Zap"]' in file.read_text("utf-8")

    words = ["import", str(source), "--list", empty, "--mapping", str(file)]
    code, seen = at_a_terminal(words, "", environment)
    assert code == 0, seen
    assert set(fast.people(fast.campaign(empty))) == set(AGREED)


def test_without_a_terminal_the_questions_are_json_and_code_2(
    fast: FastSandbox,
    source: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, text in fast.settings(tmp_path / "home").items():
        monkeypatch.setenv(name, text)
    file, before = tmp_path / "report.json", fast.writes

    assert cli.run(["import", str(source), "--list", CAMPAIGN, "--json", str(file)]) == 2

    stopped = json.loads(file.read_text("utf-8"))
    [question] = [each for each in stopped["questions"] if each["column"]]
    assert question["column"] == "Blurg"
    assert question["counts"] == {"Zap": 40, "Fnord": 20}
    assert "Blurg=consent:Zap" in question["map"]
    assert {"taken_for", "kinds"} < question.keys()
    assert "a column has to be decided" in stopped["error"]
    assert "plan_hash" in stopped
    assert "--map Blurg=consent:Zap" in capsys.readouterr().err
    assert fast.writes == before

    for answer in question["map"]:
        words = ["import", str(source), "--list", CAMPAIGN, "--dry-run", "--map", answer]
        vouch = [] if "=consent:" in answer else ["--vouch"]
        assert cli.run([*words, *vouch]) == 0, answer


def test_map_prints_the_lines_for_a_deployment(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["map", str(source), "--map", "Blurg=consent:Zap"]

    assert cli.run([*words, "--print"]) == 0
    assert capsys.readouterr().out.strip() == "Blurg=consent:Zap"

    file = tmp_path / "kept.toml"
    assert cli.run([*words, "--to", str(file), "--quote", "none", "--dates", "day-first"]) == 0
    assert 'quote = "none"\ndates = "day-first"' in file.read_text("utf-8")
    file.unlink()
    assert cli.run([*words, "--to", str(file)]) == 0
    assert cli.run(["map", str(source), "--to", str(file)]) == 0  # its answers are kept
    capsys.readouterr()
    assert cli.run(["map", str(file), "--print"]) == 0
    assert capsys.readouterr().out.strip() == "Blurg=consent:Zap"
    assert cli.run(["map", str(source), "--to", "/missing/kept.toml", "--map", "Blurg=-"]) == 2

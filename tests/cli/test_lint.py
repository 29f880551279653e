"""`prefect-getresponse lint` and `preview`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prefect_getresponse import cli
from tests.newsletters.test_release_file import GOOD, HTML


@pytest.fixture
def release(tmp_path: Path) -> Path:
    (tmp_path / "news.html").write_text(HTML + " {{CUSTOM `city` `town`}}")
    (tmp_path / "spring.yaml").write_text(GOOD.replace("2027", "2097"))
    return tmp_path / "spring.yaml"


def test_findings_are_lines_that_editors_understand(
    release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = release.with_name("bad.html")
    bad.write_text("<p>\n  Hi {{ name }}</p>")
    assert cli.run(["lint", str(release), str(bad)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith(f"{bad}:2:6: error: ") for line in lines), lines
    assert lines[-1].startswith("1 error, 1 warning, ")
    assert cli.run(["lint", str(release)]) == 0
    assert cli.run(["lint", str(release), "--strict"]) == 1


def test_findings_are_told_to_machines_as_json(
    release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.run(["lint", "--json", str(release)])
    found = json.loads(capsys.readouterr().out)
    assert {"severity", "rule", "message", "advice", "part", "line", "column"} == found[0].keys()


def test_a_preview_shows_what_a_person_would_read(
    release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["preview", str(release), "--part", "html"]
    assert cli.run([*words, "--field", "city=Gdansk"]) == 0
    assert "Gdansk" in capsys.readouterr().out
    assert cli.run(words) == 0
    assert "town" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [["lint"], ["lint", "missing.html"], ["lint", "missing.yaml"], ["preview", "missing.yaml"]],
)
def test_what_cannot_be_read_is_told_in_a_line(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(words) == 2
    assert capsys.readouterr().err.startswith("error: ")

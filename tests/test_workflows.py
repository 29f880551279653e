"""The workflows run what the project has, with pinned actions and no more rights than they need."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PINNED = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")

each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)


def jobs(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))["jobs"]
    return found


def commands(file: Path) -> Iterator[str]:
    for job in jobs(file).values():
        yield from (step["run"] for step in job.get("steps", []) if "run" in step)


@each_file
def test_actions_are_pinned_by_commit_with_their_version(file: Path) -> None:
    used = re.findall(r"uses: (.+)", file.read_text("utf-8"))
    assert [each for each in used if not each.startswith("./") and not PINNED.fullmatch(each)] == []


def test_an_action_has_one_pin() -> None:
    used = {use for file in FILES for use in re.findall(r"uses: (\w.+)", file.read_text("utf-8"))}
    names = [use.partition("@")[0] for use in used]
    assert len(names) == len(set(names)) > 0


@each_file
def test_only_named_jobs_may_write(file: Path) -> None:
    workflow = yaml.safe_load(file.read_text("utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    writers = {name for name, job in workflow["jobs"].items() if "permissions" in job}
    assert writers == ({"attest", "publish", "announce"} if file.stem == "release" else set())


@each_file
def test_every_job_ends(file: Path) -> None:
    assert [
        name for name, job in jobs(file).items() if not job.keys() & {"timeout-minutes", "uses"}
    ] == []


@each_file
def test_targets_exist(file: Path) -> None:
    rules = re.findall(r"^([a-z -]+):", MAKEFILE, re.MULTILINE)
    targets = {target for rule in rules for target in rule.split()}
    wanted = {word for text in commands(file) for word in re.findall(r"make ([a-z-]+)", text)}
    assert wanted <= targets


def test_every_supported_python_is_tried() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    locked = jobs(ROOT / ".github" / "workflows" / "ci.yml")["locked"]
    assert locked["strategy"]["matrix"]["python"] == named

"""One declaration and one row of the table are all that a new operation takes."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("early")  # too long to be among the last

ROOT = Path(__file__).parent.parent
ADDED = "createMascot"

# What shows a new operation to people, what the sandbox makes of a call, and how it compares with
# its row: in one process, for each imports everything.
LOOK = """
import json, httpx, pytest
from prefect_getresponse.tasks import operation_rows
from prefect_getresponse.sandbox import Sandbox
from prefect_getresponse.tasks.mascots import create_mascot
from scripts.write_reference import pages

request = create_mascot.operation.request({"name": "Gert"})
try:
    create_mascot.operation.request({"name": "G"})
except ValueError as error:
    refused = str(error)
headers = {"X-Auth-Token": "api-key sandbox-key"}
url = "https://api.getresponse.com/v3"
with httpx.Client(transport=Sandbox().transport(), base_url=url, headers=headers) as client:
    status = client.post(request.path, json=request.body).status_code
row = [each for each in operation_rows() if each["path"] == "/mascots"]
page = pages()["reference/mascots.md"]
twin = create_mascot.aio.name
quietly = ["-q", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:xdist", "--noconftest"]
pytest.main([*quietly, "tests/test_operation_table.py", "-k", "createMascot or invented"])
print(json.dumps({"row": row, "page": page, "refused": refused, "status": status, "twin": twin}))
"""


def block(language: str, holds: str) -> str:
    """A code block of CONTRIBUTING.md."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return next(each for each in found if holds in each)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with one more operation, as CONTRIBUTING.md adds it."""
    copy = tmp_path_factory.mktemp("project")
    for name in ("prefect_getresponse", "flows", "examples", "scripts", "tests"):
        shutil.copytree(ROOT / name, copy / name, symlinks=True)
    shutil.copy(ROOT / "pyproject.toml", copy)
    package = copy / "prefect_getresponse"
    table = package / "sandbox" / "contract" / "operations.json"
    rows = json.loads(table.read_text("utf-8"))
    rows.append(json.loads(block("json", ADDED)))
    table.write_text(json.dumps(rows), encoding="utf-8")
    (package / "tasks" / "mascots.py").write_text(block("python", "create_mascot"), "utf-8")
    return copy


def run(project: Path, *words: str) -> str:
    """Run Python on the copy."""
    environment = {**os.environ, "PYTHONPATH": str(project)}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_is_compared_with_its_row_and_seen_everywhere(project: Path) -> None:
    *tested, last = run(project, "-c", LOOK).splitlines()
    seen: dict[str, Any] = json.loads(last)

    assert "2 passed" in "\n".join(tested)
    assert [row["task"] for row in seen["row"]] == ["create_mascot"]
    assert seen["twin"] == "create_mascot"
    assert "## create_mascot\n`POST /mascots`" in seen["page"]
    assert "`str` (2 to 64 characters) | required | 2 to 64 characters, unique." in seen["page"]
    assert "create_mascot: name: must have at least 2" in seen["refused"]
    assert seen["status"] == 501

"""Examples of the documentation have no type errors in an editor."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from prefect_getresponse import GetResponseCredentials
from tests.docs.blocks import ROOT, blocks

OPTIONS: dict[str, Any] = {
    "typeCheckingMode": "standard",
    "reportUndefinedVariable": "none",  # many blocks go on where the one before ended
    "pythonVersion": "3.11",
    "venvPath": str(ROOT),
    "venv": ".venv",
    "extraPaths": [str(ROOT)],
}


@pytest.mark.types
def test_examples_have_no_type_errors(tmp_path: Path) -> None:
    names = dict[str, str]()
    for block in blocks("python"):
        file = tmp_path / f"block_{len(names)}.py"
        names[file.name] = block.place
        file.write_text(block.text, "utf-8")
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(OPTIONS))
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--outputjson", "--project", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)
    faults = [
        f"{names[Path(fault['file']).name]}+{fault['range']['start']['line']}: {fault['message']}"
        for fault in found["generalDiagnostics"]
        if fault["severity"] == "error"
    ]
    assert found["summary"]["filesAnalyzed"] == len(names) > 5
    assert faults == []


def test_editors_see_every_field_of_the_block() -> None:
    source = inspect.getsource(GetResponseCredentials)
    declared = source.partition("def __init__(")[2].partition(") -> None")[0]
    seen = {line.split(":")[0].strip() for line in declared.splitlines() if ":" in line}
    assert seen == set(GetResponseCredentials.model_fields)

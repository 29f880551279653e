"""Importing a part of the package brings no more than the part needs."""

import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "prefect_getresponse"


@pytest.mark.parametrize(
    "module", ["prefect_getresponse.client.send", "prefect_getresponse.client.listings.paginate"]
)
def test_the_client_needs_no_prefect(module: str) -> None:
    script = f"""
import sys, types
package = types.ModuleType("prefect_getresponse")
package.__path__ = [{str(PACKAGE)!r}]
sys.modules["prefect_getresponse"] = package
import {module}
sys.exit("prefect" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_one_task_module_brings_no_other() -> None:
    script = """
import sys
import prefect_getresponse.tasks.contacts
print([name for name in sys.modules if name.startswith("prefect_getresponse.tasks.")])
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert eval(done.stdout) == [
        "prefect_getresponse.tasks.common",
        "prefect_getresponse.tasks.contacts",
    ]

"""Commands that need no Prefect server answer without importing Prefect, which takes a second."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.running_sandbox import KEY, RunningSandbox

SCRIPT = """
import sys
from prefect_getresponse import cli

class NoPrefect:
    def find_spec(self, name, path=None, target=None):
        if name == "prefect":
            raise AssertionError("prefect is imported")

sys.meta_path.insert(0, NoPrefect())
for command in (line.split() for line in sys.stdin.read().splitlines()):
    code = cli.run(command)
    assert code == 0, (command, code)
"""
COMMANDS = """
import people.csv --list people --create-list --dry-run
import people.csv --list people --create-list
undo people --dry-run
lists
contacts find a@one.example
operations tag
operations --json
map people.csv --print
lint letter.html
preview letter.html
doctor
inbox show
purge
export --to sqlite:///tables.sqlite --stream lists
"""


def test_they_do_their_work(sandbox: RunningSandbox, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("Email,Name,Consent\na@one.example,A,yes\n")
    (tmp_path / "letter.html").write_text("<p>Hello {{CONTACT `subscriber_name`}}</p>")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    own = {"API_KEY": KEY, "BASE_URL": sandbox.url, "ALLOW_CUSTOM_HOST": "true"}
    settings = {f"PREFECT_INTEGRATIONS_GETRESPONSE_{name}": value for name, value in own.items()}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=COMMANDS.strip(),
        env=kept | settings | {"HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr + done.stdout

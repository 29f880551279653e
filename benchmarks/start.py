"""What it costs to start a command, as a ratio to `import httpx`.

Each is a process of its own, in turn, counted in seconds of processor time. The dry run reads 100
rows and compares them with the empty list of a sandbox; no command here imports Prefect.

    python benchmarks/start.py --rounds 5
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from _customers import write_people

from prefect_getresponse.sandbox import Sandbox

RESULTS = Path(__file__).parent / "results" / "start.json"
PROGRAM = Path(sys.executable).with_name("prefect-getresponse")
KEY = "benchmark-key"
SETTINGS = "PREFECT_INTEGRATIONS_GETRESPONSE_"
BARE = "import httpx"
ROWS = 100


def seconds(words: list[str], environment: dict[str, str]) -> float:
    """Processor time of a program and whatever it starts."""
    before = os.times()
    subprocess.run(
        words, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    after = os.times()
    return sum(after[2:4]) - sum(before[2:4])


def measure(rounds: int) -> dict[str, dict[str, float]]:
    """Start everything in turn.

    Args:
        rounds: How often.

    Returns:
        By what was started: median seconds, and the median of their ratios to `import httpx`.
    """
    with tempfile.TemporaryDirectory() as name, Sandbox(api_key=KEY).serve() as server:
        folder = Path(name)
        write_people(folder / "people.csv", ROWS)
        environment = {
            **{key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ},
            "HOME": name,
            f"{SETTINGS}API_KEY": KEY,
            f"{SETTINGS}BASE_URL": server.url,
            f"{SETTINGS}ALLOW_CUSTOM_HOST": "true",
        }
        dry_run = ["import", str(folder / "people.csv"), "--list", "default_list", "--dry-run"]
        commands = {
            "--version": ["--version"],
            "--help": ["--help"],
            "operations": ["operations"],
            "dry run of 100 rows": [*dry_run, "--vouch", "--state-dir", str(folder / "state")],
        }
        works = {BARE: [sys.executable, "-c", "import httpx"]}
        works |= {what: [str(PROGRAM), *words] for what, words in commands.items()}
        for words in works.values():  # whatever is written once is
            seconds(words, environment)
        spent = [
            {what: seconds(words, environment) for what, words in works.items()}
            for _ in range(rounds)
        ]
    return {
        what: {
            "seconds": statistics.median(each[what] for each in spent),
            "ratio": statistics.median(each[what] / each[BARE] for each in spent),
        }
        for what in works
    }


def main() -> None:
    """Measure, print a table and write the results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="once")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the JSON goes")
    given = parser.parse_args()
    results = measure(1 if given.quick else given.rounds)
    for what, found in results.items():
        print(f"{what:22}{found['seconds']:7.2f} s cpu {found['ratio']:6.2f}x of {BARE}")
    given.output.parent.mkdir(parents=True, exist_ok=True)
    given.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

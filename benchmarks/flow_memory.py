"""Peak memory of the nightly import as a flow, against a flow that does nothing.

Each flow runs in a fresh interpreter, on a Prefect of its own; Prefect's server and the sandbox are
other processes. The first start of that Prefect takes about half a minute.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
from _accounts import HEADERS, prepare, served
from _customers import write_people

from prefect_getresponse.cli.demonstration import isolated

RESULTS = Path(__file__).parent / "results" / "flow_memory.json"
FLOWS = Path(__file__).parent / "_flows.py"
SPEED = 1000.0


def peak(home: Path, *words: str) -> float:
    """Return the peak memory of a flow, in MiB.

    Args:
        home: Folder of the Prefect that it runs on.
        words: Arguments of `_flows.py`.
    """
    done = subprocess.run(
        [sys.executable, str(FLOWS), *words],
        env=isolated(os.environ, str(home)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(done.stdout.splitlines()[-1])


def importing(home: Path, rows: int) -> float:
    """Return the peak memory of importing so many new people, in MiB.

    Args:
        home: Folder of the Prefect that the flow runs on.
        rows: Number of people.
    """
    source, state = home / f"{rows}.csv", home / f"state-{rows}"
    write_people(source, rows)
    with served(SPEED) as url, httpx.Client(headers=HEADERS, trust_env=False) as http:
        prepare(http, url)
        return peak(home, url, str(source), str(state))


def main() -> None:
    """Measure, print a table and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--quick", action="store_true", help="1,000 rows only")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the JSON goes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        idle = peak(Path(folder))
        print(f"{'idle flow':20} {idle:8.1f} MiB")
        results: dict[str, dict[str, float]] = {}
        for rows in [1_000] if options.quick else options.rows:
            mib = importing(Path(folder), rows)
            found = {"mib": mib, "above_idle_mib": mib - idle, "ratio": mib / idle}
            results[f"{rows:,} rows"] = found
            print(f"{rows:12,} rows    {mib:8.1f} MiB  {mib - idle:8.1f} above idle", flush=True)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"idle_mib": idle, "results": results}, indent=2) + "\n"
    options.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

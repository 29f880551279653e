"""Peak memory of reading into a ledger, against a Python that does nothing.

Each size is a fresh interpreter. Most of what little there is are the imports (Prefect's settings
among them), so these are measured by themselves too.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from _customers import write_customers

RESULTS = Path(__file__).parent / "results" / "memory.json"
_PEAK = """
import resource, sys
unit = 2**20 if sys.platform == "darwin" else 2**10
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)
"""
_IMPORTS = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from read_path import read_into_ledger
"""
_READ = "read_into_ledger(Path(sys.argv[2]), Path(sys.argv[3]))\n"


def peak(program: str, *words: str) -> float:
    """Return the peak memory of a program, in MiB."""
    done = subprocess.run(
        [sys.executable, "-c", program + _PEAK, str(Path(__file__).parent), *words],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def reading(rows: int) -> float:
    """Return the peak memory of reading a file of so many rows, in MiB."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customers.csv"
        write_customers(path, rows)
        return peak(_IMPORTS + _READ, str(path), folder)


def main() -> None:
    """Measure, print a table and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--large", action="store_true", help="10,000,000 rows too (5 minutes)")
    parser.add_argument("--quick", action="store_true", help="20,000 rows only")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the JSON goes")
    options = parser.parse_args()
    sizes = [20_000] if options.quick else options.rows + [10_000_000] * options.large
    empty = peak("")
    seen = {"imports alone": peak(_IMPORTS)} | {f"{rows:,} rows": reading(rows) for rows in sizes}
    results = {
        name: {"mib": mib, "above_empty_mib": mib - empty, "ratio": mib / empty}
        for name, mib in seen.items()
    }
    print(f"{'empty Python':20} {empty:8.1f} MiB")
    for name, found in results.items():
        print(f"{name:20} {found['mib']:8.1f} MiB  {found['above_empty_mib']:8.1f} above empty")
    options.output.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"empty_mib": empty, "results": results}, indent=2) + "\n"
    options.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

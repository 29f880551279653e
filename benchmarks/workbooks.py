"""Rows a second of reading an XLSX workbook, as ratios to the same table as CSV and to openpyxl.

The same customers are written once as CSV and once as a workbook. Each reading runs in a process
of its own, so that its peak of memory is its own, too; for the workbook, that of the program that
parses it is told apart. Readings take turns, and the fastest run counts.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import openpyxl
from _customers import write_customers

from prefect_getresponse.sources import open_source

RESULTS = Path(__file__).parent / "results" / "workbooks.json"
READINGS = ("csv", "xlsx", "openpyxl")


def as_workbook(table: Path, workbook: Path) -> None:
    """Write the records of a source as a workbook."""
    source = open_source(table)
    book = openpyxl.Workbook(write_only=True)
    sheet: Any = book.create_sheet("Customers")
    sheet.append(source.columns())
    for _, cells in source.records():
        sheet.append(list(cells))
    book.save(workbook)


def read(how: str, folder: Path) -> None:
    """Read all rows one way, and print the seconds and the peaks of memory in MB."""
    started = time.perf_counter()
    if how == "openpyxl":
        book = openpyxl.load_workbook(folder / "customers.xlsx", read_only=True)
        rows = sum(1 for _ in book.worksheets[0].iter_rows(values_only=True)) - 1
    else:
        rows = sum(1 for _ in open_source(folder / f"customers.{how}").records())
    seconds = time.perf_counter() - started
    own, children = (
        resource.getrusage(who).ru_maxrss >> 10
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(json.dumps({"rows": rows, "seconds": seconds, "mb": own, "mb_of_program": children}))


def measured(how: str, folder: Path) -> dict[str, float]:
    """Read in a process of its own."""
    command = [sys.executable, __file__, "--read", how, "--folder", str(folder)]
    found: dict[str, float] = json.loads(subprocess.check_output(command))
    return found


def main() -> None:
    """Measure, print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--read", choices=READINGS)
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    if chosen.read:
        read(chosen.read, chosen.folder)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_customers(folder / "customers.csv", chosen.rows)
        as_workbook(folder / "customers.csv", folder / "customers.xlsx")
        runs = [{how: measured(how, folder) for how in READINGS} for _ in range(chosen.rounds)]
    best = {
        how: min((run[how] for run in runs), key=lambda run: run["seconds"]) for how in READINGS
    }
    for how, run in best.items():
        speed = run["rows"] / run["seconds"]
        print(
            f"{how:9} {speed:10,.0f} rows/s {run['mb']:6,.0f} MB + {run['mb_of_program']:,.0f} MB"
        )
    seconds = {how: run["seconds"] for how, run in best.items()}
    ratios = {
        "xlsx_to_csv": seconds["xlsx"] / seconds["csv"],
        "openpyxl_to_xlsx": seconds["openpyxl"] / seconds["xlsx"],
    }
    print(", ".join(f"{what} {ratio:.1f}" for what, ratio in ratios.items()))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"rows": chosen.rows, "best": best, **ratios}, indent=1) + "\n")


if __name__ == "__main__":
    main()

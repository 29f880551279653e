"""Rows a second of reading, mapping, validating and finding duplicates, as ratios.

To a bare loop over the same file, by `csv` or, for the same customers as JSON lines, by orjson;
and to polars doing the same where it is installed (`pip install polars`). They come from Parquet
too where the `[arrow]` extra is installed. "In ledger" is what an import does; "columns judged" is
the bare loop and what it costs to look at every cell for answers that nobody has mapped. The works
take turns, and the fastest run counts.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import tempfile
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from _customers import write_customers
from pydantic import SecretStr

from prefect_getresponse.accounts.access import Access
from prefect_getresponse.contact_import.columns.mapping import map_source
from prefect_getresponse.contact_import.columns.source_mapping import SourceMapping
from prefect_getresponse.contact_import.job import Job, Order
from prefect_getresponse.contact_import.judging.contents import ColumnTally
from prefect_getresponse.contact_import.judging.kinds import kind_of
from prefect_getresponse.contact_import.options import ImportOptions
from prefect_getresponse.contact_import.phases.read import read
from prefect_getresponse.contact_import.rows.custom_fields import CustomField
from prefect_getresponse.contact_import.rows.validation import compile_reader
from prefect_getresponse.sources import open_source

RESULTS = Path(__file__).parent / "results" / "read_path.json"
CELLS_AT_ONCE = 200
A_CELL = "microseconds_per_cell"
JUDGED = "ratio_with_judging"
BARE_JSONL = "bare JSON lines"
MAPPING = {"City": "custom:city"}
CITY = CustomField("pF3x", "city")
ADDRESS = r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z][A-Za-z0-9-]+$"


def bare_csv(path: Path) -> None:
    """Loop over the records and do nothing."""
    with path.open(newline="", encoding="utf-8") as file:
        for _ in csv.reader(file):
            pass


def bare_jsonl(path: Path) -> None:
    """Loop over the same records as JSON lines and do nothing."""
    with path.with_suffix(".jsonl").open("rb") as file:
        for line in file:
            orjson.loads(line)


def prepare(path: Path) -> None:
    """Read, map, validate and find duplicates in memory."""
    source = open_source(path)
    reader = compile_reader(map_source(source, MAPPING), custom_fields={"city": CITY})
    _ = {found.key: found.row for found in reader.read(source)}  # the last one wins


def prepare_in_ledger(path: Path) -> None:
    """The whole phase of an import: the same, with every row durable in a ledger."""
    with tempfile.TemporaryDirectory() as folder:
        read_into_ledger(path, Path(folder))


def prepare_jsonl_in_ledger(path: Path) -> None:
    """The same of JSON lines, with the file that `write_jsonl` has left beside the other."""
    prepare_in_ledger(path.with_suffix(".jsonl"))


def read_into_ledger(path: Path, folder: Path) -> None:
    """Read a file into a new ledger; without a list no call is made."""

    async def reading() -> None:
        client = Access(api_key=SecretStr("key")).get_async_client()
        await read(job_of(path, folder), client)

    asyncio.run(reading())


def job_of(path: Path, folder: Path) -> Job:
    """A job that reads a file into a ledger."""
    options = ImportOptions(source=str(path), list_name="benchmark", mapping=SourceMapping(MAPPING))
    return Job(
        order=Order(options),
        key=options.job_key(str(path)),
        location=str(path),
        source_name=path.name,
        columns=(),
        account_name="default",
        campaign=None,
        custom_fields={"city": CITY},
        ledger=folder / "ledger.sqlite",
        started=time.time(),
        calls={},
    )


def judge_columns(path: Path) -> None:
    """Loop over the records and look at every cell, as an import does to judge the columns."""
    with path.open(newline="", encoding="utf-8") as file:
        records = csv.reader(file)
        tallies = [ColumnTally() for _ in next(records)]
        while batch := list(islice(records, CELLS_AT_ONCE)):
            for index, tally in enumerate(tallies):
                tally.feed([cells[index] for cells in batch])
    for tally in tallies:
        kind_of(tally.content())


def polars(path: Path) -> None:
    """The same in polars, as somebody would write it who does not need verdicts."""
    pl: Any = import_module("polars")
    email = pl.col("Email Address").str.strip_chars()
    (
        pl.scan_csv(path, infer_schema=False)
        .filter(email.str.contains(ADDRESS))
        .filter(pl.col("Marketing Consent").str.to_lowercase().is_in(["yes", "true", "1"]))
        .with_columns(
            key=email.str.to_lowercase(),
            name=pl.concat_str("First Name", "Last Name", separator=" ", ignore_nulls=True),
            tags=pl.col("Tags").str.split(",").list.eval(pl.element().str.strip_chars()),
        )
        .unique("key", keep="last", maintain_order=True)
        .collect()
    )


def prepare_parquet(path: Path) -> None:
    """The same as `prepare`, with the file that `write_parquet` has left beside the other."""
    prepare(path.with_suffix(".parquet"))


def write_jsonl(path: Path) -> None:
    """Write the records of a CSV file as JSON lines beside it."""
    with (
        path.open(newline="", encoding="utf-8") as file,
        path.with_suffix(".jsonl").open("wb") as to,
    ):
        to.writelines(orjson.dumps(record) + b"\n" for record in csv.DictReader(file))


def write_parquet(path: Path) -> None:
    """Write the records of a CSV file as Parquet beside it."""
    csv_module: Any = import_module("pyarrow.csv")
    parquet: Any = import_module("pyarrow.parquet")
    parquet.write_table(csv_module.read_csv(path), path.with_suffix(".parquet"))


def seconds(works: Mapping[str, Callable[[Path], None]], path: Path, runs: int) -> dict[str, float]:
    """Return the shortest time that each work took.

    They take turns, so that whatever else the machine does slows all of them.
    """
    shortest = dict.fromkeys(works, float("inf"))
    for _ in range(runs):
        for name, work in works.items():
            started = time.perf_counter()
            work(path)
            shortest[name] = min(shortest[name], time.perf_counter() - started)
    return shortest


def bare_of(name: str) -> str:
    """The bare loop that a work is compared with."""
    return BARE_JSONL if "JSON" in name else "bare csv"


def measure(rows: int, runs: int) -> dict[str, dict[str, float]]:
    """Measure everything on the same customers.

    Returns:
        By what was measured: rows a second, and times as long as the bare loop.
    """
    works = {
        "bare csv": bare_csv,
        "columns judged": judge_columns,
        "prepare": prepare,
        "prepare, in ledger": prepare_in_ledger,
        BARE_JSONL: bare_jsonl,
        "JSON lines, in ledger": prepare_jsonl_in_ledger,
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customers.csv"
        write_customers(path, rows)
        write_jsonl(path)
        if find_spec("pyarrow"):
            write_parquet(path)
            works["prepare, from Parquet"] = prepare_parquet
        if find_spec("polars"):
            works["polars"] = polars
        taken = seconds(works, path, runs)
        columns = len(open_source(path).columns())
    results = {
        name: {"rows_per_second": rows / took, "ratio": took / taken[bare_of(name)]}
        for name, took in taken.items()
    }
    both = {"csv": "prepare, in ledger", "JSON lines": "JSON lines, in ledger"}
    judged = taken["columns judged"] - taken["bare csv"]
    for bare, in_ledger in both.items():
        results[in_ledger][JUDGED] = taken[in_ledger] / (taken[f"bare {bare}"] + judged)
    judging = taken["columns judged"] - taken["bare csv"]
    results["columns judged"][A_CELL] = judging / rows / columns * 1e6
    return results


def main() -> None:
    """Measure, print a table and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000, help="customers in the file")
    parser.add_argument("--runs", type=int, default=3, help="runs of each; the fastest counts")
    parser.add_argument("--quick", action="store_true", help="20,000 rows, one run")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the JSON goes")
    options = parser.parse_args()
    rows, runs = (20_000, 1) if options.quick else (options.rows, options.runs)
    results = measure(rows, runs)
    for name, seen in results.items():
        print(
            f"{name:22} {seen['rows_per_second']:12,.0f} rows/s  {seen['ratio']:6.2f} of"
            f" {bare_of(name)}"
            + (f", {seen[JUDGED]:.2f} with the columns judged" if JUDGED in seen else "")
            + (f"  {seen[A_CELL]:.2f} us a cell" if A_CELL in seen else "")
        )
    options.output.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"rows": rows, "results": results}, indent=2) + "\n"
    options.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

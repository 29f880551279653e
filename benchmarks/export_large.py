"""What an export of very many people costs, against the least that a program can do.

The sandbox would need longer for a million people than all that is measured here, so a server
answers with pages that it makes as it goes: nobody comes or goes. `export.py` has the changes.

    csv loop    httpx and orjson, page by page, written as CSV
    idle        a Python that has imported the flow, and does nothing
    ours        into SQLite, and into Parquet files
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from _made_account import MadeAccount, serving
from export import KEY, LOOP, environment_of, measured, of_sink

RESULTS = Path(__file__).parent / "results" / "export_large.json"
LIST = {"campaignId": "Cx2", "name": "customers", "href": "https://api.getresponse.com/v3/c/Cx2"}
IDLE = "from prefect_getresponse.flows.nightly_export import nightly_export"


def person(number: int) -> dict[str, Any]:
    """Somebody as listings show them."""
    moment = f"2026-0{1 + number % 9}-1{number % 10}T0{number % 10}:00:00+0000"
    return {
        "contactId": f"K{number:07}",
        "email": f"person{number:07}@mail.example",
        "name": f"Person {number}",
        "origin": "api",
        "timeZone": "Europe/Warsaw",
        "dayOfCycle": None,
        "createdOn": moment,
        "changedOn": moment,
        "campaign": LIST,
        "href": f"https://api.getresponse.com/v3/contacts/K{number:07}",
        "ipAddress": "",
        "note": None,
        "scoring": None,
        "engagementScore": None,
    }


class Account(MadeAccount):
    """An account that stands still."""

    people = 0

    def do_GET(self) -> None:  # noqa: N802 - its base class calls it so
        """Answer a listing."""
        path, query = self.asked()
        size, page = int(query.get("perPage", 100)), int(query.get("page", 1))
        if path == "/contacts":
            total = 0 if any("changedOn" in name for name in query) else self.people
            wanted = range((page - 1) * size, min(page * size, total))
            self.answer(list(map(person, wanted)), total=total, size=size, page=page)
        elif path == "/accounts":
            self.answer({"accountId": "A1"})
        else:
            rows = [LIST] if path == "/campaigns" else []
            self.answer(rows, total=len(rows), size=size, page=page)


def main() -> None:
    """Measure, print a table, and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    given = parser.parse_args()
    Account.people = given.people
    export = [str(Path(sys.executable).with_name("prefect-getresponse")), "export"]
    ours = [*export, "--stream", "contacts", "--details", "none", "--to"]
    found: dict[str, dict[str, float]] = {}
    with serving(Account) as url, tempfile.TemporaryDirectory() as folder:
        to = {"ours, SQLite": f"sqlite:///{folder}/ours.db", "ours, Parquet": f"{folder}/lake"}
        programs = {
            "csv loop": [sys.executable, "-c", LOOP, url, KEY, f"{folder}/loop.csv"],
            "idle": [sys.executable, "-c", IDLE],
            **{name: [*ours, place] for name, place in to.items()},
        }
        for name, words in programs.items():
            cpu, megabytes = measured(words, environment_of(url), Path(os.devnull))
            people = sum(1 for _ in of_sink(to[name])) if name in to else None
            found[name] = {"cpu": round(cpu, 1), "megabytes": round(megabytes)}
            print(f"{name:16}{cpu:8.1f} s {megabytes:7.0f} MB  {people or ''}", flush=True)
    least = found["csv loop"]["cpu"]
    ratios = {name: round(found[name]["cpu"] / least, 2) for name in to}
    print(f"processor time against the loop: {ratios}")
    RESULTS.parent.mkdir(exist_ok=True)
    figures = {"people": given.people, "programs": found, "ratios": ratios}
    RESULTS.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()

"""Nights with a large file: what they cost, against the least that any program must do.

    first      everybody is new, and goes by import
    unchanged  the night after: the same file, the same people on the list
    changed    another city for a thousand of them
    floor      `csv`, hashes of the night before in a dictionary, and reading the list by aiohttp
               (httpx where that is missing): it sends nothing, proves nothing, and gives no verdict

Each night is a process of its own; processor time is of that process alone, from when its modules
are imported. All nights of a round follow each other, so that ratios compare what ran side by side.
The account is one that makes its answers as it goes: see `_made_account.py`.

    python benchmarks/large_night.py --people 100000 1000000 --rounds 3
    python benchmarks/large_night.py --quick

    cpu          seconds of processor time, and how many times those of the floor
    us/row       microseconds of it a row
    written      bytes given to write calls, and how many times the ledger
    wall         seconds, and how many times those that the pages take at 50 calls a second
    MB           largest resident memory
    growth       exponent of processor time over the number of people, from one size to the next
    sending      what the night with changes costs more than the one without
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import orjson
from _made_account import MadeAccount, serving, told

RESULTS = Path(__file__).parent / "results" / "large_night.json"
PROGRAMS = {"ours": "_large_night.py", "floor": "_large_night_floor.py"}
LIST = "customers"
COLUMNS = ("Email Address", "First Name", "Last Name", "Tags", "City", "Plan", "Shop", "Consent")
NAMES = ("Anna", "Jörg", "Zoë", "Jan", "Łucja")
SURNAMES = ("Nowak", "Müller", "Ng", "O'Neil")
TAGS = ("vip", "new", "")
FIELDS = ("city", "plan", "shop")
PRIME = 7_919
"""Numbers of people are multiplied by it, so that no file has the order of the list."""
CHANGES = 1_000
PAGES_A_SECOND = 50
NIGHTS = ("first", "unchanged", "changed")


def email_of(number: int) -> str:
    """Address of somebody; they have the order of the numbers."""
    return f"person.{number:08}@mail{number % 97}.example"


def name_of(number: int) -> str:
    """Name of somebody."""
    return f"{NAMES[number % len(NAMES)]} {SURNAMES[number % len(SURNAMES)]}"


def write_people(path: Path, people: int, moved: int = 0) -> None:
    """Write a file of people, of whom one in a hundred has not agreed.

    Args:
        path: Where to.
        people: How many.
        moved: How many live in another city than the night before.
    """
    every = people // moved if moved else people + 1
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for place in range(people):
            number = place * PRIME % people
            has_moved = place % every == 1 and place // every < moved
            city = "Wien" if has_moved else ("Gdańsk", "Berlin")[number % 2]
            writer.writerow(
                (
                    email_of(number),
                    *name_of(number).split(),
                    TAGS[number % len(TAGS)],
                    city,
                    f"plan {number % 7}",
                    f"shop {number % 31}",
                    "no" if place % 100 == 0 else "yes",
                )
            )


class Account(MadeAccount):
    """An account with one list, which imports and batches fill at once."""

    people: list[int] = []  # noqa: RUF012 - the account's, whichever thread serves it
    origin = ""
    imports: dict[str, dict[str, Any]] = {}  # noqa: RUF012
    lock = threading.Lock()

    def do_GET(self) -> None:  # noqa: N802 - its base class calls it so
        """Answer a read."""
        path, query = self.asked()
        *_, kind, last = path.split("/")
        if path == "/contacts":
            self._people(int(query["perPage"]), int(query["page"]), query["fields"].split(","))
        elif kind == "imports":
            self.answer(self.imports[last])
        elif kind == "contacts":
            self.answer(_details(int(last.removeprefix("K"))))
        elif path == "/custom-fields":
            self._listing([_field(name) for name in FIELDS])
        elif path == "/tags":
            self._listing([{"tagId": f"T{name}", "name": name} for name in TAGS if name])
        elif path == "/campaigns":
            self._listing([_campaign()])
        elif kind == "campaigns":
            self.answer(_campaign())
        elif path == "/accounts":
            self.answer({"accountId": "A1"})
        elif last == "blocklists":
            self.answer({"masks": []})
        else:
            self._listing([])

    def do_POST(self) -> None:  # noqa: N802
        """Take an import or a change, or answer a search that finds nobody."""
        path, _ = self.asked()
        body = self.body()
        if path == "/imports":
            self.answer(self._import(orjson.loads(body)["contacts"]), status=201)
        elif path == "/contacts/batch":
            self._add([each["email"] for each in orjson.loads(body)["contacts"]], "api")
            self.answer(None, status=202)
        else:
            self._listing([])

    def _add(self, addresses: list[str], origin: str) -> None:
        numbers = {int(address[7:15]) for address in addresses}
        account = type(self)
        account.people, account.origin = sorted(numbers.union(self.people)), origin

    def _import(self, contacts: list[list[str]]) -> dict[str, Any]:
        addresses = [address for address, *_ in contacts]
        with self.lock:
            self._add(addresses, "import")
            import_id = f"I{len(self.imports)}"
            counted = {"uploaded": len(addresses), "invalid": 0, "updated": 0}
            made = {
                "importId": import_id,
                "status": "finished",
                "createdOn": told(),
                "campaign": {"campaignId": LIST},
                "statistics": {**counted, "addedToList": len(addresses)},
                "errorStatistics": {},
            }
            self.imports[import_id] = made
        return {**made, "status": "uploaded"}

    def _people(self, size: int, page: int, fields: list[str]) -> None:
        numbers = self.people[(page - 1) * size : page * size]
        rows = [
            {"contactId": f"K{n:08}", "email": email_of(n), "name": name_of(n)} for n in numbers
        ]
        if "createdOn" in fields:
            came = {"origin": self.origin, "createdOn": told()}
            rows = [row | came for row in rows]
        self.answer(rows, total=len(self.people), size=size, page=page)

    def _listing(self, rows: list[dict[str, Any]]) -> None:
        self.answer(rows, total=len(rows))


def _campaign() -> dict[str, Any]:
    return {"campaignId": LIST, "name": LIST, "optinTypes": {"api": "single"}}


def _field(name: str) -> dict[str, Any]:
    return {"customFieldId": f"F{name}", "name": name, "type": "text", "format": "text"}


def _details(number: int) -> dict[str, Any]:
    tag = TAGS[number % len(TAGS)]
    tags = [{"tagId": f"T{tag}", "name": tag}] if tag else []
    named = {"contactId": f"K{number:08}", "name": name_of(number)}
    return {**named, "campaign": {"campaignId": LIST}, "tags": tags}


def spend(program: str, url: str, source: Path, folder: Path) -> dict[str, Any]:
    """Spend a night with a program, in a process of its own."""
    Account.frame = count(1)
    words = [
        sys.executable,
        str(Path(__file__).with_name(PROGRAMS[program])),
        url,
        str(source),
        str(folder),
    ]
    return dict(json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout))


def spend_round(people: int) -> dict[str, dict[str, Any]]:
    """Spend all nights once, each program with its own memory.

    Args:
        people: People in the file.
    """
    Account.people, Account.imports = [], {}
    with serving(Account) as url, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        same = folder / "people.csv"
        write_people(same, people)
        found = {"first": spend("ours", url, same, folder)}
        spend("floor", url, same, folder)
        found["floor"] = spend("floor", url, same, folder)
        found["unchanged"] = spend("ours", url, same, folder)
        write_people(same, people, min(CHANGES, people // 100))
        found["changed"] = spend("ours", url, same, folder)
    return found


def measure(people: int, rounds: int) -> dict[str, Any]:
    """Spend some rounds of nights, and take the median of each figure.

    Args:
        people: People in the file.
        rounds: How many times.
    """
    spent = [spend_round(people) for _ in range(rounds)]
    nights = {
        night: {
            figure: statistics.median(each[night][figure] for each in spent)
            for figure in ("cpu", "wall", "written", "megabytes")
        }
        for night in (*NIGHTS, "floor")
    }
    for night in NIGHTS:
        whole, first = nights[night], spent[0][night]
        whole["cpu_ratio"] = statistics.median(
            each[night]["cpu"] / each["floor"]["cpu"] for each in spent
        )
        whole["written_ratio"] = whole["written"] / first["ledger"]
        pages = (people - people // 100) / 1000
        whole["wall_ratio"] = whole["wall"] / (pages / PAGES_A_SECOND)
        whole["microseconds"] = whole["cpu"] / people * 1e6
        nights[night] = {**whole, "verdicts": first["verdicts"], "phases": first["phases"]}
    sending = statistics.median(each["changed"]["cpu"] - each["unchanged"]["cpu"] for each in spent)
    return {"people": people, "rounds": rounds, "sending": sending, "nights": nights}


def growth(small: dict[str, Any], large: dict[str, Any]) -> dict[str, float]:
    """Exponents of processor time over the number of people: 1 is a straight line."""
    by = math.log(large["people"] / small["people"])
    exponents = {
        night: math.log(large["nights"][night]["cpu"] / small["nights"][night]["cpu"]) / by
        for night in (*NIGHTS, "floor")
    }
    sent = [max(each["sending"], 0.01) for each in (small, large)]
    return {**exponents, "sending": math.log(sent[1] / sent[0]) / by}


def show(found: dict[str, Any]) -> None:
    """Print one size."""
    print(f"{found['people']:,} people, {found['rounds']} rounds")
    for night, figures in found["nights"].items():
        line = f"  {night:10}{figures['cpu']:8.2f} s cpu {figures['megabytes']:6.0f} MB"
        if night in NIGHTS:
            line += (
                f" {figures['cpu_ratio']:6.1f}x {figures['microseconds']:6.1f} us/row"
                f" {figures['written'] / 1e6:9.0f} MB written {figures['written_ratio']:5.1f}x"
                f" {figures['wall']:8.1f} s wall {figures['wall_ratio']:5.2f}x"
            )
        print(line)
        for phase, took in figures.get("phases", {}).items():
            print(f"      {phase:24}{took['cpu']:8.2f} s cpu {took['wall']:8.1f} s wall")
    print(f"  sending the changes: {found['sending']:.2f} s cpu", flush=True)


def main() -> None:
    """Measure, print, and write the results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="100,000 people, once")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the JSON goes")
    given = parser.parse_args()
    begun = time.perf_counter()
    found: list[dict[str, Any]] = []
    for people in [100_000] if given.quick else given.people:
        found.append(measure(people, given.rounds))
        show(found[-1])
    exponents = [growth(small, large) for small, large in pairwise(found)]
    for each in exponents:
        print("  growth: " + ", ".join(f"{name} N^{value:.2f}" for name, value in each.items()))
    print(f"{time.perf_counter() - begun:.0f} s in all")
    given.output.parent.mkdir(parents=True, exist_ok=True)
    given.output.write_text(json.dumps({"sizes": found, "growth": exponents}, indent=2) + "\n")


if __name__ == "__main__":
    main()

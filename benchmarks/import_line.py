"""How near imports come to what GetResponse's limits allow at best.

The line is the least time in which the calls of a route can be made, latency left out:

    contacts  80 calls a second, 30,000 a frame of ten minutes
    batch     1 call a second, 80 a frame, a thousand people each
    import    one after another, each as long as the sandbox takes for it (3 minutes)

From beginning to end an import also waits for GetResponse's own work after the last call (the
queue, five minutes at most; the counting of an import, a minute) and reads the list back. A ratio
is the line to what was measured: 1 is the best there is.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from _accounts import Run, run_in_real_time, run_in_virtual_time
from _customers import write_people

from prefect_getresponse.sandbox.people.acceptance_queue import DELAYS
from prefect_getresponse.sandbox.people.import_jobs import COUNTING, DECISION, WORK

RESULTS = Path(__file__).parent / "results" / "import_line.json"
FRAME = 600.0
LIMITS = {"contacts": (80.0, 30_000), "batch": (1.0, 80)}
"""Calls a second and a frame, by route."""
PATHS = {"/v3/contacts": "contacts", "/v3/contacts/batch": "batch", "/v3/imports": "import"}
READS_A_SECOND = 80
ROWS_A_READ = 1000
LATENCY = 0.09


@dataclass(frozen=True)
class Measure:
    """One import beside its line; times are in seconds.

    Attributes:
        rows: People in the source, all of them new.
        route: The route they took.
        sending_calls: Calls that sent people.
        all_calls: All calls.
        planned_calls: Calls that the plan expected.
        planned_seconds: Time that the plan expected at least for sending.
        sending_seconds: Time from the first to the last call that sent people, its own included.
        line_seconds: The line of sending.
        ratio: The line to the time of sending.
        whole_seconds: Time of the whole import.
        whole_line_seconds: The line with GetResponse's own work after it, and with the read-back.
        whole_ratio: That line to the time of the whole import.
        machine_seconds: Time on this machine, with the sandbox's work.
    """

    rows: int
    route: str
    sending_calls: int
    all_calls: int
    planned_calls: int
    planned_seconds: float
    sending_seconds: float
    line_seconds: float
    ratio: float
    whole_seconds: float
    whole_line_seconds: float
    whole_ratio: float
    machine_seconds: float


def measure(rows: int, route: str, run: Callable[[Path, Path, str], Run], speed: float) -> Measure:
    """Run one import.

    Args:
        rows: People in the source.
        route: The route, or `auto`.
        run: Runs an import of a source with a folder for its ledger.
        speed: How many times faster than life GetResponse's own work is done.
    """
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "people.csv"
        write_people(source, rows)
        done = run(source, Path(folder) / "state", route)
    estimate = done.report.estimate or {}
    sends = Counter(PATHS[each["path"]] for each in done.log if _sends(each))
    taken = sends.most_common(1)[0][0]
    line = line_of(taken, sends[taken], speed)
    sending = _sending_seconds(done, taken)
    own_work = COUNTING if taken == "import" else max(DELAYS)
    whole_line = line + own_work / speed + rows / ROWS_A_READ / READS_A_SECOND
    return Measure(
        rows,
        taken,
        sends.total(),
        len(done.log),
        estimate.get("calls", 0),
        estimate.get("seconds", 0.0),
        sending,
        line,
        line / sending,
        done.seconds,
        whole_line,
        whole_line / done.seconds,
        done.machine_seconds,
    )


def line_of(route: str, calls: int, speed: float) -> float:
    """Return the least seconds in which so many calls of a route can be made.

    Args:
        route: The route.
        calls: Number of calls.
        speed: How many times faster than life GetResponse's own work is done.
    """
    if route == "import":
        return calls * (DECISION + WORK) / speed
    a_second, a_frame = LIMITS[route]
    frames, rest = divmod(calls - 1, a_frame)
    return frames * FRAME + (rest + 1) / a_second


def _sends(call: dict[str, str]) -> bool:
    return call["method"] == "POST" and call["path"] in PATHS


def _sending_seconds(done: Run, route: str) -> float:
    if route == "import":
        begun, ended = (
            [datetime.fromisoformat(each[name]).timestamp() for each in done.imports]
            for name in ("createdOn", "finishedOn")
        )
        return max(1.0, max(ended) - min(begun))  # dates of the API have whole seconds
    moments = [float(each["at"]) for each in done.log if _sends(each)]
    return max(moments) - min(moments) + 1 / LIMITS[route][0]


HEADINGS = (
    f"{'rows':>9} {'route':8} {'sends':>7} {'plan':>7} {'calls':>7}"
    f" {'plan s':>8} {'sent s':>8} {'line s':>8} {'ratio':>6}"
    f" {'whole s':>8} {'line s':>8} {'ratio':>6} {'machine':>8}"
)


def show(found: Measure) -> str:
    """Return a measure as a line of a table under `HEADINGS`."""
    return (
        f"{found.rows:9,} {found.route:8} {found.sending_calls:7,} {found.planned_calls:7,}"
        f" {found.all_calls:7,} {found.planned_seconds:8.1f} {found.sending_seconds:8.1f}"
        f" {found.line_seconds:8.1f} {found.ratio:6.3f} {found.whole_seconds:8.1f}"
        f" {found.whole_line_seconds:8.1f} {found.whole_ratio:6.3f} {found.machine_seconds:7.1f}s"
    )


def main() -> None:
    """Measure, print tables and write the results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--real-rows", type=int, nargs="*", default=[1_000, 10_000])
    parser.add_argument("--route", default="auto", help="auto, contacts, batch or import")
    parser.add_argument("--latency", type=float, default=LATENCY, help="of a call in virtual time")
    parser.add_argument("--speed", type=float, default=1000.0, help="of the sandbox in real time")
    parser.add_argument("--quick", action="store_true", help="1,000 rows only")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the JSON goes")
    options = parser.parse_args()
    virtual = partial(run_in_virtual_time, latency=options.latency)
    real = partial(run_in_real_time, speed=options.speed)
    quick = [1_000]
    results: dict[str, list[dict[str, object]]] = {}
    for name, sizes, run, speed in (
        ("virtual time", quick if options.quick else options.rows, virtual, 1.0),
        ("real time", quick if options.quick else options.real_rows, real, options.speed),
    ):
        print(f"{name}\n{HEADINGS}")
        results[name] = []
        for rows in sizes:
            found = measure(rows, options.route, run, speed)
            print(show(found), flush=True)
            results[name].append(asdict(found))
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

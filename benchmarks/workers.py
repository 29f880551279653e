"""How worker processes share an account through a Prefect server: real processes, real sockets.

A sandbox on a port counts strictly (10 in flight, 80 in any second, and 3,000 in a frame that is
shortened to a minute; answers take 90 ms). Its log is the witness:

    whole frames   four workers use the account up; 1 is the best
    trouble        one of four is killed, one is stopped beyond its lease and goes on later; the
                   others are to have the account's whole rate back within 80 seconds
    batches        four workers send batches, 80 in ten minutes, one a second
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from prefect_getresponse.cli.demonstration import isolated
from prefect_getresponse.sandbox import Sandbox

sys.path.insert(0, str(Path(__file__).parent.parent))
from scripts.prefect_ui import served

RESULTS = Path(__file__).parent / "results" / "workers.json"
WORKER = Path(__file__).parent / "_worker.py"
KEY = "sandbox-key"
WORKERS = 4
FRAME = 60.0
CALLS_A_SECOND = 50
LATENCY = 0.09
BACK_WITHIN = 80.0
TROUBLE_AFTER, STOPPED_FOR, AFTERWARDS = 15.0, 90.0, 25.0
"""Seconds of the trouble: before it, until the stopped worker goes on, and from there."""
BATCHES_FOR = 130.0


class Witness:
    """A sandbox that answers after 90 ms and has seen every call."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._control = f"{url.removesuffix('/v3')}/_sandbox"
        slow = {"method": "*", "path": "*", "kind": "delay", "seconds": LATENCY, "after": 0}
        faults = {"faults": [{**slow, "times": 10_000_000}]}
        httpx.post(f"{self._control}/faults", json=faults, trust_env=False).raise_for_status()

    def calls(self) -> list[dict[str, Any]]:
        """Every call so far."""
        answer = httpx.get(f"{self._control}/log", trust_env=False, timeout=60).json()
        return list(answer["calls"])


@contextmanager
def account(frame: float) -> Generator[Witness]:
    """Serve a sandbox while the block runs."""
    with Sandbox(api_key=KEY, frame_seconds=frame).serve() as server:
        yield Witness(server.url)


@contextmanager
def team(
    home: Path, server: str, witness: Witness, name: str, kind: str, seconds: float
) -> Generator[list[subprocess.Popen[str]]]:
    """Let four workers work while the block runs; they begin together."""
    environment = isolated(os.environ, str(home)) | {"PREFECT_API_URL": f"{server}/api"}
    words = [sys.executable, str(WORKER), witness.url, KEY, name]
    workers = [
        subprocess.Popen(
            [*words, f"worker {each}", kind, str(seconds)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for each in range(1, WORKERS + 1)
    ]
    try:
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
        yield workers
        for worker in workers:
            if worker.wait(seconds + 120) > 0:
                raise SystemExit("a worker failed, see above")
    finally:
        for worker in workers:
            worker.kill()


def facts(calls: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What the log says of limits and of the workers' shares."""
    moments = [call["at"] for call in calls]
    by_worker = Counter(call["client_id"] for call in calls if call["status"] < 300)
    total = sum(by_worker.values())
    return {
        "calls": total,
        "429s": sum(call["status"] == 429 for call in calls),
        "most_in_a_second": _most_within(moments, 1.0),
        "by_worker": dict(sorted(by_worker.items())),
        "jain": total**2 / (len(by_worker) * sum(each**2 for each in by_worker.values())),
    }


def whole_frames(home: Path, server: str, frames: int) -> dict[str, Any]:
    """Use an account up for some frames."""
    with account(FRAME) as witness:
        with team(home, server, witness, "frames", "reads", frames * FRAME - 0.5):
            pass
        calls = witness.calls()
    begun = calls[0]["at"]
    done = sum(call["status"] < 300 for call in calls if call["at"] < begun + frames * FRAME)
    return {"frames": frames, "used": done / (frames * FRAME * CALLS_A_SECOND), **facts(calls)}


def trouble(home: Path, server: str) -> dict[str, Any]:
    """Kill one worker, stop another one for longer than its lease, and see who takes over."""
    seconds = TROUBLE_AFTER + STOPPED_FOR + AFTERWARDS
    with account(FRAME) as witness:
        with team(home, server, witness, "trouble", "reads", seconds) as workers:
            time.sleep(TROUBLE_AFTER)
            happened = time.time()
            workers[0].kill()
            workers[1].send_signal(signal.SIGSTOP)
            time.sleep(STOPPED_FOR)
            workers[1].send_signal(signal.SIGCONT)
            continued = time.time()
        calls = witness.calls()
    after = [call["at"] for call in calls if call["status"] < 300 and call["at"] > happened]
    return {
        "back_after_seconds": _back_after(after, happened),
        "calls_of_the_stopped_one_later": sum(
            call["client_id"] == "worker 2" and call["at"] > continued for call in calls
        ),
        **facts(calls),
    }


def batches(home: Path, server: str) -> dict[str, Any]:
    """Use the budget of batches of a frame up."""
    with account(600.0) as witness:
        with team(home, server, witness, "batches", "batches", BATCHES_FOR):
            pass
        sent = [call for call in witness.calls() if call["path"] == "/v3/contacts/batch"]
    done = [call["at"] for call in sent if call["status"] == 202]
    return {"used": len(done) / 80, "seconds": done[-1] - done[0], **facts(sent)}


def _most_within(moments: Sequence[float], seconds: float) -> int:
    first = most = 0
    for number, moment in enumerate(moments):
        while moments[first] <= moment - seconds:
            first += 1
        most = max(most, number - first + 1)
    return most


def _back_after(moments: Sequence[float], since: float) -> float | None:
    """Seconds until calls come at nearly the account's rate again, over five seconds."""
    expected = int(0.95 * CALLS_A_SECOND * 5)
    pairs = zip(moments, moments[expected:], strict=False)
    began = (first for first, last in pairs if last - first <= 5.0 and first > since + 1)
    return next((moment - since for moment in began), None)


def main() -> None:
    """Measure, print and write the results; exit with 1 if a figure is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=2, help="frames of a minute")
    parser.add_argument("--scenes", nargs="+", default=["frames", "trouble", "batches"])
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the JSON goes")
    options = parser.parse_args()
    results: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as server:
        home = Path(folder)
        scenes = {
            "frames": lambda: whole_frames(home, server, options.frames),
            "trouble": lambda: trouble(home, server),
            "batches": lambda: batches(home, server),
        }
        for scene in options.scenes:
            results[scene] = scenes[scene]()
            print(f"{scene}: {json.dumps(results[scene])}", flush=True)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    back = results.get("trouble", {}).get("back_after_seconds", 0.0)
    refused = sum(each["429s"] for each in results.values())
    print(f"429s: {refused}; share back after {back} s, at most {BACK_WITHIN} s are right")
    sys.exit(bool(refused) or back is None or back > BACK_WITHIN)


if __name__ == "__main__":
    main()

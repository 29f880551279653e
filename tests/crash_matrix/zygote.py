"""Learns everything once; each line of its input is a life, a process of its own by fork."""

from __future__ import annotations

import gc
import json
import mmap
import os
import random
import sys
import traceback
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from prefect_getresponse.client.auth import ApiKeyAuth
from prefect_getresponse.client.errors import GetResponseError, OutcomeUnknown
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.contact_import.active_run import ActiveRun
from prefect_getresponse.contact_import.engine import run_import
from prefect_getresponse.contact_import.ledger import ChunkState
from prefect_getresponse.contact_import.options import import_options
from prefect_getresponse.contact_import.phases import resume, send
from prefect_getresponse.contact_import.tuning import Tuning
from prefect_getresponse.limits.throttle import Throttle
from prefect_getresponse.tasks.newsletters import create_newsletter
from tests.crash_matrix.mortal import MortalTransport, Steps, mortal
from tests.support.virtual_time import VirtualTime

KEY = "canary-key-0123456789"
Order = dict[str, Any]


def shared_time(file: Path) -> VirtualTime:
    """Virtual time that this process shares with all that use the same file."""
    with file.open("r+b") as opened:
        return VirtualTime(memoryview(mmap.mmap(opened.fileno(), 8)).cast("d"))


def _client(order: Order, steps: Steps, time: VirtualTime) -> AsyncClient:
    return AsyncClient(
        order["url"],
        ApiKeyAuth(SecretStr(KEY), order["url"], {}),
        throttle=Throttle(clock=time, chance=random.Random(1)),
        transport=MortalTransport(steps, time),
        chance=random.Random(1),
    )


def _forget_doubts(run: ActiveRun) -> None:
    """Take what was sent without an answer for what was never sent."""
    sent = [chunk.chunk for chunk in run.chunks.in_state(ChunkState.SENT)]
    sent += [chunk.chunk for chunk in run.imports.chunks() if chunk.state == ChunkState.SENT]
    for chunk in sent:
        run.chunks.set_state(chunk, ChunkState.PLANNED, run.now())


async def _import(order: Order, steps: Steps, time: VirtualTime) -> Any:
    if order["broken"]:  # to see that it is noticed
        for phase in (send, resume):
            vars(phase)["recover"] = _forget_doubts
    async with _client(order, steps, time) as client:
        options = import_options(**order["options"])
        report = await run_import(
            options, "matrix", client, clock=time, tuning=Tuning(batch_rows=3)
        )
    verdicts = {str(name): rows for name, rows in report.verdicts.items() if rows}
    return {
        "verdicts": verdicts,
        "rows": report.rows_read,
        "problem": report.problem,
        "not_removed": sum(n for what, n in report.warnings.items() if "not removed" in what),
    }


async def _messages(order: Order, steps: Steps, time: VirtualTime) -> Any:
    """Send messages that nobody has spoken of yet; who is in doubt stays so."""
    journal = Path(order["folder"]) / "told.json"
    told: dict[str, str] = json.loads(journal.read_text()) if journal.exists() else {}

    def tell(message: str, what: str) -> None:
        told[message] = what
        steps(f"before {what} is written")
        fresh = journal.with_suffix(".fresh")
        fresh.write_text(json.dumps(told))
        fresh.replace(journal)
        steps(f"after {what} is written")

    async with _client(order, steps, time) as client:
        for message in order["messages"]:
            if told.get(message, "failed") != "failed":
                continue
            arguments = {**order["arguments"], "subject": message}
            request = create_newsletter.operation.request(arguments)
            try:
                await client.send(request, on_start=partial(tell, message, "unknown"))
            except OutcomeUnknown:
                tell(message, "OutcomeUnknown")
            except GetResponseError:
                tell(message, "failed")
            else:
                tell(message, "sent")
    return told


def _live(order: Order, time: VirtualTime) -> None:
    folder = Path(order["folder"])
    steps = Steps(order["deadly"], folder / "died.txt")
    mortal(steps)
    work = _messages if "messages" in order else _import
    result: Any = None
    crashes: list[str] = []
    try:
        result = time.run(work(order, steps, time))
    except GetResponseError as error:
        result = {"problem": f"sent nothing: {error}", "verdicts": {}, "rows": 0, "not_removed": 0}
    except BaseException:
        crashes = [traceback.format_exc()]
    said = {"steps": steps.taken, "result": result, "crashes": crashes}
    (folder / "result.json").write_text(json.dumps(said))


def main(clock: str) -> None:
    """Let lives begin, one at a time, and say how each ended."""
    time = shared_time(Path(clock))
    _say("ready")
    for line in sys.stdin:
        order = json.loads(line)
        if order["inside"]:  # whatever is made at its first use is there from now on
            _live(order, time)
            gc.collect()
            gc.freeze()
            _say(0)
        elif child := os.fork():
            _, status = os.waitpid(child, 0)
            _say(os.waitstatus_to_exitcode(status))
        else:
            gc.disable()
            _live(order, time)
            os._exit(0)


def _say(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])

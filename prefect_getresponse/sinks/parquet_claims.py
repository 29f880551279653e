"""Two exports do not write to the same folder at once.

On this machine the claim is a lock of the operating system, so that it ends with its process.
Elsewhere it is a file, which counts for as long as it is young.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager

from prefect_getresponse.runtime.file_lock import locked
from prefect_getresponse.sinks.parquet_files import CLAIM, FileStore
from prefect_getresponse.sinks.sink import SinkBusy, SinkError

STALE_SECONDS = 6 * 3600.0
"""A claim on a remote folder that is older has outlived its export."""


@contextmanager
def claimed(store: FileStore, run_id: str) -> Generator[None]:
    """Hold the claim on a folder.

    Raises:
        SinkBusy: Another export holds it.
        SinkError: It cannot be claimed at all.
        OSError: This machine has no right, disk or file left for the claim.
    """
    if store.folder is None:
        text = store.read_text(CLAIM)
        if text and time.time() - float(json.loads(text).get("at", 0)) < STALE_SECONDS:
            raise SinkBusy(
                f"another export is writing to {store.name}",
                advice=f"Wait until it has ended; if it was killed, remove {CLAIM} there.",
            )
        with _written(store, run_id):
            yield
        return
    path = store.folder / "_claim.lock"
    path.touch()  # so that the machine, not SQLite, says what it has none left of
    try:
        lock = locked(path)
    except sqlite3.Error as error:
        raise SinkError(
            f"{store.name} cannot be claimed ({error})",
            advice="Check the rights and the disk of that folder, and the limit of open files.",
        ) from None
    if lock is None:
        raise SinkBusy(f"another export is writing to {store.name}")
    try:
        with _written(store, run_id):
            yield
    finally:
        lock.close()


@contextmanager
def _written(store: FileStore, run_id: str) -> Generator[None]:
    store.write_text(CLAIM, json.dumps({"run": run_id, "at": time.time()}))
    try:
        yield
    finally:
        if store.holder() == run_id:
            store.remove(CLAIM)

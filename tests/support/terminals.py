"""The program at a terminal where somebody types."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("prefect-getresponse")


def at_a_terminal(
    words: list[str],
    keys: str,
    environment: dict[str, str],
    answers: Sequence[tuple[str, str]] = (),
) -> tuple[int, str]:
    """Run the program at a terminal where somebody types; its exit code and what it prints.

    Args:
        words: What stands behind its name.
        keys: What is typed beforehand.
        environment: Its environment.
        answers: What is typed as soon as a text has appeared, in this order: a question that hides
            its answer forgets what was typed beforehand.
    """
    ours, its = pty.openpty()
    with subprocess.Popen(
        [PROGRAM, *words],
        stdin=its,
        stderr=its,
        stdout=subprocess.PIPE,
        env=environment | {"NO_COLOR": "1"},
        start_new_session=True,  # the terminal of whoever runs the tests is none of its business
    ) as process:
        os.close(its)
        os.write(ours, keys.encode())
        seen, waiting, looked = b"", list(answers), 0
        while True:
            try:
                part = os.read(ours, 1 << 16)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            seen += part
            if waiting and (at := seen.find(waiting[0][0].encode(), looked)) >= 0:
                looked = at + 1
                os.write(ours, waiting.pop(0)[1].encode())
        printed = process.stdout.read() if process.stdout else b""
    os.close(ours)
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", (seen + printed).decode("utf-8", "replace"))
    return process.wait(timeout=60), plain

"""The program at a terminal where somebody types."""

from __future__ import annotations

import os
import pty
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.forked_program import ForkedProgram


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
    with TemporaryDirectory() as folder:
        ours, its = pty.openpty()
        child = ForkedProgram(words, environment | {"NO_COLOR": "1"}, Path(folder), terminal=its)
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
        os.close(ours)
        printed, _ = child.communicate()
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode("utf-8", "replace") + printed)
    assert child.returncode is not None
    return child.returncode, plain

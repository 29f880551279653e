"""The books of calls that may be made again: what a crash forgets of them is made once more.

So they need no commit for each step: one makes the intents of the next calls durable together with
the answers of those before.  The intent of a call is durable before its first byte all the same.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from prefect_getresponse.contact_import.ledger import ChunkState, Decision
from prefect_getresponse.contact_import.ledger.books.chunks import Answer, Chunks

CALLS_A_COMMIT = 50
LONGEST = 5.0
"""Seconds after which an answer waits no longer for others."""


class RepeatableCalls:
    """Notes intents and answers of calls that may be made again.

    Args:
        chunks: The calls of the run.
        now: Seconds since the epoch.
    """

    def __init__(self, chunks: Chunks, now: Callable[[], float]) -> None:
        self._chunks = chunks
        self._now = now
        self._next = deque[int]()
        self._has_begun = dict[int, bool]()
        self._answers: list[Answer] = []

    def expect(self, chunks: Iterable[int]) -> None:
        """Say which calls will be made, about in this order."""
        self._next = deque(chunks)

    def begin(self, chunk: int) -> None:
        """Note that a call begins: its first byte is about to go."""
        if chunk not in self._has_begun:
            further = [self._next.popleft() for _ in range(min(CALLS_A_COMMIT, len(self._next)))]
            self._has_begun |= dict.fromkeys(self._write(chunk, further), False)
        self._has_begun[chunk] = True

    def answer(self, chunk: int, state: ChunkState, decisions: list[Decision]) -> None:
        """Note what became of a call, or of one that is not to be made."""
        self._has_begun.pop(chunk, None)
        self._answers.append(Answer(chunk, state, self._now(), decisions))
        if self._answers[-1].at - self._answers[0].at >= LONGEST:
            self._write()

    def retract(self, chunk: int, attempt: int) -> None:
        """Plan a call again that was provably not executed: it counts as no attempt.

        Args:
            chunk: The call.
            attempt: Attempts before it.
        """
        self._has_begun.pop(chunk, None)
        self._chunks.retract(chunk, attempt)

    def leave_out(self, chunk: int) -> None:
        """Close a call of which no row is left, if its intent is durable."""
        if chunk in self._has_begun:
            self.answer(chunk, ChunkState.SPLIT, [])

    def end(self) -> None:
        """Write all answers down, and plan the calls again that have not begun."""
        self._write()
        self._chunks.take_back(chunk for chunk, begun in self._has_begun.items() if not begun)
        self._has_begun.clear()
        self._next.clear()

    def _write(self, begin: int | None = None, further: Iterable[int] = ()) -> set[int]:
        answers, self._answers = self._answers, []
        if not answers and begin is None:
            return set()
        return self._chunks.note_harmless(self._now(), begin, further, answers)

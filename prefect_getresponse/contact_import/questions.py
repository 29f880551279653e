"""What an import asks before it sends anything: a question, and the error that carries them.

An import knows a column by its name or by the tool that wrote it, or it was told what the column
is, or its cells are harmless. Every other column is a question; so is who has agreed, if no column
says so. All questions are asked at once, and the import goes on when each has an answer.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

from prefect_getresponse.sources.errors import ImportInputError, MappingError, one_line

TakenFor = Literal["consent", "opt_out", "email", "unknown", "vouch", "tag"]

_MEANS = {
    "consent": "It seems to say who agreed to get e-mail",
    "opt_out": "It seems to say who does not want e-mail",
    "email": "It may hold the e-mail addresses",
    "unknown": "It may say who does not want e-mail",
    "tag": "It holds a tag that needs another name",
}
_SHOWN_QUESTIONS = 20


@dataclass(frozen=True, slots=True)
class Question:
    """A column that has to be decided, or the question who has agreed.

    Attributes:
        column: Name of the column; empty for the question who has agreed.
        taken_for: What the column seems to be: `consent`, `opt_out`, `email` or `unknown`; `vouch`
            for the question who has agreed, `tag` for a tag that needs a name of its own.
        kinds: What is in its cells, such as `answers`, `ticks`, `dates`, `texts`, `refusals`.
        counts: Cells by value, or by kind where the values may not be shown.
        map: Answers that are ready for `--map`, `COLUMN=FIELD`, the most likely one first. Choose
            one of them. There are none for the question who has agreed, and those of a tag are for
            `--map-tag`.
        why: Why the import does not decide this itself, as a sentence without a full stop.
        ignorable: Whether `--ignore-others` answers it. It does not where the column or a cell
            speaks of a refusal, or where the column is known to be about e-mail.
    """

    column: str
    taken_for: TakenFor
    kinds: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    map: tuple[str, ...] = ()
    why: str = ""
    ignorable: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the question as JSON has it."""
        return {
            **asdict(self),
            "counts": dict(self.counts),
            "kinds": list(self.kinds),
            "map": list(self.map),
        }

    def lines(self) -> list[str]:
        """Return the question as lines of text: what is there, and the ready answers."""
        if self.taken_for == "vouch":
            return [f"{self.why}."]
        inside = ", ".join(f"{number:,} {value}" for value, number in self.counts.items())
        what = f'"{self.column}": {inside}.' if inside else f'"{self.column}".'
        sentences = [what, f"{_MEANS[self.taken_for]}.", f"{self.why}." if self.why else ""]
        answers = [f"  --map {shlex.quote(answer)}" for answer in self.map]
        return [" ".join(filter(None, sentences)), *answers]


class Undecided(MappingError):
    """The mapping cannot be finished before you have chosen; nothing was sent.

    Attributes:
        questions: What there is to choose.
    """

    def __init__(
        self,
        what: str,
        advice: str = "",
        source: str = "",
        row: int | None = None,
        questions: Sequence[Question] = (),
    ) -> None:
        super().__init__(what, advice, source, row)
        self.questions = tuple(questions)
        self.args = (what, advice, source, row, self.questions)

    def at(self, source: str = "", row: int | None = None) -> Self:
        """Return the same error with the place it was found at."""
        where = source or self.source, self.row if row is None else row
        return type(self)(self.what, self.advice, *where, self.questions)


class UndecidedColumns(ImportInputError):
    """Columns of the source have to be decided by you; nothing was sent.

    Attributes:
        questions: What has to be decided, all of it.
    """

    def __init__(
        self, questions: Sequence[Question], source: str = "", row: int | None = None
    ) -> None:
        self.questions = tuple(questions)
        columns = sum(1 for question in questions if question.column)
        what = {0: "it is not known who has agreed", 1: "a column has to be decided"}.get(
            columns, f"{columns} columns have to be decided"
        )
        super().__init__(what, "Answer it before anything is sent", source, row)
        self.args = (self.questions, source, row)  # what pickle gives to this `__init__`

    def at(self, source: str = "", row: int | None = None) -> Self:
        """Return the same error with the place it was found at."""
        return type(self)(self.questions, source or self.source, self.row if row is None else row)

    def __str__(self) -> str:
        place = f"{self.source}: " if self.source else ""
        shown = self.questions[:_SHOWN_QUESTIONS]
        more = len(self.questions) - len(shown)
        return "\n".join(
            [
                f"{place}{self.what}. {self.advice}:",
                *(f"  {one_line(line)}" for question in shown for line in question.lines()),
                *([f"  and {more} more questions"] if more else []),
            ]
        )

"""What an import asks before it sends anything: a question, and the error that carries them.

An import knows a column by its name or by the tool that wrote it, or it was told what the column
is, or its cells are harmless. Every other column is a question; so is who has agreed, if no column
says so. All questions are asked at once, and the import goes on when each has an answer.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Literal, Self

from prefect_getresponse.sources.errors import ImportInputError, one_line

TakenFor = Literal["consent", "opt_out", "email", "unknown", "vouch", "tag"]

MEANS = {
    "consent": "It seems to say who agreed to get e-mail",
    "opt_out": "It seems to say who does not want e-mail",
    "email": "It may hold the e-mail addresses",
    "unknown": "It may say who does not want e-mail",
}
"""What a column seems to be, as a sentence without a full stop."""
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
        means = f"{MEANS[self.taken_for]}." if self.taken_for in MEANS else ""
        if self.taken_for == "tag":
            what = f'Tag "{self.column}".'
        sentences = [what, means, f"{self.why}." if self.why else ""]
        answers = [f"  {self.option} {shlex.quote(answer)}" for answer in self.map]
        return [" ".join(filter(None, sentences)), *answers]

    @property
    def option(self) -> str:
        """The option of the command line that takes an answer."""
        return "--map-tag" if self.taken_for == "tag" else "--map"


class UndecidedColumns(ImportInputError):
    """Columns of the source have to be decided by you; nothing was sent.

    Attributes:
        questions: What has to be decided, all of it.
    """

    is_block: ClassVar[bool] = True

    def __init__(
        self, questions: Sequence[Question], source: str = "", row: int | None = None
    ) -> None:
        self.questions = tuple(questions)
        super().__init__(_headline(questions), "Answer it before anything is sent", source, row)
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


def _headline(questions: Sequence[Question]) -> str:
    tags = sum(question.taken_for == "tag" for question in questions)
    columns = sum(question.column != "" for question in questions) - tags
    counted = [("column", columns), ("tag", tags)]
    named = [
        f"a {name}" if number == 1 else f"{number} {name}s" for name, number in counted if number
    ]
    if not named:
        return "it is not known who has agreed"
    return f"{' and '.join(named)} {'has' if columns + tags == 1 else 'have'} to be decided"

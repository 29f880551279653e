"""Questions at a terminal: what the columns of a source are, who has agreed, and approvals."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.markup import escape
from rich.prompt import Prompt

from prefect_getresponse.cli.console import Stopped, err
from prefect_getresponse.contact_import.columns.source_mapping import SourceMapping, columns_of
from prefect_getresponse.contact_import.questions import Question
from prefect_getresponse.runtime.approvals import approval_needed
from prefect_getresponse.sources.errors import ImportInputError

_IGNORE = "it is about something else: ignore it"
_OTHERS = {"tag": ("another name: say it as TAG=NAME", "TAG=NAME")}
_OTHER = ("something else: say it as COLUMN=FIELD", "COLUMN=FIELD")
_STOP = "stop here"


@dataclass
class Answers:
    """What was answered.

    Attributes:
        columns: Field by column, as `--map` has them.
        tags: Names of tags, as `--map-tag` has them.
        vouched: Whether somebody vouches for the people of the source.
    """

    columns: dict[str, str] = field(default_factory=dict[str, str])
    tags: dict[str, str] = field(default_factory=dict[str, str])
    vouched: bool = False

    def added_to(self, mapping: SourceMapping) -> SourceMapping:
        """What was said before, and these answers.

        Args:
            mapping: What was said before.
        """
        return mapping.and_also(self.columns, tags=self.tags)


def may_ask(*, no_input: bool) -> bool:
    """Whether somebody sits at a terminal who can answer.

    Args:
        no_input: What `--no-input` says.
    """
    return not no_input and sys.stdin.isatty() and sys.stderr.isatty()


def ensure_approved(plan_hash: str, approve: str, question: str, *, no_input: bool) -> None:
    """Make sure that somebody approves a plan: by its hash, or at the terminal.

    Args:
        plan_hash: Hash of the plan.
        approve: What `--approve` says.
        question: What a person at the terminal is asked.
        no_input: What `--no-input` says.

    Raises:
        ApprovalNeeded: Another plan was approved, or there is nobody to ask.
        Stopped: It was declined.
    """
    if approve == plan_hash:
        return
    if approve:
        raise approval_needed(
            plan_hash, f"--approve {approve} is for another plan: look at this one."
        )
    if not may_ask(no_input=no_input):
        raise approval_needed(plan_hash, f"Look at the plan, then add --approve {plan_hash}.")
    if not confirm(question):
        raise Stopped


def ask(questions: Sequence[Question]) -> Answers:
    """Ask all questions, one after another.

    Args:
        questions: What has to be decided.

    Raises:
        Stopped: Whoever is asked wants to stop.
    """
    answers = Answers()
    err.print(f"\n{len(questions)} to decide before anything is sent.", style="bold")
    for number, question in enumerate(questions, start=1):
        err.print(f"\n{number}. ", end="", style="bold")
        if question.taken_for == "vouch":
            if any(map(_says_who_agreed, answers.columns.values())):
                err.print("A column says who has agreed: nobody has to vouch.")
            else:
                answers.vouched = _vouches(question)
        elif question.taken_for == "tag":
            answers.tags |= _chosen(question)
        else:
            answers.columns |= _chosen(question)
    return answers


def _says_who_agreed(field: str) -> bool:
    return field.partition(":")[0] == "consent"


def confirm(what: str) -> bool:
    """Ask for a yes.

    Args:
        what: The question.
    """
    return Prompt.ask(f"{escape(what)} Type yes", console=err, default="no").strip() == "yes"


def _vouches(question: Question) -> bool:
    err.print(escape(f"{question.why}."))
    if not confirm("Do you vouch that everybody in the source has agreed to get e-mail from you?"):
        raise Stopped
    return True


def _chosen(question: Question) -> dict[str, str]:
    said, *_ = question.lines()
    err.print(escape(said))
    choices = [*question.map, "", ""]
    other, form = _OTHERS.get(question.taken_for, _OTHER)
    texts = [*(_meaning(question, each) for each in question.map), other, _STOP]
    for number, text in enumerate(texts, start=1):
        err.print(f"   {number}  {escape(text)}")
    while True:
        given = Prompt.ask("   Which", console=err).strip()
        if not given.isdecimal() or not 1 <= int(given) <= len(texts):
            err.print(f"   Type a number from 1 to {len(texts)}.")
            continue
        chosen = int(given) - 1
        if texts[chosen] == _STOP:
            raise Stopped
        answer = choices[chosen] or Prompt.ask(f"   {form}", console=err)
        try:
            return columns_of([answer])
        except ImportInputError as error:
            err.print(escape(f"   {error}"))


def _meaning(question: Question, answer: str) -> str:
    """An answer in words."""
    if question.taken_for == "tag":
        name = answer.removeprefix(f"{question.column}=")
        return "leave the tag out" if name == "-" else f"call it {name}"
    if question.taken_for == "email":
        return f'"{answer.removesuffix("=email")}" holds the e-mail addresses'
    field_, _, values = answer.removeprefix(f"{question.column}=").partition(":")
    cells = ", ".join(f'"{value}"' for value in values.split("|"))
    match field_:
        case "consent":
            return f"it says who agreed; yes is {cells}" if values else "it says who agreed"
        case "opt_out":
            without = f"; these still get e-mail: {cells}" if values else ""
            return f"it says who does not want e-mail{without}"
        case "refusals":
            return "only cells that speak of a refusal say who does not want e-mail"
        case "-":
            return _IGNORE
        case _:
            return answer

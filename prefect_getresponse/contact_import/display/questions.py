"""Questions about a source, as an artifact: what is in each column, and the lines that answer."""

from __future__ import annotations

from collections.abc import Sequence

from prefect_getresponse.contact_import.columns.source_mapping import toml_text
from prefect_getresponse.contact_import.questions import MEANS, Question, UndecidedColumns
from prefect_getresponse.reporting.markdown import code, text


def questions_markdown(undecided: UndecidedColumns) -> str:
    """Questions as people like to read them, with the answers for the parameters of a flow.

    Args:
        undecided: The questions.
    """
    lines = [
        f"# {text(undecided.source)}: {undecided.what} before anything is sent",
        "",
        "❓ **Nothing was sent.** Nobody who said no may be imported, so what is not certain is"
        " asked. Answer once: put the lines into the parameter `mapping` of the deployment, or"
        " into a mapping file (`prefect-getresponse map`).",
        "",
    ]
    for question in undecided.questions:
        lines += _question(question)
    return "\n".join(lines)


def _question(question: Question) -> list[str]:
    why = f" {text(question.why)}." if question.why else ""
    if question.taken_for == "vouch":
        return ["## Who has agreed?", "", f"{why.strip()}", ""]
    if question.taken_for == "tag":
        lines = [f"## The tag {text(question.column)}", "", f"{why.strip()}", ""]
        answers = [_as_toml(question.column, each) for each in question.map]
        return [*lines, *_answers(answers, "One of these lines below `[tags]` of a mapping file")]
    lines = [f"## {text(question.column)}", "", f"{MEANS[question.taken_for]}.{why}", ""]
    if question.counts:
        lines += ["| in the column | rows |", "|---|---:|"]
        lines += [f"| {text(value)} | {rows:,} |" for value, rows in question.counts.items()]
        lines.append("")
    return lines + _answers(question.map, "One of these lines")


def _answers(lines: Sequence[str], what: str) -> list[str]:
    if not lines:
        return []
    return [f"{what} answers:", "", *(f"- {code(each)}" for each in lines), ""]


def _as_toml(tag: str, answer: str) -> str:
    """The answer about a tag as a mapping file has it; lines `COLUMN=FIELD` cannot say it."""
    return f"{toml_text(tag)} = {toml_text(answer.removeprefix(f'{tag}='))}"

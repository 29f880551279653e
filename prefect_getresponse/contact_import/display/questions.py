"""Questions about a source, as an artifact: what is in each column, and the lines that answer."""

from __future__ import annotations

from prefect_getresponse.contact_import.questions import Question, UndecidedColumns
from prefect_getresponse.reporting.markdown import code, text

_MEANS = {
    "consent": "It seems to say who agreed to get e-mail.",
    "opt_out": "It seems to say who does not want e-mail.",
    "email": "It may hold the e-mail addresses.",
    "unknown": "It may say who does not want e-mail.",
}


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
    lines = [f"## {text(question.column)}", "", f"{_MEANS[question.taken_for]}{why}", ""]
    if question.counts:
        lines += ["| in the column | rows |", "|---|---:|"]
        lines += [f"| {text(value)} | {rows:,} |" for value, rows in question.counts.items()]
        lines.append("")
    if question.map:
        lines += ["One of these lines answers:", "", *(f"- {code(each)}" for each in question.map)]
        lines.append("")
    return lines

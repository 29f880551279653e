"""What is shown of a column in a question, and the answers that are ready for it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from prefect_getresponse.contact_import.columns import consent
from prefect_getresponse.contact_import.judging.contents import ColumnContent
from prefect_getresponse.contact_import.judging.kinds import Kind
from prefect_getresponse.contact_import.questions import TakenFor
from prefect_getresponse.words import phrases

_MOST_SHOWN = 20
_LONGEST_SHOWN = 40
_MOST_DIGITS = 5
_OF_MANY = 3
_CHOICES = 3
_DIGIT = re.compile(r"\d")
_NOT_IN_A_LINE = re.compile(r"[=|]")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a question says of a column.

    Attributes:
        counts: Cells by value, or by kind if the values may be about single people.
        answers: Words for `--map`, the most likely first.
    """

    counts: dict[str, int]
    answers: tuple[str, ...]


def what_it_seems(column: str, content: ColumnContent) -> TakenFor:
    """Return what a column seems to be, by the words of its name, else by those of its cells."""
    if phrases.is_doubly_negated(column):
        return "unknown"
    if phrases.speaks_of_an_end(column) or (content.blank and phrases.refuses(column)):
        return "opt_out"
    if phrases.seems_to_agree(column):
        return "consent"
    if not any(map(consent.unsubscribed, content.values)):
        return "opt_out" if content.refusing else "unknown"
    good = any(consent.agreement(cell) == "yes" for cell in content.values)
    return "consent" if good else "opt_out"


def proposal_for(
    index: int, column: str, taken_for: TakenFor, content: ColumnContent, kind: Kind, used_as: str
) -> Proposal:
    """Return what to show of a column, and the answers to choose from.

    Args:
        index: Its place.
        column: Its name.
        taken_for: What it seems to be.
        content: What is in it.
        kind: Of what kind that is.
        used_as: The field that it is read as, such as a name or tags; empty if it is not used.
    """
    shown = may_be_shown(content)
    values = [value for value, _ in content.values.most_common()] if shown else []
    counts = dict(content.values.most_common()) if shown else {kind.value: content.filled}
    if content.blank:
        counts["blank"] = counts.get("blank", 0) + content.blank
    name = column if column.isprintable() and column.strip() == column else f"#{index + 1}"
    fields: list[str] = []
    if kind is Kind.REFUSALS and taken_for != "consent" and not phrases.speaks_of_an_end(column):
        fields += [f"{used_as}+refusals", used_as] if used_as else ["refusals"]
    if taken_for in ("consent", "unknown"):
        fields += _fields_of_consent(values, kind)
    if taken_for in ("opt_out", "unknown"):
        fields += _fields_of_opt_out(values, content, kind)
    answers = (f"{name}={field}" for field in (*fields, "-") if "=" not in field)
    return Proposal(counts, tuple(dict.fromkeys(answers)))


def may_be_shown(content: ColumnContent) -> bool:
    """Tell whether the different cells of a column say nothing about single people."""
    if not content.is_whole or len(content.values) > _MOST_SHOWN:
        return False
    return all(
        len(value) <= _LONGEST_SHOWN
        and "@" not in value
        and len(_DIGIT.findall(value)) <= _MOST_DIGITS
        and (number >= _OF_MANY or consent.is_known(value) or phrases.is_in_known_words(value))
        for value, number in content.values.items()
    )


def _fields_of_consent(values: list[str], kind: Kind) -> list[str]:
    values = [value for value in values if not _NOT_IN_A_LINE.search(value)]
    agreeing = [value for value in values if consent.is_clear_yes(value)]
    if agreeing:
        return [_with("consent", agreeing)]
    if values and kind is not Kind.SOME_DATES:
        return [_with("consent", [value]) for value in values[:_CHOICES]]
    return ["consent"]


def _fields_of_opt_out(values: list[str], content: ColumnContent, kind: Kind) -> list[str]:
    staying = [value for value in values if _stays(value)]
    if all(consent.refusal(cell) != "unknown" for cell in content.values):
        return ["opt_out"]
    if staying or kind in (Kind.TICKS, Kind.CONSTANT, Kind.TEXTS) or not values:
        return [_with("opt_out", staying)]
    return [_with("opt_out", [value]) for value in values[:_CHOICES]]


def _stays(value: str) -> bool:
    """Tell whether a cell of an opt-out column is no opt-out: `No`, or `Do not call`."""
    if consent.refusal(value) in ("no", "silent"):
        return True
    return phrases.is_about_another_channel(value) and not phrases.refuses_mail(value)


def _with(field: str, values: list[str]) -> str:
    listed = (value for value in values if not _NOT_IN_A_LINE.search(value))
    return f"{field}:{'|'.join(listed)}"

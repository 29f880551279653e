"""Which columns have to be decided by the user, and who has agreed.

A column is known by its name or by the tool that wrote it, or mapped, or harmless by its cells. All
others are questions. Words only make questions fewer and their answers better: a column that nobody
knows passes only if its cells cannot be an answer in any language.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from prefect_getresponse.contact_import.columns import consent, harmless
from prefect_getresponse.contact_import.columns.mapping import (
    ColumnMapping,
    MappedColumn,
    consent_columns,
)
from prefect_getresponse.contact_import.judging.contents import ColumnContent
from prefect_getresponse.contact_import.judging.kinds import (
    COULD_BE_AN_ANSWER,
    COULD_SAY_NO,
    ENOUGH,
    Kind,
    are_codes,
    kind_of,
)
from prefect_getresponse.contact_import.judging.proposals import proposal_for, what_it_seems
from prefect_getresponse.contact_import.questions import Question, TakenFor
from prefect_getresponse.words import phrases
from prefect_getresponse.words.columns import meaning

MOST_STRANGE = 0.01
"""Share of rows with an answer that nobody knows, above which a known column becomes a question."""
_NAMED = 20
_FEW_OPPOSITES = 10
_STATES = frozenset({"status", "answer", "topic"})
_FEW = {Kind.CHOICE, Kind.VALUES, Kind.LISTS, Kind.CONSTANT}
_HARMLESS: Mapping[harmless.Kind, set[Kind]] = {
    "dates": {Kind.SOME_DATES, Kind.DATES},
    "groups": _FEW,
    "numbers": {Kind.NUMBERS, Kind.CONSTANT, Kind.VALUES, Kind.CHOICE},
    "answers": {Kind.ANSWERS, Kind.TICKS},
}


def questions_left(
    mapping: ColumnMapping,
    contents: Mapping[int, ColumnContent],
    *,
    vouched: bool = False,
    ignored: frozenset[str] = frozenset(),
    not_understood: Mapping[str, int] | None = None,
) -> tuple[Question, ...]:
    """Return what has to be answered before anything is sent.

    Args:
        mapping: What the columns are.
        contents: What is in each column of the whole source, by index: `RowReader.contents()`.
        vouched: Whether somebody vouches that all have agreed.
        ignored: Columns that do not matter, as somebody stated. It does not cover a column with a
            word of refusal in its name or cells, nor one that is known to be about e-mail.
        not_understood: Rows by the column whose answer nobody knows: `RowReader.not_understood`.
    """
    judge = _Judge(mapping, contents, not_understood or {})
    found = [question for index in range(mapping.width) if (question := judge.question(index))]
    if mapping.undecided:
        found = [mapping.undecided, *found]
    left = [each for each in found if not (each.ignorable and each.column in ignored)]
    if vouched or judge.says_who_agreed:
        return tuple(left)
    return (*left, _who_agreed(judge.not_judged(), perhaps=any(map(_may_be_consent, left))))


def columns_of_consent(
    mapping: ColumnMapping, contents: Mapping[int, ColumnContent]
) -> tuple[str, ...]:
    """Return the columns that say who has agreed, for certain: with one, nobody has to vouch."""
    return tuple(
        mapped.column
        for mapped in mapping.columns_of("consent")
        if mapped.is_certain
        and mapped.agrees
        and not mapped.lenient
        and (mapped.origin == "given" or contents[mapped.index].filled)
    )


def _may_be_consent(question: Question) -> bool:
    return question.taken_for in ("consent", "unknown")


def _who_agreed(not_judged: list[str], *, perhaps: bool) -> Question:
    """Return the question who has agreed.

    Args:
        not_judged: Columns with too few cells to be judged.
        perhaps: Whether another answer may be that a column says it: then nobody has to vouch.
    """
    why = "No column says who has agreed to get e-mail. If all of them have, say so with --vouch"
    if perhaps:
        why = (
            "Unless you answer that one of these columns says who has agreed (`consent`), nobody"
            " knows. If all of them have, say so with --vouch"
        )
    if not_judged:
        shown = ", ".join(f'"{name}"' for name in not_judged[:_NAMED])
        more = f" and {len(not_judged) - _NAMED} more" if len(not_judged) > _NAMED else ""
        why += f". With so few rows, the content of {shown}{more} was not judged"
    return Question("", "vouch", why=why)


def _speaks_of_an_end(column: str, content: ColumnContent, kind: Kind) -> bool:
    """Tell whether the name of a column speaks of an end or a refusal, and its cells may, too.

    A campaign, a link or a code of a refusal is one only where it is blank for others.
    """
    if kind is Kind.NUMBERS and not are_codes(content.values):
        return False
    if phrases.speaks_of_an_end(column):
        return True
    return kind is not Kind.NUMBERS and content.blank > 0 and phrases.refuses(column)


def _are_channels(cells: Collection[str]) -> bool:
    """Tell whether cells name channels, and not all of them e-mail: `E-mail, phone`, `Phone`."""
    by_mail = [cell for cell in cells if phrases.is_about_mail(cell)]
    others = [cell for cell in cells if phrases.is_about_another_channel(cell)]
    return bool(by_mail and set(others) - set(by_mail))


def _are_opposites(cells: Collection[str]) -> bool:
    """Tell whether a cell is another one with a `not`: `vorhanden`, `nicht vorhanden`."""
    words = {phrases.spoken(cell) for cell in cells}
    return len(words) <= _FEW_OPPOSITES and any(
        part and (whole.endswith(f" {part}") or whole.startswith(f"{part} "))
        for whole in filter(phrases.denies, words)
        for part in words
    )


def _are_letters(cells: Collection[str]) -> bool:
    """Tell whether cells are single letters or signs, whatever these stand for."""
    return all(len(cell) == 1 for cell in cells)


@dataclass
class _Judge:
    mapping: ColumnMapping
    contents: Mapping[int, ColumnContent]
    not_understood: Mapping[str, int]

    def __post_init__(self) -> None:
        self._mapped = {mapped.index: mapped for mapped in self.mapping.fields}
        self.says_who_agreed = bool(columns_of_consent(self.mapping, self.contents))

    def question(self, index: int) -> Question | None:
        """Return the question about a column, if there is one."""
        mapped = self._mapped.get(index)
        if index in self.mapping.left_out or index in self.mapping.harmless:
            return None
        if mapped is not None and mapped.field in ("consent", "opt_out") and not mapped.lenient:
            return self._about_known(mapped)
        if mapped is not None and (mapped.origin == "given" or mapped.field == "email"):
            return None
        return self._about_other(index, is_used=mapped is not None and not mapped.lenient)

    def _about_known(self, mapped: MappedColumn) -> Question | None:
        """Return the question about a column that is read as consent or opt-out."""
        content = self.contents[mapped.index]
        said: TakenFor = "consent" if mapped.field == "consent" else "opt_out"
        if phrases.is_doubly_negated(mapped.column):
            said = "unknown"
        elif phrases.speaks_of_an_end(mapped.column):
            said = "opt_out"
        strange = self.not_understood.get(mapped.column, 0)
        if strange > MOST_STRANGE * content.rows:
            share = f"{strange:,} of {content.rows:,} rows"
            why = f"{share} have an answer that is not known"
            return self._question(mapped.index, said, why, ignorable=False)
        if mapped.origin == "given" or kind_of(content) is Kind.NOTHING:
            return None
        if not mapped.is_certain:
            why = "Its name can be read in more than one way"
            return self._question(mapped.index, said, why, ignorable=False)
        if not self._agrees_with_sample(mapped):
            why = "Its first rows look different from the others"
            return self._question(mapped.index, said, why, ignorable=False)
        return None

    def _agrees_with_sample(self, mapped: MappedColumn) -> bool:
        """Tell whether all cells say of a column what the first of them said."""
        known = meaning(mapped.column)
        if mapped.field != "consent" or known is None or known[0] not in _STATES:
            return True
        if mapped.index in self.mapping.answering or mapped.secondary:
            return True
        again = consent_columns(mapped, known[0], list(self.contents[mapped.index].values))
        return any(not each.lenient for each in again)

    def _about_other(self, index: int, *, is_used: bool) -> Question | None:
        """Return the question about a column that is not about e-mail as far as is known.

        Args:
            index: The column.
            is_used: Whether it is a name, tags or the like: then only refusals count.
        """
        column, content = self.mapping.columns[index], self.contents[index]
        kind = kind_of(content)
        if kind is Kind.REFUSALS:
            if phrases.is_only_about_another_channel(column):
                return None
            why = "A cell speaks of a refusal"
            return self._question(index, what_it_seems(column, content), why, ignorable=False)
        if kind is Kind.NOTHING or is_used or self._is_harmless(column, content, kind):
            return None
        if _speaks_of_an_end(column, content, kind):
            why = "Its name speaks of an end or a refusal"
            return self._question(index, what_it_seems(column, content), why, ignorable=False)
        if content.filled < ENOUGH and self._may_answer(column, content, kind):
            return self._question(index, what_it_seems(column, content), "", ignorable=False)
        suspects = COULD_SAY_NO if self.says_who_agreed else COULD_BE_AN_ANSWER
        if kind in suspects:
            return self._question(index, what_it_seems(column, content), "", ignorable=True)
        return None

    def _may_answer(self, column: str, content: ColumnContent, kind: Kind) -> bool:
        """Tell whether words say of a few texts or numbers that they may be answers."""
        if kind is Kind.TEXTS and (
            any(map(consent.has_ended, content.values))
            or _are_channels(content.values)
            or _are_opposites(content.values)
            or (phrases.may_have_codes(column) and _are_letters(content.values))
        ):
            return True
        if self.says_who_agreed or kind not in (Kind.TEXTS, Kind.NUMBERS):
            return False
        if kind is Kind.NUMBERS and not are_codes(content.values):
            return False
        if harmless.kind_of_name(column) is not None or phrases.tells_more(column):
            return False
        return phrases.may_be_answered(column)

    def _is_harmless(self, column: str, content: ColumnContent, kind: Kind) -> bool:
        if phrases.is_only_about_another_channel(column):
            return True
        if content.is_whole and harmless.are_of_place(column, content.values):
            return True
        named = harmless.kind_of_name(column)
        if named == "groups" and kind is Kind.TICKS:  # one group, and nothing for all others
            return not any(map(consent.is_answer, content.values))
        return named is not None and kind in _HARMLESS[named]

    def _question(self, index: int, taken_for: TakenFor, why: str, *, ignorable: bool) -> Question:
        content = self.contents[index]
        kind = kind_of(content)
        column = self.mapping.columns[index]
        mapped = self._mapped.get(index)
        is_used = mapped is not None and mapped.field not in ("consent", "opt_out")
        used_as = mapped.field if mapped and is_used else ""
        proposal = proposal_for(index, column, taken_for, content, kind, used_as)
        return Question(
            column,
            taken_for,
            kinds=(kind.value,),
            counts=proposal.counts,
            map=proposal.answers,
            why=why,
            ignorable=ignorable,
        )

    def not_judged(self) -> list[str]:
        """Return the columns that have too few cells to be judged by them."""
        return [
            column
            for index, column in enumerate(self.mapping.columns)
            if index not in self._mapped
            and index not in self.mapping.left_out | self.mapping.harmless
            and 0 < self.contents[index].filled < ENOUGH
            and not self._is_harmless(column, self.contents[index], kind_of(self.contents[index]))
        ]

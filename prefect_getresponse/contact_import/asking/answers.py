"""Which questions about a source are still open, once all that was said is taken together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from prefect_getresponse.contact_import.asking import vouching
from prefect_getresponse.contact_import.asking.said import LeftOut, Said, Vouch
from prefect_getresponse.contact_import.columns.mapping import ColumnMapping
from prefect_getresponse.contact_import.columns.source_mapping import NOTHING_SAID, SourceMapping
from prefect_getresponse.contact_import.judging.contents import ColumnContent
from prefect_getresponse.contact_import.judging.judging import columns_of_consent, questions_left
from prefect_getresponse.contact_import.judging.kinds import ENOUGH, kind_of
from prefect_getresponse.contact_import.options import ImportOptions
from prefect_getresponse.contact_import.questions import Question, UndecidedColumns
from prefect_getresponse.contact_import.rows.validation import RowReader, compile_reader
from prefect_getresponse.sources import Source

_MOST_REMEMBERED = 200
"""Cells with a refusal that are remembered of a column; of more, the rest counts as known."""


@dataclass(frozen=True)
class Judged:
    """A source that was read to its end.

    Attributes:
        source: The source.
        mapping: What its columns are.
        contents: What is in each column, by its index.
        not_understood: Rows by the column whose answer nobody knows.
        tags: Questions about tags.
    """

    source: Source
    mapping: ColumnMapping
    contents: Mapping[int, ColumnContent]
    not_understood: Mapping[str, int]
    tags: tuple[Question, ...] = ()

    @classmethod
    def of(cls, source: Source, mapping: ColumnMapping, reader: RowReader) -> Judged:
        """What a reader has seen of a source."""
        contents, tags = reader.contents(), reader.tag_questions()
        return cls(source, mapping, contents, reader.not_understood, tags)

    @property
    def deciding(self) -> list[str]:
        """Columns that say who has agreed."""
        return list(columns_of_consent(self.mapping, self.contents))

    def questions(self, *, vouched: bool, ignored: Sequence[str] = ()) -> list[Question]:
        """What has to be answered, who has agreed last of all."""
        found = questions_left(
            self.mapping,
            self.contents,
            vouched=vouched,
            ignored=frozenset(ignored),
            not_understood=self.not_understood,
        )
        who = [each for each in found if each.taken_for == "vouch"]
        return [*(each for each in found if each not in who), *self.tags, *who]

    def left_out(self) -> dict[str, LeftOut]:
        """What is in the columns that were mapped to `-`, by their names."""
        return {
            self.mapping.columns[index]: _left_out(self.contents[index])
            for index in sorted(self.mapping.left_out)
        }

    def changed(self, before: Mapping[str, LeftOut], now: Mapping[str, LeftOut]) -> list[Question]:
        """Questions about columns that were left out when something else was in them."""
        return [
            Question(
                column,
                "unknown",
                kinds=(content.kind,),
                map=(f"{column}=opt_out", f"{column}=consent"),
                why=f"You left it out when it held something else: {why}. At a terminal you can"
                " leave it out again",
            )
            for column, content in now.items()
            if column in before and (why := content.differs_from(before[column]))
        ]


def _left_out(content: ColumnContent) -> LeftOut:
    kind = kind_of(content).value if content.filled >= ENOUGH else ""
    refusing = {vouching.fingerprint(cell.casefold())[:16] for cell in content.refusing}
    return LeftOut(kind, tuple(sorted(refusing)[:_MOST_REMEMBERED]))


def read_whole(
    source: Source, mapping: ColumnMapping, said: SourceMapping = NOTHING_SAID
) -> Judged:
    """Read a source to its end, only to see what is in its columns.

    Raises:
        ImportInputError: It cannot be read to its end.
    """
    reader = compile_reader(mapping, said=said)
    for _ in reader.read(source):
        pass
    return Judged.of(source, mapping, reader)


def settle(options: ImportOptions, judged: Judged, said: Said, now: float) -> Said:
    """Find out whether all is said that has to be said before anything is sent.

    Args:
        options: What was asked for.
        judged: The source.
        said: What was said on earlier nights.
        now: Seconds since the epoch.

    Returns:
        What is said now, for the next nights.

    Raises:
        UndecidedColumns: Something is not.
        MappingError: Somebody vouches although a column decides.
    """
    deciding = judged.deciding
    if options.vouched:
        vouching.refuse_override(deciding)
    mapping_now = vouching.fingerprint(options.mapping.meaning())
    scope = vouching.scope_of(judged.source.location, judged.mapping.columns, options.mapping)
    vouch = None if deciding else _vouch(options, scope, said.vouch, now)
    ignored = _ignored(options, judged, said)
    questions = [
        each
        for each in judged.questions(vouched=vouch is not None, ignored=ignored)
        if not _is_said(options, each)
    ]
    left_out = judged.left_out()
    if said.mapping == mapping_now and not options.is_attended:  # else somebody has just said so
        questions += judged.changed(said.left_out, left_out)
    if questions:
        asked = [_with_history(each, said.vouch) for each in questions]
        raise UndecidedColumns(asked, judged.source.name)
    return Said(vouch, ignored, left_out, mapping_now)


def _vouch(options: ImportOptions, scope: str, before: Vouch | None, now: float) -> Vouch | None:
    """Who vouches for the source as it is now.

    A run that a schedule starts only goes on with what was vouched for: of another state of the
    source, whoever set it up knew nothing.
    """
    if before and before.scope == scope:
        return before
    if options.vouched and (before is None or not options.is_scheduled):
        return vouching.vouched_anew(options.vouched_by, scope, now)
    return None


def _is_said(options: ImportOptions, question: Question) -> bool:
    """Whether a column of dates is the one that was named as when people agreed."""
    named = options.resubscribe.strip().casefold()
    is_dated = any("date" in kind for kind in question.kinds)
    return bool(named) and question.column.strip().casefold() == named and is_dated


def _ignored(options: ImportOptions, judged: Judged, said: Said) -> tuple[str, ...]:
    """Columns that `--ignore-others` covers: the undecided ones that were there at first.

    A column that comes later asks again, and one with a word of refusal always does.
    """
    if not options.ignore_others:
        return ()
    undecided = {each.column for each in judged.questions(vouched=True) if each.ignorable}
    return tuple(sorted(undecided & set(said.ignored) if said.ignored else undecided))


def _with_history(question: Question, before: Vouch | None) -> Question:
    """The question who has agreed, with who vouched for another state of the source."""
    if question.taken_for != "vouch" or before is None:
        return question
    changed = f"{before.sentence()}, and its columns or their mapping have changed since"
    return replace(question, why=f"{changed}. {question.why}")

"""Which questions about a source are still open, once all that was said is taken together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from prefect_getresponse.contact_import.asking import vouching
from prefect_getresponse.contact_import.asking.said import Said, Vouch
from prefect_getresponse.contact_import.options import ImportOptions
from prefect_getresponse.contact_import.questions import Question, UndecidedColumns
from prefect_getresponse.contact_import.rows.mapping import ColumnMapping
from prefect_getresponse.sources import Source


def settle(
    options: ImportOptions, mapping: ColumnMapping, source: Source, said: Said, now: float
) -> Said:
    """Find out whether all is said that has to be said before anything is sent.

    Args:
        options: What was asked for.
        mapping: What the columns are.
        source: The source.
        said: What was said on earlier nights.
        now: Seconds since the epoch.

    Returns:
        What is said now, for the next nights.

    Raises:
        UndecidedColumns: Nobody says who has agreed.
        MappingError: Somebody vouches although a column decides.
    """
    deciding = vouching.deciding_columns(mapping)
    if options.vouched:
        vouching.refuse_override(deciding)
    if deciding:
        return replace(said, vouch=None)
    scope = vouching.scope_of(source.location, source.columns(), options.mapping)
    vouch = _vouch(options, scope, said.vouch, now)
    if vouch is None:
        raise UndecidedColumns([vouching.question(said.vouch)], source.name)
    return replace(said, vouch=vouch)


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


def left_open(
    questions: Sequence[Question], said: Said, *, ignore_others: bool
) -> tuple[list[Question], tuple[str, ...]]:
    """Leave out the questions that `--ignore-others` answers.

    It covers the undecided columns that are there when it is first given; a column that comes
    later asks again.

    Args:
        questions: All that is undecided.
        said: What was said on earlier nights.
        ignore_others: Whether it is given.

    Returns:
        The questions that are still open, and the columns that are ignored.
    """
    ignorable = {each.column for each in questions if each.ignorable}
    covered = ignorable & set(said.ignored) if said.ignored else ignorable
    ignored = covered if ignore_others else set[str]()
    left = [each for each in questions if each.column not in ignored]
    return left, tuple(sorted(ignored))

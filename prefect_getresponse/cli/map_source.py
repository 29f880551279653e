"""`prefect-getresponse map`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from prefect_getresponse.cli.console import OK, Stopped, err, print_line
from prefect_getresponse.cli.contact_import import Switch, Words, said_mapping
from prefect_getresponse.cli.dialogue import ask, may_ask
from prefect_getresponse.cli.source_options import AS_USUAL, SourceOptions
from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.contact_import.asking.answers import Judged, read_whole
from prefect_getresponse.contact_import.columns.mapping import map_source
from prefect_getresponse.contact_import.columns.source_mapping import SourceMapping, read_mapping
from prefect_getresponse.contact_import.job import opened
from prefect_getresponse.contact_import.questions import UndecidedColumns
from prefect_getresponse.sources import short_name

_ENDING = ".toml"


def map_(
    source: str,
    /,
    *,
    map_: Annotated[list[str] | None, Parameter(name="--map"), Words] = None,
    mapping_file: Annotated[str, Parameter(name="--mapping")] = "",
    to: str = "",
    print_: Annotated[bool, Parameter(name="--print"), Switch] = False,
    source_options: SourceOptions = AS_USUAL,
    no_input: Annotated[bool, Switch] = False,
) -> int:
    """Decide what the columns of a source are, and keep the answers in a mapping file.

    Imports take it with --mapping FILE; flows take its path or URL as their parameter `mapping`.

    Example: prefect-getresponse map customers.csv --to customers.toml

    Args:
        source: What is to be imported, as `import` takes it. With --print it may be a mapping file.
        map_: COLUMN=FIELD, as `import` takes it.
        mapping_file: Mapping file whose answers are kept.
        to: File to write; the name of the source with .toml if not given.
        print_: Print the answers for the parameter `mapping` of a deployment; write no file.
        source_options: How the source is read.
        no_input: Ask nothing: stop if something is undecided.
    """
    if print_ and source.lower().endswith(_ENDING):
        print_line(read_mapping(source).lines().rstrip())
        return OK
    file = Path(to or f"{Path(short_name(source)).stem}{_ENDING}")
    if not mapping_file and file.exists():
        mapping_file = str(file)
    reading = source_options.reading()
    mapping = said_mapping(mapping_file, map_, reading)
    mapping, found = decided(source, mapping, may_be_asked=may_ask(no_input=no_input))
    if print_:
        print_line(mapping.lines().rstrip())
    else:
        write(file, mapping, short_name(source))
        print_line(f"{file}: written. Import with --mapping {file}")
    if not found.deciding:
        err.print("No column says who has agreed to get e-mail: an import needs --vouch.")
    return OK


def decided(
    source: str, mapping: SourceMapping, *, may_be_asked: bool
) -> tuple[SourceMapping, Judged]:
    """Ask until every column is decided.

    Args:
        source: Location of the source.
        mapping: What is said so far.
        may_be_asked: Whether somebody can answer.

    Raises:
        UndecidedColumns: Something is undecided, and nobody answers.
    """
    while True:
        try:
            return mapping, judged(source, mapping)
        except UndecidedColumns as undecided:
            if not may_be_asked:
                raise
            try:
                mapping = ask(undecided.questions).added_to(mapping)
            except Stopped:
                raise undecided from None


def write(file: Path, mapping: SourceMapping, source: str) -> None:
    """Write a mapping file.

    Raises:
        InvalidArguments: It cannot be written.
    """
    head = f"# What the columns of {' '.join(source.split())} are: `prefect-getresponse map`.\n\n"
    try:
        file.write_text(head + mapping.toml(), encoding="utf-8")
    except OSError as error:
        raise InvalidArguments(
            f"{file}: {error.strerror}", advice="Choose another (--to FILE)."
        ) from None


def judged(source: str, mapping: SourceMapping) -> Judged:
    """Read a source to its end, all columns decided.

    Raises:
        UndecidedColumns: Something is undecided.
    """
    opened_source = opened(source, mapping)
    found = read_whole(opened_source, map_source(opened_source, mapping.columns), mapping)
    if questions := found.questions(vouched=True):
        raise UndecidedColumns(questions, opened_source.name)
    return found

"""What you say about a source: what its columns are, and how it is to be read.

It comes as lines `COLUMN=FIELD`, as a dictionary in Python, or as a mapping file, which is TOML:

```toml
[source]
encoding = "cp1250"

[tags]
"C++" = "Cpp"

[columns."Mail 2"]
field = "email"

[columns."Zgoda"]
field = "consent"
yes = ["Tak", "tak, mailowo"]
```
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from prefect_getresponse.sources.errors import (
    ImportInputError,
    MappingError,
    UnreadableSource,
    listed,
)
from prefect_getresponse.sources.reading import AS_FOUND, Reading
from prefect_getresponse.sources.storage.places import place

MOST_BYTES = 1_000_000
"""Largest mapping file that is read."""
_ANSWERED = ("consent", "opt_out")
_PARTS = ("source", "tags", "columns")
_TOML_PLACE = re.compile(r"\(at [\w ,]+\)")


@dataclass(frozen=True)
class SourceMapping:
    """What is said about a source; nothing of it has to be.

    Attributes:
        columns: Field by column, as `--map` has them.
        reading: How the source is to be read.
        tags: Names of tags that GetResponse cannot hold as they are; `-` leaves one out, and `*`
            stands for all of which nothing would be left.
    """

    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    reading: Reading = AS_FOUND
    tags: Mapping[str, str] = field(default_factory=dict[str, str])

    def meaning(self) -> list[Any]:
        """What is said, without the order in which it is said: for comparisons."""
        reading = self.reading.given()
        reading.pop("require_read_only", None)  # the same rows mean the same
        parts = [self.columns, reading, *([self.tags] if self.tags else [])]
        return [sorted(map(list, each.items())) for each in parts]

    def and_also(
        self,
        columns: Mapping[str, str],
        reading: Reading = AS_FOUND,
        tags: Mapping[str, str] | None = None,
    ) -> SourceMapping:
        """This and more; what is said later wins."""
        both = self.reading.given() | reading.given()
        return SourceMapping(
            {**self.columns, **columns}, Reading.of(both), {**self.tags, **(tags or {})}
        )

    def toml(self) -> str:
        """The mapping file that says this."""
        parts: list[str] = []
        if given := self.reading.given():
            values = [f"{name} = {toml_text(value)}" for name, value in given.items()]
            parts.append("\n".join(["[source]", *values]))
        if self.tags:
            names = [f"{toml_text(tag)} = {toml_text(name)}" for tag, name in self.tags.items()]
            parts.append("\n".join(["[tags]", *names]))
        for column, meaning in self.columns.items():
            said, answers = _split_answers(meaning)
            lines = [f"[columns.{toml_text(column)}]", f"field = {toml_text(said)}"]
            if answers is not None:
                lines.append(f"yes = [{', '.join(map(toml_text, answers))}]")
            parts.append("\n".join(lines))
        return "\n\n".join(parts) + "\n" if parts else ""

    def lines(self) -> str:
        """The parameter `mapping` of a flow that says this: lines, or TOML where those do not."""
        plain = "".join(f"{column}={meaning}\n" for column, meaning in self.columns.items())
        try:
            return plain if read_mapping(plain) == self else self.toml()
        except ImportInputError:  # a column has a line break, or reads like a mapping file
            return self.toml()


def read_mapping(given: str | Mapping[str, str] | SourceMapping | None) -> SourceMapping:
    """Read what is said about a source.

    Args:
        given: Path or URL of a mapping file, lines `COLUMN=FIELD`, the text of a mapping file, or
            fields by column.

    Raises:
        MappingError: It cannot be understood.
    """
    if isinstance(given, SourceMapping):
        return given
    if not given or isinstance(given, Mapping):
        return SourceMapping(dict(given or {}))
    text = given.strip()
    if "\n" not in text and text.lower().endswith(".toml"):
        return from_file(text)
    if _is_toml(text):
        return from_toml(text, "mapping")
    return SourceMapping(columns_of(filter(str.strip, text.split("\n"))))


def columns_of(pairs: Iterable[str]) -> dict[str, str]:
    """Read words such as `COLUMN=FIELD`; a column may hold a `=`, a field does not.

    Raises:
        MappingError: A word has no `=`, or names a column twice.
    """
    columns: dict[str, str] = {}
    for pair in pairs:
        column, separator, meaning = (part.strip() for part in pair.rpartition("="))
        if not separator or not column or not meaning:
            raise MappingError(f"{listed([pair])} is not of the form COLUMN=FIELD")
        if column in columns:
            raise MappingError(f"the column {listed([column])} is mapped twice", "Map it once")
        columns[column] = meaning
    return columns


def from_file(location: str) -> SourceMapping:
    """Read a mapping file.

    Args:
        location: Its path or URL.

    Raises:
        MappingError: It cannot be read or understood.
    """
    found = place(location)
    name = found.name
    try:
        with found.open() as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise MappingError(f"it has more than {MOST_BYTES:,} bytes", "Name a mapping file")
        return from_toml(content.decode("utf-8-sig"), name)
    except UnicodeDecodeError:
        raise MappingError("it is not UTF-8", "Save it as UTF-8", name) from None
    except MappingError as error:
        raise error.at(name) from None


def from_toml(text: str, name: str) -> SourceMapping:
    """Read the text of a mapping file.

    Args:
        text: The text.
        name: What to call it in errors.

    Raises:
        MappingError: It is no TOML, or says something unknown.
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))  # the rest of the message may quote the file
        where = f" {place[0]}" if place else ""
        raise MappingError(f"it is not TOML{where}", "Correct it", name) from None
    if said and not said.keys() & set(_PARTS):
        raise MappingError("it is no mapping file", "Write one with the command map", name)
    _refuse_unknown(said, _PARTS, "the file", name)
    for part in said:
        if not isinstance(said[part], dict):
            raise MappingError(f"`{part}` is not a table", f"Write [{part}]", name)
    columns = {column: _field(column, of, name) for column, of in said.get("columns", {}).items()}
    tags = said.get("tags", {})
    if not all(isinstance(each, str) for each in tags.values()):
        raise MappingError("a tag in [tags] is no text", 'Write "tag" = "name"', name)
    try:
        return SourceMapping(columns, Reading.of(said.get("source", {})), tags)
    except UnreadableSource as error:
        raise MappingError(error.what, error.advice, name) from None


def _field(column: str, said: Any, name: str) -> str:
    """The field of a column, as `--map` has it."""
    where = f"column {listed([column])}"
    if isinstance(said, str):
        return said
    table = cast("Mapping[str, Any]", said) if isinstance(said, dict) else dict[str, Any]()
    meaning = table.get("field")
    if not isinstance(meaning, str):
        raise MappingError(f"{where} has no field", 'Write field = "..."', name)
    _refuse_unknown(table, ("field", "yes"), where, name)
    if "yes" not in table:
        return meaning
    if meaning not in _ANSWERED:
        raise MappingError(
            f"{where} has `yes`, and its field is no question",
            f"Only {' and '.join(_ANSWERED)} have answers",
            name,
        )
    given = table["yes"]
    answers = cast("Sequence[Any]", given) if isinstance(given, list) else None
    if answers is None or not all(isinstance(each, str) for each in answers):
        raise MappingError(f"{where}: `yes` is not a list of texts", 'Write ["...", "..."]', name)
    if any("|" in each for each in answers):
        raise MappingError(f"{where}: an answer holds |", "Answers are separated by it", name)
    return with_answers(meaning, answers)


def with_answers(meaning: str, answers: Iterable[str]) -> str:
    """A field with its answers, as `--map` has it: `consent:Yes|Tak`."""
    return f"{meaning}:{'|'.join(answers)}"


def _split_answers(meaning: str) -> tuple[str, list[str] | None]:
    said, colon, answers = meaning.partition(":")
    return (said, answers.split("|")) if colon and said in _ANSWERED else (meaning, None)


def _refuse_unknown(said: Mapping[str, Any], known: tuple[str, ...], where: str, name: str) -> None:
    if unknown := [key for key in said if key not in known]:
        raise MappingError(
            f"{where} says {listed(unknown)}, which is unknown", f"Known are {listed(known)}", name
        )


def _is_toml(text: str) -> bool:
    """Whether a text is that of a mapping file: one of its lines begins a table of one."""
    return any(
        line.strip() in ("[source]", "[tags]", "[columns]") or line.lstrip().startswith("[columns.")
        for line in text.split("\n")
    )


NOTHING_SAID = SourceMapping()


def toml_text(value: Any) -> str:
    """A value as TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    escaped = "".join(_ESCAPES.get(char, char) for char in str(value))
    return f'"{escaped}"'


_ESCAPES = {
    **{chr(code): f"\\u{code:04x}" for code in (*range(32), 127)},
    "\\": "\\\\",
    '"': '\\"',
    "\n": "\\n",
    "\t": "\\t",
    "\r": "\\r",
}

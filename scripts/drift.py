"""What a newer OpenAPI document of GetResponse says otherwise than this project.

    python -m scripts.drift NEW.yaml

Operations, parameters and bodies are compared with the sandbox's tables and, where these are
silent, with the declarations; answers are compared with the declared results. The exit code is 1
if anything differs, 2 if the document cannot be read.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import TypeAdapter

from prefect_getresponse.operation import OperationTask
from prefect_getresponse.operations.declaration import sent_type
from prefect_getresponse.sandbox.contract.operations import Operation, Parameter, operations
from prefect_getresponse.sandbox.contract.schema import Shape, body_shape, parse_note
from prefect_getresponse.tasks import declared_tasks
from scripts.openapi import Facts, JsonObject, Member, SchemaReader, read_document

AnyTask = OperationTask[..., Any]
Members = Mapping[str, Member]

EXPLAINED: Mapping[str, str] = {
    r"(create|update)Autoresponder: body member gone: "
    r"(sendSettings\.recurrence|triggerSettings\.selectedSegments)": (
        "the document names them, deprecated and read-only"
    ),
    r"(create|update)RssNewsletter: body member sendSettings\.sendAtMonthDay: .*": (
        "1 to 28 or 31, two alternatives that no single range tells"
    ),
    r"triggerCustomEvent: body member attributes\[\]\.value: .*": (
        "a text, number or truth value, each with limits of its own"
    ),
    r"sendSms: no longer required: sendSettings": "required by both kinds of recipients",
    r"\w+: (body|answer) member section\[\]\.conditions\[\]\."
    r"(category|product|shop|stage)?(S|s)cope: .*": "an id, or the word `all`",
    r"\w+: body member section\[\]\.conditions\[\]\.(clickTrackId|value): .*": (
        "an id or a text, in other conditions one of a few words"
    ),
    r"\w+: (answer|body) member sendSettings\.externalLexpad: (may be null|nullable .*)": (
        "the original document has no null here; only newsletters do"
    ),
    r"\w+AbTest\w*: new answer member: campaign\.name \(string\)": (
        "the original document names the list of a test by its id only"
    ),
    r"(create|get)CustomReport\w*: answer member gone: filters.*": (
        "only the reports of message activity have it"
    ),
    r"getAutoresponderList: answer member gone: sendSettings\.externalLexpad.*": (
        "the type is shared with the details"
    ),
    r"getRssNewslettersList: answer member gone: sendSettings\.selectedContacts": (
        "the type is shared with the details"
    ),
}
"""Differences to the document of July 2026 that are none, and why."""


def drift(document: JsonObject, rows: Iterable[Operation], tasks: Iterable[AnyTask]) -> list[str]:
    """What a document says otherwise, a line each.

    Args:
        document: An OpenAPI 3 document.
        rows: The table of operations.
        tasks: The declared tasks.
    """
    new = {
        (method, _anonymous(path)): (path, facts)
        for (method, path), facts in read_document(document).items()
    }
    old = {(row.method, _anonymous(row.path)): row for row in rows}
    declared: dict[tuple[str, str], AnyTask] = {
        (task.operation.method, task.operation.template): task for task in tasks
    }
    lines = [
        f"{new[key][1].name}: new operation: {key[0]} {new[key][0]}"
        for key in new.keys() - old.keys()
    ]
    lines += [
        f"{old[key].operation_id}: operation gone: {key[0]} {old[key].path}"
        for key in old.keys() - new.keys()
    ]
    for key in old.keys() & new.keys():
        row = old[key]
        task = declared.get((row.method, row.path))
        path, facts = new[key]
        found = _compared(row, task, path, facts)
        lines += [f"{row.operation_id}: {line}" for line in found]
    return sorted(line for line in lines if not any(re.fullmatch(each, line) for each in EXPLAINED))


def _anonymous(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)


def _compared(row: Operation, task: AnyTask | None, path: str, facts: Facts) -> Iterator[str]:
    if facts.name != row.operation_id:
        yield f"operation renamed: {facts.name}"
    if path != row.path:
        yield f"path parameter renamed: {path}"
    if facts.status != row.success_status:
        yield f"status of a success: {row.success_status} -> {facts.status}"
    if task is not None and facts.deprecated != bool(task.operation.deprecated):
        yield "now deprecated" if facts.deprecated else "no longer deprecated"
    needed = {*row.body_required, *(each.name for each in row.parameters.values() if each.required)}
    yield from (f"now required: {name}" for name in facts.needed - needed)
    yield from (f"no longer required: {name}" for name in needed - facts.needed)
    query = {name: _of_parameter(each) for name, each in row.parameters.items()}
    yield from _differences("parameter", [query], facts.query)
    yield from _differences("body member", list(_bodies(row, task)), facts.body)
    if task is not None and facts.answer:
        yield from _uncovered(_of_one(_answer(task)), _of_one(facts.answer))


def _differences(what: str, known: list[Members], new: Members) -> Iterator[str]:
    """Members that no source knows, that are gone, or that every source describes otherwise."""
    every = {name for source in known for name in source}
    # The most exact source says what is gone; the others may know alternatives.
    yield from (f"new {what}: {name} ({_text(new[name])})" for name in new.keys() - every)
    yield from (f"{what} gone: {name}" for name in known[0].keys() - new.keys())
    for name in new.keys() & every:
        said = [source[name] for source in known if name in source]
        for aspect in ("kinds", "words", "low", "high", "pattern", "nullable"):
            value = _aspect(new[name], aspect)
            if aspect in ("kinds", "words", "pattern") and not value:
                continue
            if all(_aspect(each, aspect) != value for each in said):
                before = _aspect_text(_aspect(said[0], aspect))
                yield f"{what} {name}: {aspect} {before} -> {_aspect_text(value)}"


def _uncovered(known: Members, new: Members) -> Iterator[str]:
    """What the declared result does not say about answers."""
    yield from (f"new answer member: {name} ({_text(new[name])})" for name in new.keys() - known)
    yield from (f"answer member gone: {name}" for name in known.keys() - new.keys())
    for name in new.keys() & known.keys():
        if known[name].kinds and not new[name].kinds <= known[name].kinds:
            kinds = _aspect_text(new[name].kinds)
            yield f"answer member {name}: kinds {_aspect_text(known[name].kinds)} -> {kinds}"
        if known[name].words and not new[name].words <= known[name].words:
            words = _aspect_text(new[name].words - known[name].words)
            yield f"answer member {name}: new words {words}"
        if new[name].nullable and not known[name].nullable:
            yield f"answer member {name}: may be null"


def _aspect(member: Member, aspect: str) -> Any:
    value = getattr(member, aspect)
    # No text is shorter than nothing.
    return None if aspect == "low" and value == 0 else value


def _aspect_text(value: Any) -> str:
    if isinstance(value, frozenset):
        return "|".join(sorted(cast("frozenset[str]", value))) or "any"
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value:g}" if is_number else str(value)


def _text(member: Member) -> str:
    return _aspect_text(member.kinds)


def _of_parameter(parameter: Parameter) -> Member:
    return Member(
        frozenset({parameter.type}),
        frozenset(parameter.choices),
        parameter.minimum,
        parameter.maximum,
    )


def _bodies(row: Operation, task: AnyTask | None) -> Iterator[Members]:
    """The body as the tables, their raw notes and the declaration describe it."""
    yield dict(_flat(body_shape(row), "")) if row.content_type else {}
    yield {path: _of_shape(parse_note(note)) for path, note in row.body_fields.items()}
    if task is not None:
        yield _declared_body(task)


def _flat(shape: Shape, path: str) -> Iterator[tuple[str, Member]]:
    for name, member in shape.members.items():
        inner = f"{path}.{name}" if path else name
        yield inner, _of_shape(member)
        while member.items is not None:
            member, inner = member.items, f"{inner}[]"
        yield from _flat(member, inner)


def _of_shape(shape: Shape) -> Member:
    if shape.items is not None:
        items = _of_shape(shape.items)
        kinds = frozenset({f"array<{'|'.join(sorted(items.kinds))}>"})
        return Member(kinds, items.words, shape.low, shape.high, nullable=shape.nullable)
    pattern = shape.pattern.pattern if shape.pattern else ""
    words = frozenset(shape.choices)
    return Member(shape.kinds, words, shape.low, shape.high, pattern, shape.nullable)


def _declared_body(task: AnyTask) -> Members:
    operation = task.operation
    found: dict[str, Member] = {}
    for name, wire in operation.body_parameters.items():
        found |= _of_schema(_schema(sent_type(operation.hints[name])), wire)
    return found


def _of_schema(schema: JsonObject, wire: str) -> Members:
    reader = SchemaReader(schema)
    inner = {f"{wire}.{name}": each for name, each in reader.members(schema, "request").items()}
    return {wire: reader.member(schema)} | {
        name.replace(".[]", "[]"): each for name, each in inner.items()
    }


def _answer(task: AnyTask) -> Members:
    schema = _schema(task.operation.hints["return"])
    return SchemaReader(schema).members(schema, "answer")


def _of_one(members: Members) -> Members:
    """Members of one resource: the document takes some lists for single ones, and the reverse."""
    return {name.removeprefix("[]."): each for name, each in members.items()}


def _schema(hint: Any) -> JsonObject:
    return TypeAdapter[Any](hint).json_schema()


def read(file: Path) -> JsonObject:
    """Read a document, YAML or JSON.

    Raises:
        OSError: It cannot be opened.
        ValueError: It is no OpenAPI document.
        yaml.YAMLError: It is not YAML.
    """
    # The parser in C reads the real document ten times faster.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document = yaml.load(file.read_text("utf-8"), loader)  # noqa: S506 - a safe one
    if not isinstance(document, dict) or "paths" not in document:
        raise ValueError("not an OpenAPI document")
    return cast("JsonObject", document)


def main() -> None:
    """Print the differences, and exit with 1 if there are any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("document", type=Path, help="the newer document, YAML or JSON")
    options = parser.parse_args()
    try:
        document = read(options.document)
    except (OSError, ValueError, yaml.YAMLError) as error:
        sys.stderr.write(f"drift: {options.document}: {error}\n")
        sys.exit(2)
    lines = drift(document, operations(), declared_tasks())
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.write(f"{len(lines)} differences\n")
    sys.exit(bool(lines))


if __name__ == "__main__":
    main()

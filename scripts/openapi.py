"""Operations of an OpenAPI document as flat facts that can be compared.

Members of bodies and answers are named by path, as in the table of operations: `tags[].tagId`.
Alternatives (`oneOf`, `anyOf`) are read as one object that has the members of all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

JsonObject = Mapping[str, Any]
Direction = Literal["request", "answer"]

METHODS = ("get", "post", "delete", "put", "patch")
_MADE_OF = ("allOf", "oneOf", "anyOf")


@dataclass(frozen=True)
class Member:
    """What is known of one value.

    Attributes:
        kinds: JSON types.
        words: The words allowed, empty if any.
        low: Smallest number, length or count.
        high: Largest number, length or count.
        pattern: Pattern of the text.
        nullable: Whether null is allowed.
    """

    kinds: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    low: float | None = None
    high: float | None = None
    pattern: str = ""
    nullable: bool = False


@dataclass(frozen=True)
class Facts:
    """One operation.

    Attributes:
        name: `operationId`.
        deprecated: Whether the document says so.
        status: HTTP status of a success.
        query: Query parameters by name.
        needed: Required parameters and required members at the top of the body.
        body: Members of the body by path.
        answer: Members of the answer by path.
    """

    name: str
    deprecated: bool = False
    status: int = 200
    query: Mapping[str, Member] = field(default_factory=dict[str, Member])
    needed: frozenset[str] = frozenset()
    body: Mapping[str, Member] = field(default_factory=dict[str, Member])
    answer: Mapping[str, Member] = field(default_factory=dict[str, Member])


def read_document(document: JsonObject) -> dict[tuple[str, str], Facts]:
    """Every operation of a document by method and path.

    Args:
        document: An OpenAPI 3 document.
    """
    reader = SchemaReader(document)
    found: dict[tuple[str, str], Facts] = {}
    for path, item in cast("JsonObject", document["paths"]).items():
        for method in METHODS:
            if method in item:
                shared = item.get("parameters", [])
                found[method.upper(), path] = _facts(reader, item[method], shared)
    return found


def _facts(reader: SchemaReader, operation: JsonObject, shared: list[JsonObject]) -> Facts:
    parameters = [reader.resolved(each) for each in (*shared, *operation.get("parameters", []))]
    queries = [each for each in parameters if each["in"] == "query"]
    body = _content(reader, reader.resolved(operation.get("requestBody", {})))
    success = min(status for status in operation["responses"] if status.startswith("2"))
    answer = _content(reader, reader.resolved(operation["responses"][success]))
    needed = {each["name"] for each in queries if each.get("required")}
    members = reader.members(body, "request")
    needed |= {each for each in reader.required(body) if each in members}
    return Facts(
        name=operation.get("operationId", ""),
        deprecated=bool(operation.get("deprecated", False)),
        status=int(success),
        query={each["name"]: reader.member(each.get("schema", {})) for each in queries},
        needed=frozenset(needed),
        body=members,
        answer=reader.members(answer, "answer"),
    )


def _content(reader: SchemaReader, holder: JsonObject) -> JsonObject:
    """Schema of a body or an answer; empty where there is none."""
    for media in cast("JsonObject", holder.get("content", {})).values():
        return reader.resolved(media.get("schema", {}))
    return {}


class SchemaReader:
    """Reads schemas of one document, with `$ref` and `allOf` resolved.

    Args:
        document: The document that references point into; OpenAPI 3.0 or JSON Schema.
    """

    def __init__(self, document: JsonObject) -> None:
        self._document = document

    def resolved(self, node: JsonObject) -> JsonObject:
        """A node, or what its `$ref` points to."""
        while "$ref" in node:
            target: Any = self._document
            for step in str(node["$ref"]).removeprefix("#/").split("/"):
                target = target[step.replace("~1", "/").replace("~0", "~")]
            node = cast("JsonObject", target)
        return node

    def members(self, schema: JsonObject, direction: Direction) -> dict[str, Member]:
        """Every member below a schema by path, as a request or an answer has it."""
        found: dict[str, Member] = {}
        for path, member in self._members(schema, direction, "", ()):
            found[path] = _merged(found[path], member) if path in found else member
        return found

    def _members(
        self, schema: JsonObject, direction: Direction, path: str, above: tuple[int, ...]
    ) -> Iterator[tuple[str, Member]]:
        schema = self.resolved(schema)
        if id(schema) in above:
            return
        above = (*above, id(schema))
        hidden = "readOnly" if direction == "request" else "writeOnly"
        for part in self._parts(schema):
            for name, node in cast("JsonObject", part.get("properties", {})).items():
                inner = f"{path}.{name}" if path else name
                if not any(each.get(hidden) for each in self._parts(node)):
                    yield inner, self.member(node)
                    yield from self._members(node, direction, inner, above)
            if "items" in part:
                yield from self._members(part["items"], direction, f"{path}[]", above)

    def required(self, schema: JsonObject) -> set[str]:
        """Names that a schema and what it includes by `allOf` require."""
        schema = self.resolved(schema)
        found = set(cast("list[str]", schema.get("required", [])))
        return found.union(*(self.required(each) for each in schema.get("allOf", [])))

    def member(self, schema: JsonObject) -> Member:
        """What a schema says about one value."""
        merged = Member()
        for part in self._parts(schema):
            merged = _merged(merged, self._own(part))
        return merged

    def _own(self, part: JsonObject) -> Member:
        kinds = part.get("type")
        if kinds == "null":
            return Member(nullable=True)
        if kinds is None:
            kinds = "object" if "properties" in part else "array" if "items" in part else None
        words = part.get("enum") or ([part["const"]] if "const" in part else [])
        if kinds == "array":
            items = self.member(part.get("items", {}))
            inner = "|".join(sorted(items.kinds)) or "any"
            return Member(
                frozenset({f"array<{inner}>"}), items.words, *_bounds(part), nullable=_null(part)
            )
        return Member(
            kinds=frozenset({kinds} if kinds else ()),
            # The document of July 2026 has a word with a stray quotation mark.
            words=frozenset(str(word).strip("'") for word in words if word is not None),
            low=_bounds(part)[0],
            high=_bounds(part)[1],
            pattern=str(part.get("pattern", "")),
            nullable=_null(part),
        )

    def _parts(self, schema: JsonObject) -> list[JsonObject]:
        """A schema and everything it is made of, references resolved, each once."""
        found: dict[int, JsonObject] = {}
        waiting = [schema]
        while waiting:
            part = self.resolved(waiting.pop())
            if id(part) not in found:
                found[id(part)] = part
                waiting += [
                    *(each for keyword in _MADE_OF for each in part.get(keyword, [])),
                    *({"$ref": each} for each in _variants(part)),
                ]
        return list(found.values())


def _variants(part: JsonObject) -> list[str]:
    """References to the variants of an object, which the document names by a discriminator."""
    discriminator: JsonObject = part.get("discriminator", {})
    targets = cast("Mapping[str, Any]", discriminator.get("mapping", {})).values()
    return [target for target in targets if isinstance(target, str)]


def _null(part: JsonObject) -> bool:
    return bool(part.get("nullable", False))


def _bounds(part: JsonObject) -> tuple[float | None, float | None]:
    low = next((part[each] for each in ("minLength", "minItems", "minimum") if each in part), None)
    high = next((part[each] for each in ("maxLength", "maxItems", "maximum") if each in part), None)
    return low, high


def _merged(one: Member, other: Member) -> Member:
    """Both together: types and words of either, limits of whichever has them."""
    kinds = one.kinds | other.kinds
    return replace(
        one,
        kinds=kinds - {"integer"} if "number" in kinds else kinds,
        words=one.words | other.words,
        low=other.low if one.low is None else one.low,
        high=other.high if one.high is None else one.high,
        pattern=one.pattern or other.pattern,
        nullable=one.nullable or other.nullable,
    )

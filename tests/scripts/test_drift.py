"""Differences between this project and a made-up document."""

import copy
import json
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest
from yaml import YAMLError

from prefect_getresponse.operation import OperationTask
from prefect_getresponse.sandbox.contract.operations import operations
from prefect_getresponse.tasks.tags import create_tag, delete_tag, list_tags
from scripts.drift import drift, main, read

Document = dict[str, Any]

PROGRAM = Path(__file__).parent.parent.parent / "scripts" / "drift.py"
TASKS: list[OperationTask[..., Any]] = [list_tags, create_tag, delete_tag]
ROWS = [
    row for row in operations() if row.operation_id in ("getTagsList", "createTag", "deleteTag")
]
LISTING = (
    "query[name]",
    "query[createdAt][from]",
    "query[createdAt][to]",
    "fields",
)
ORDER = {"type": "string", "enum": ["ASC", "DESC"]}


@pytest.fixture
def document() -> Document:
    """A document that says of three operations what this project says."""
    texts = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in LISTING]
    sorts = [
        {"name": name, "in": "query", "schema": ORDER} for name in ("sort[createdAt]", "sort[name]")
    ]
    number = {"type": "integer", "minimum": 1}
    pages = [
        {"name": "page", "in": "query", "schema": number},
        {"name": "perPage", "in": "query", "schema": {**number, "maximum": 1000}},
    ]
    tag = {"$ref": "#/components/schemas/Tag"}
    listed = {"allOf": [tag], "properties": {"href": {"type": "string", "readOnly": True}}}
    return copy.deepcopy(
        {
            "openapi": "3.0.0",
            "paths": {
                "/tags": {
                    "get": {
                        "operationId": "getTagsList",
                        "parameters": [*texts, *sorts, *pages],
                        "responses": answers("200", {"type": "array", "items": listed}),
                    },
                    "post": {
                        "operationId": "createTag",
                        "requestBody": {"content": {"application/json": {"schema": tag}}},
                        "responses": answers("201", tag),
                    },
                },
                "/tags/{tagId}": {
                    "delete": {"operationId": "deleteTag", "responses": {"204": {}, "404": {}}}
                },
            },
            "components": {
                "schemas": {
                    "Tag": {
                        "allOf": [{"$ref": "#/components/schemas/BaseTag"}],
                        "required": ["name", "tagId"],
                        "properties": {
                            "tagId": {"type": "string", "readOnly": True},
                            "createdAt": {"type": "string", "readOnly": True},
                            "color": {"type": "string", "readOnly": True},
                        },
                    },
                    "BaseTag": {
                        "properties": {
                            "name": {
                                "type": "string",
                                "minLength": 2,
                                "maxLength": 64,
                                "pattern": "^[_a-zA-Z0-9]{2,64}$",
                            }
                        }
                    },
                }
            },
        }
    )


def answers(status: str, schema: Any) -> Document:
    return {status: {"content": {"application/json": {"schema": schema}}}, "400": {}}


def found(document: Document) -> list[str]:
    return drift(document, ROWS, TASKS)


def test_the_same_is_no_difference(document: Document) -> None:
    assert found(document) == []


def test_operations(document: Document) -> None:
    paths = document["paths"]
    paths["/tags"]["put"] = {"operationId": "putTags", "responses": {"200": {}}}
    paths["/tags"]["get"]["operationId"] = "listTags"
    paths["/tags"]["get"]["deprecated"] = True
    del paths["/tags"]["post"]
    paths["/tags/{id}"] = paths.pop("/tags/{tagId}")

    assert found(document) == [
        "createTag: operation gone: POST /tags",
        "deleteTag: path parameter renamed: /tags/{id}",
        "getTagsList: now deprecated",
        "getTagsList: operation renamed: listTags",
        "putTags: new operation: PUT /tags",
    ]


def test_parameters(document: Document) -> None:
    parameters = {each["name"]: each for each in document["paths"]["/tags"]["get"]["parameters"]}
    parameters["perPage"]["schema"] = {"type": "integer", "minimum": 1, "maximum": 500}
    parameters["sort[name]"]["schema"] = {"type": "string", "enum": ["ASC"]}
    parameters["query[name]"]["required"] = True
    parameters["fields"]["name"] = "only"

    assert found(document) == [
        "getTagsList: new parameter: only (string)",
        "getTagsList: now required: query[name]",
        "getTagsList: parameter gone: fields",
        "getTagsList: parameter perPage: high 1000 -> 500",
        "getTagsList: parameter sort[name]: words ASC|DESC -> ASC",
    ]


def test_bodies_and_answers(document: Document) -> None:
    schemas = document["components"]["schemas"]
    schemas["BaseTag"]["properties"]["name"] |= {"maxLength": 32, "nullable": True}
    schemas["Tag"]["required"] = ["tagId"]
    schemas["Tag"]["properties"]["colour"] = {"type": "string"}
    schemas["Tag"]["properties"]["color"]["type"] = "integer"

    assert [line for line in found(document) if line.startswith("createTag")] == [
        "createTag: answer member color: kinds string -> integer",
        "createTag: answer member name: may be null",
        "createTag: body member name: high 64 -> 32",
        "createTag: body member name: nullable False -> True",
        "createTag: new answer member: colour (string)",
        "createTag: new body member: colour (string)",
        "createTag: no longer required: name",
    ]


def test_members_that_only_some_alternatives_have_are_seen(document: Document) -> None:
    schemas = document["components"]["schemas"]
    schemas["Long"] = {
        "allOf": [{"$ref": "#/components/schemas/BaseTag"}],
        "properties": {"deep": {"type": "array", "items": {"properties": {"x": {}}}}},
    }
    mapping = {"long": "#/components/schemas/Long"}
    schemas["BaseTag"]["discriminator"] = {"propertyName": "name", "mapping": mapping}

    assert [line for line in found(document) if "createTag: new body" in line] == [
        "createTag: new body member: deep (array<object>)",
        "createTag: new body member: deep[].x (any)",
    ]


def test_the_program_fails_on_drift(
    document: Document,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "new.json"
    file.write_text(json.dumps(document))
    monkeypatch.setattr(sys, "argv", ["drift", str(file)])

    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(PROGRAM), run_name="__main__")

    printed = capsys.readouterr().out
    assert ended.value.code == 1
    assert "createContact: operation gone: POST /contacts\n" in printed
    assert printed.endswith(f"{len(operations()) - len(ROWS)} differences\n")


@pytest.mark.parametrize("text", ["a: b", "{", ""])
def test_what_is_no_document_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "new.yaml"
    file.write_text(text)
    with pytest.raises((ValueError, YAMLError)):
        read(file)


def test_the_program_says_what_it_cannot_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["drift", str(tmp_path / "missing.yaml")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "missing.yaml" in capsys.readouterr().err

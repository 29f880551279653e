"""What the pages tell people to write and to type works."""

import ast
import shlex
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from prefect import Flow

from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.cli import app
from prefect_getresponse.tasks.tags import list_tags
from tests.docs.blocks import Block, blocks

PYTHON = blocks("python")
COMMANDS = [
    pytest.param(shlex.split(line, comments=True)[1:], id=f"{block.name}: {line[:60]}")
    for block in blocks("sh", "bash")
    for line in block.text.replace("\\\n", " ").splitlines()
    if line.startswith("prefect-getresponse ")
]


@pytest.mark.parametrize("block", PYTHON, ids=lambda block: block.name)
def test_python_blocks_name_what_exists(block: Block) -> None:
    for node in ast.walk(ast.parse(block.text)):
        if isinstance(node, ast.ImportFrom):
            module = import_module(node.module or "")
            missing = [alias.name for alias in node.names if not hasattr(module, alias.name)]
            assert not missing, f"{node.module} has no {missing}"
        elif isinstance(node, ast.Import):
            for alias in node.names:
                import_module(alias.name)


@pytest.mark.parametrize("words", COMMANDS)
def test_commands_are_understood(words: list[str]) -> None:
    if "--help" in words:
        return
    _, bound, _ = app.parse_args(words, exit_on_error=False, print_error=False)
    assert bound.arguments or len(words) == 1


def _flows(text: str) -> Iterator[Flow[..., Any]]:
    names: dict[str, Any] = {}
    exec(compile(text, "<page>", "exec"), names)
    yield from (member for member in names.values() if isinstance(member, Flow))


@pytest.mark.xdist_group("prefect")
@pytest.mark.usefixtures("prefect_server")
def test_the_readmes_own_flow_runs(credentials: GetResponseCredentials) -> None:
    block = next(block for block in PYTHON if "@flow" in block.text and block.page == "README.md")
    (label_lists,) = _flows(block.text)
    assert label_lists(credentials) == 1
    assert [tag.get("name") for tag in list_tags.fn(credentials)] == ["reviewed_2026"]

"""Imports point one way: no cycles, no two rooms that import each other, what is public at the top.

Imports under `TYPE_CHECKING` count.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import prefect_getresponse

ROOT = Path(prefect_getresponse.__file__).parent
PACKAGE = ROOT.name
TOP = {"__init__", "credentials", "omit", "operation", "paging", "settings", "webhooks"}
"""Modules that users import; everything else has a room."""
BOTTOM = ("client", "limits", "segments")
"""Rooms that know nothing of Prefect's flows, or of what is built on them."""
MOST_MODULES = 13
"""Modules of a room that one can keep in mind; lists of things of one kind may be longer."""
LISTS = {"cli", "flows", "resources", "tasks"}
MOST_METHODS = 16
"""Public methods of a class that has one idea."""


def name_of(file: Path) -> str:
    parts = (PACKAGE, *file.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts).removesuffix(".__init__")


FILES = {name_of(file): file for file in ROOT.rglob("*.py")}


def module(name: str) -> str:
    """The module that an imported name comes from."""
    while name not in FILES:
        name = name.rpartition(".")[0]
    return name


def imported(file: Path) -> Iterator[str]:
    """Modules of the package that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
            yield from (module(f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (module(a.name) for a in node.names if a.name.startswith(PACKAGE))


@cache
def imports() -> dict[str, set[str]]:
    """What each module imports; read when a test asks, as all workers come by here."""
    return {name: set(imported(file)) - {name} for name, file in FILES.items()}


def room(name: str) -> str:
    """The folder of a module."""
    return name if FILES[name].name == "__init__.py" else name.rpartition(".")[0]


def cycles(arrows: dict[str, set[str]]) -> list[set[str]]:
    """Groups of nodes that reach each other."""

    def reached(start: str) -> set[str]:
        found, todo = set[str](), list(arrows.get(start, ()))
        while todo:
            node = todo.pop()
            if node not in found:
                found.add(node)
                todo.extend(arrows.get(node, ()))
        return found

    reach = {node: reached(node) for node in arrows}
    groups = {
        frozenset(b for b in reach[a] if a in reach.get(b, ())) for a in arrows if a in reach[a]
    }
    return [set(group) for group in groups]


def test_no_module_imports_itself_by_way_of_others() -> None:
    files = {
        name: {each for each in arrows if FILES[each].name != "__init__.py"}
        for name, arrows in imports().items()
    }
    assert cycles(files) == []


def test_no_two_rooms_import_each_other() -> None:
    rooms = defaultdict[str, set[str]](set)
    for name, arrows in imports().items():
        if FILES[name].name != "__init__.py":
            rooms[room(name)] |= {room(each) for each in arrows} - {room(name)}
    mutual = {
        tuple(sorted((one, other)))
        for one, arrows in rooms.items()
        for other in arrows
        if one in rooms.get(other, ()) and PACKAGE not in (one, other)
    }
    nested = {(one, other) for one, other in mutual if other.startswith(f"{one}.")}
    assert mutual - nested == set()


def test_every_room_names_its_modules_and_has_few_of_them() -> None:
    for folder in {file.parent for file in FILES.values()} - {ROOT}:
        modules = {file.stem for file in folder.glob("*.py")} - {"__init__"}
        if folder.name in LISTS:
            continue
        assert len(modules) <= MOST_MODULES, folder
        said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8"))) or ""
        unnamed = {name for name in modules if f"`{name}`" not in said}
        assert unnamed == set(), f"the docstring of {folder.relative_to(ROOT)} does not name them"


def test_every_class_has_one_idea() -> None:
    classes = {
        node.name: node
        for file in FILES.values()
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    }

    def public(node: ast.ClassDef) -> set[str]:
        own = {
            each.name
            for each in node.body
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
            and not each.name.startswith("_")
        }
        bases = [base.id for base in node.bases if isinstance(base, ast.Name)]
        return own.union(*(public(classes[base]) for base in bases if base in classes))

    large = {name: len(public(node)) for name, node in classes.items()}
    assert {name: size for name, size in large.items() if size > MOST_METHODS} == {}


def test_phases_take_a_run_and_ask_it_for_the_rest() -> None:
    for file in (ROOT / "contact_import" / "phases").glob("*.py"):
        text = file.read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == file.stem:
                assert len([*node.args.args, *node.args.kwonlyargs]) <= 2, file.name
    for file in (ROOT / "contact_import").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert "run: int" not in text, file.name
        assert "run.number" not in text, file.name


def test_only_what_users_import_lies_at_the_top() -> None:
    assert {file.stem for file in ROOT.glob("*.py")} == TOP


def test_the_lower_rooms_know_nothing_of_the_upper_ones() -> None:
    for name in BOTTOM:
        tops = {
            each.split(".")[1]
            for module_name, arrows in imports().items()
            if module_name.startswith(f"{PACKAGE}.{name}.")
            for each in arrows
            if "." in each
        }
        assert tops <= {*BOTTOM, "runtime", "omit"}, name

"""Write docs/reference/, docs/sandbox-operations.md and the law of repeats from the code.

    python -m scripts.write_reference

A page a module of tasks, one for the types that several modules share, and an index; one each for
the command line, the settings and the flows.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import griffe

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.limits.budgets import ENDPOINT_BUDGETS, Window
from prefect_getresponse.omit import OMIT
from prefect_getresponse.operation import Operation, OperationTask
from prefect_getresponse.tasks import declared_tasks
from scripts.law_table import with_law
from scripts.manual_pages import command_line, flow_pages, settings
from scripts.sandbox_page import sandbox_operations
from scripts.type_texts import members, type_text, typed_dicts

DOCS = Path(__file__).parent.parent / "docs"
COMMAND = "make docs"
NOTICE = f"<!-- Written by scripts/write_reference.py. Do not edit; run `{COMMAND}`. -->\n"
LONGEST_LINE = 100
SHARED = "types"
"""Page of the types that are declared outside the modules of tasks."""

RETRIES: Mapping[RetryClass, str] = {
    RetryClass.READ: "Read. Retried by the client, then by Prefect after 1 and 5 minutes.",
    RetryClass.DELETE: "Deletes. Retried; what is already gone counts as deleted.",
    RetryClass.UPDATE: "Sets what is given. Retried when the outcome is unknown.",
    RetryClass.KEYED: (
        "Creates what can be found again. Never retried blindly; a doubtful call ends as "
        "`OutcomeUnknown` with `reconcilable`."
    ),
    RetryClass.ONCE: "Creates or sends. Never retried; a doubtful call ends as `OutcomeUnknown`.",
    RetryClass.BATCH: (
        "Adds many at once. Never retried blindly; a doubtful call ends as `OutcomeUnknown` with "
        "`reconcilable`."
    ),
    RetryClass.IMPORT: (
        "Starts an import. Never retried blindly; a doubtful call ends as `OutcomeUnknown` with "
        "`reconcilable`."
    ),
}
"""What a retry would do, in words."""

AnyTask = OperationTask[..., Any]


def reference(tasks: Iterable[AnyTask]) -> dict[str, str]:
    """Pages of the reference: texts by path below docs/.

    Args:
        tasks: What to describe.
    """
    by_module: dict[str, list[AnyTask]] = {}
    for task in tasks:
        by_module.setdefault(task.operation.module, []).append(task)
    kinds = {
        kind
        for module in by_module.values()
        for task in module
        for hint in task.operation.hints.values()
        for kind in typed_dicts(hint)
    }
    pages = {
        f"reference/{name}.md": _page(name, module, kinds) for name, module in by_module.items()
    }
    shared = [kind for kind in kinds if _page_of(kind) == SHARED]
    index = {
        "reference/README.md": _index(by_module),
        f"reference/{SHARED}.md": f"{NOTICE}\n# Types that several modules share\n\n"
        + "\n".join(map(_kind_text, _in_order(shared))),
    }
    return pages | index


def _index(by_module: Mapping[str, list[AnyTask]]) -> str:
    number = sum(map(len, by_module.values()))
    parts = [
        NOTICE,
        f"# The tasks: {number} operations\n",
        "Call a task directly, await `task.aio(...)`, or use `.submit()` and `.map()` like any "
        "Prefect task. Its first argument is the credentials block. What is not `required` is left "
        "out of the call unless you give it, or has the default that is named.\n",
        "## What is retried",
        *(f"- {text}" for text in dict.fromkeys(RETRIES.values())),
        "",
    ]
    for name, tasks in by_module.items():
        parts += [f"## [{name}]({name}.md)", "| task | operation |", "|---|---|"]
        parts += [
            f"| [`{each.name}`]({name}.md#{each.name}) | `{each.method} {each.template}`"
            f"{' (deprecated)' if each.deprecated else ''} |"
            for each in (task.operation for task in tasks)
        ]
        parts.append("")
    return "\n".join(parts)


def _page(name: str, tasks: list[AnyTask], kinds: set[type]) -> str:
    module = import_module(tasks[0].operation.module_path)
    own = [kind for kind in kinds if _page_of(kind) == name]
    parts = [
        NOTICE,
        f"# {name}\n\n{inspect.getdoc(module)}\n",
        f"```python\n{_import_text(module.__name__, tasks[0].operation.name)}\n```\n",
        *(_operation_text(task.operation) for task in tasks),
    ]
    if own:
        parts.append("## Types\n")
        parts += map(_kind_text, _in_order(own))
    return "\n".join(parts)


def _import_text(module: str, name: str) -> str:
    line = f"from {module} import {name}"
    return line if len(line) <= LONGEST_LINE else f"from {module} import (\n    {name},\n)"


def _operation_text(operation: Operation) -> str:
    docstring = griffe.Docstring(inspect.getdoc(operation.function) or "")
    sections = {each.kind.value: each for each in docstring.parse("google", warnings=False)}
    arguments = {each.name: each.description for each in sections["parameters"].value}
    parts = [f"## {operation.name}\n`{operation.method} {operation.template}`\n"]
    parts += [f"**Deprecated:** {operation.deprecated}\n"] if operation.deprecated else []
    parts.append(f"{sections['text'].value}\n")
    rows = list(_argument_rows(operation, arguments))
    if rows:
        parts += ["| argument | sent as | type | need | |", "|---|---|---|---|---|", *rows, ""]
    parts.append(_result_text(operation, sections))
    parts.append(f"{RETRIES[operation.retry_class]}{_budget_text(operation)}\n")
    return "\n".join(parts)


def _argument_rows(operation: Operation, texts: Mapping[str, str]) -> Iterator[str]:
    for name in operation.signature.parameters:
        if name == "credentials":
            continue
        kind = _cell(type_text(operation.hints[name], _link(operation.module)))
        need = _need(operation.signature.parameters[name].default)
        yield f"| `{name}` | {_sent_as(operation, name)} | {kind} | {need} | {_cell(texts[name])} |"


def _need(default: Any) -> str:
    if default is inspect.Parameter.empty:
        return "required"
    return "" if default is OMIT else f"default `{default!r}`"


def _sent_as(operation: Operation, name: str) -> str:
    places = {
        "path": operation.path_parameters,
        "query": operation.query_parameters,
        "body": operation.body_parameters,
    }
    place, names = next(each for each in places.items() if name in each[1])
    return f"{place} `{names[name]}`"


def _result_text(operation: Operation, sections: Mapping[str, Any]) -> str:
    if "returns" not in sections:
        return "Returns nothing.\n"
    kind = type_text(operation.hints["return"], _link(operation.module))
    (returned,) = sections["returns"].value
    return f"Returns {kind}: {' '.join(returned.description.split())}\n"


def _budget_text(operation: Operation) -> str:
    texts = [
        f" Counts against {' and '.join(map(_window_text, ENDPOINT_BUDGETS[name]))} for `{name}`."
        for name in operation.budgets
    ]
    return "".join(texts)


def _window_text(window: Window) -> str:
    calls = "1 call" if window.calls == 1 else f"{window.calls} calls"
    return f"{calls} in {window.seconds:,g} s"


def _kind_text(kind: type) -> str:
    page = _page_of(kind)
    text = inspect.getdoc(kind) or ""
    parts = [f"### {kind.__name__}\n{text}\n", "| member | type | |", "|---|---|---|"]
    for name, hint, needed in members(kind):
        need = "always" if needed else ""
        parts.append(f"| `{name}` | {_cell(type_text(hint, _link(page)))} | {need} |")
    return "\n".join(parts) + "\n"


def _link(page: str) -> Any:
    def link(kind: type) -> str:
        target = "" if _page_of(kind) == page else f"{_page_of(kind)}.md"
        return f"[{kind.__name__}]({target}#{kind.__name__.lower()})"

    return link


def _page_of(kind: type) -> str:
    return kind.__module__.rpartition(".")[2] if kind.__module__ in _MODULES else SHARED


_MODULES = {task.operation.module_path for task in declared_tasks()}


def _in_order(kinds: Iterable[type]) -> list[type]:
    """Types by name of their module, then as they stand in it."""
    return sorted(kinds, key=lambda kind: (kind.__module__, _place(kind)))


def _place(kind: type) -> int:
    return list(vars(import_module(kind.__module__))).index(kind.__name__)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def pages() -> dict[str, str]:
    """Everything this program writes: texts by path below docs/."""
    manual = {
        "sandbox-operations.md": f"{NOTICE}\n{sandbox_operations()}",
        "reference/command-line.md": f"{NOTICE}\n{command_line()}",
        "reference/settings.md": f"{NOTICE}\n{settings()}",
        "reference/flows.md": f"{NOTICE}\n{flow_pages()}",
    }
    return reference(declared_tasks()) | manual


def main() -> None:
    """Write what has changed, and remove pages of modules that are no more."""
    written = pages()
    for path in (DOCS / "reference").glob("*.md"):
        if path.relative_to(DOCS).as_posix() not in written:
            path.unlink()
    for name, text in written.items():
        path = DOCS / name
        path.parent.mkdir(exist_ok=True)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, encoding="utf-8")
    law = DOCS / "reliability.md"
    law.write_text(with_law(law.read_text("utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()

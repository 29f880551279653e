"""Tasks: one module per API tag, one task per operation; `declared_tasks` finds them all."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, Any

from typing_extensions import TypedDict

from prefect_getresponse.operation import Operation

if TYPE_CHECKING:
    from prefect_getresponse.operation import OperationTask


class OperationRow(TypedDict):
    """One operation as `prefect-getresponse operations --json` prints it."""

    task: str
    module: str
    method: str
    path: str
    deprecated: bool


def declared_tasks() -> list[OperationTask[..., Any]]:
    """Every task, by module in alphabetical order, then as declared."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [import_module(f"{__name__}.{name}") for name in names]
    return [
        member
        for module in modules
        for member in vars(module).values()
        if _is_declared_in(module.__name__, member)
    ]


def _is_declared_in(module: str, member: object) -> bool:
    declared = getattr(member, "operation", None)
    return isinstance(declared, Operation) and declared.module_path == module


def operation_rows() -> list[OperationRow]:
    """Every operation as plain data; paths are without `/v3`."""
    return [
        {
            "task": task.operation.name,
            "module": task.operation.module_path,
            "method": task.operation.method,
            "path": task.operation.template,
            "deprecated": bool(task.operation.deprecated),
        }
        for task in declared_tasks()
    ]

"""Every operation that the task modules declare."""

import importlib
import pkgutil
from typing import Any

import prefect_getresponse.tasks
from prefect_getresponse.operation import OperationTask

TASKS: list[OperationTask[..., Any]] = [
    member
    for module in pkgutil.iter_modules(prefect_getresponse.tasks.__path__)
    for member in vars(importlib.import_module(f"prefect_getresponse.tasks.{module.name}")).values()
    if isinstance(member, OperationTask)
]

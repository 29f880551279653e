"""What the operations do, one module per tag of the API.

Each module offers `BEHAVIOURS`, a table of functions by operation identifier, where the tables of
validation do not suffice `CHECKS`, and `SEED` where a new account has something already. All
modules of this package are found by themselves. An operation that is in no table is answered with
501.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules

from prefect_getresponse.sandbox.resources.request import Behaviours, Checks, Seed

_modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]

BEHAVIOURS: Behaviours = {
    name: behaviour
    for module in _modules
    for name, behaviour in getattr(module, "BEHAVIOURS", {}).items()
}
CHECKS: Checks = {
    name: check for module in _modules for name, check in getattr(module, "CHECKS", {}).items()
}
SEEDS: Sequence[Seed] = [module.SEED for module in _modules if hasattr(module, "SEED")]

"""Which worker runs which tests: those of a group in one, others module by module."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest


def module_scheduling(config: pytest.Config, log: Any) -> object:
    """Hand whole modules to workers, in the order in which they were collected.

    What a module's tests share is made once. Test by test, as `--dist loadgroup` does it, whoever
    hands out ten thousand of them looks through all that went before, again and again.
    """
    # pytest-xdist comes without types.
    scheduling = import_module("xdist.scheduler").LoadGroupScheduling(config, log)
    group_or_test = scheduling._split_scope

    def group_or_module(test: str) -> str:
        scope: str = group_or_test(test)
        return scope.partition("::")[0] if scope == test else scope

    scheduling._split_scope = group_or_module
    # The groups come first: they are few tests, and take longest.
    config.option.loadscopereorder = False
    return scheduling

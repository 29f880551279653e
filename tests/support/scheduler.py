"""Which worker runs which tests, and what it tells of them."""

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


def tell_of_results(config: pytest.Config) -> None:
    """Have a worker tell of what came of its tests, not of each step that went well.

    That a test begins, is set up and torn down is half of what is sent otherwise, and to hand it
    on takes as long as many a test does. Whoever asks how long each step took hears of all.
    """
    if config.getoption("durations") is not None or config.getoption("xmlpath"):
        return
    [worker] = [
        plugin
        for plugin in config.pluginmanager.get_plugins()
        if type(plugin).__name__ == "WorkerInteractor"
    ]
    send = worker.sendevent

    def send_news(name: str, **told: Any) -> None:
        if name != "logstart" and not (name == "testreport" and _went_well(told["data"])):
            send(name, **told)

    worker.sendevent = send_news


def _went_well(report: dict[str, Any]) -> bool:
    return bool(report["when"] != "call" and report["outcome"] == "passed")

"""Which worker runs which tests: those of a group in one, others module by module."""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadGroupScheduling


class ModuleScheduling(LoadGroupScheduling):
    """Hands whole modules to workers, in the order in which they were collected.

    What a module's tests share is made once.  Test by test, as `--dist loadgroup` does it, whoever
    hands out ten thousand of them looks through all that went before, again and again.
    """

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        # The groups are few tests, and take longest.
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        """Name of what stays together with a test."""
        scope = super()._split_scope(nodeid)
        return nodeid.partition("::")[0] if scope == nodeid else scope

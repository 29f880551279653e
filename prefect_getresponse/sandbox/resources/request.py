"""What is behind an operation, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from prefect_getresponse.sandbox.contract.errors import FieldError
from prefect_getresponse.sandbox.contract.messages import Answer
from prefect_getresponse.sandbox.contract.operations import Operation
from prefect_getresponse.sandbox.contract.validation import Body, Query
from prefect_getresponse.sandbox.world.world import World

HREF = "https://api.getresponse.com/v3"
"""Start of `href` members: the public host, as in the API's answers. Nobody should follow them."""


def accepts_all(_email: str) -> bool:
    """Reject no address: the rule without faults."""
    return False


@dataclass(frozen=True, slots=True)
class Request:
    """A call that passed the checks of the tables.

    Attributes:
        operation: What is called.
        path: Values of the path's placeholders by name.
        query: Checked query parameters by name.
        body: Checked request body, empty if the operation takes none.
        now: Unix seconds.
        rejects: Whether a fault makes the queue drop this address silently.
    """

    operation: Operation
    path: Mapping[str, str]
    query: Query
    body: Body
    now: float
    rejects: Callable[[str], bool] = accepts_all

    @property
    def successful(self) -> int:
        """HTTP status of a success."""
        return self.operation.success_status


Behaviour = Callable[[World, Request], Answer]
Behaviours = Mapping[str, Behaviour]
Seed = Callable[[World, float], None]
"""Puts into a new account what the API cannot create; given the time in unix seconds."""
Checks = Mapping[str, Callable[[World, Body], Iterable[FieldError]]]
"""Checks of bodies that no table can hold, by operation; they must bear bodies of any shape."""


@dataclass(frozen=True, slots=True)
class Echo:
    """Marks a behaviour that stores what it is sent and gives it back, and does nothing else.

    Attributes:
        behaviour: What it does.
    """

    behaviour: Behaviour

    def __call__(self, world: World, request: Request) -> Answer:
        """Do what the behaviour does."""
        return self.behaviour(world, request)

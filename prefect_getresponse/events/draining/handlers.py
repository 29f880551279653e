"""Handlers of the user's own: functions marked with `@on_event` in a module that is named.

from prefect_getresponse.webhooks import Event, on_event

@on_event("contact_removed_link")
def tell_the_shop(event: Event) -> None: ...
"""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar, cast

from prefect_getresponse.client.errors import InvalidArguments

EVERYTHING = "*"
_MARK = "__getresponse_events__"


@dataclass(frozen=True)
class Event:
    """What a handler gets.

    Attributes:
        id: Equal whenever the same event is handed over: keep it to act once.
        type: Type of the webhook, or action of the callback, such as `contact_removed_link`.
        kind: `webhook`, `callback`, or `poll` for what was found by reading.
        account_id: The account.
        contact_id: The contact; empty if it is about none.
        occurred_at: When it happened, unix seconds; None if nothing says so.
        payload: All that GetResponse sent.
        details: What was read through the API because the payload says less; None if nothing.
    """

    id: str
    type: str
    kind: str
    account_id: str
    contact_id: str
    occurred_at: float | None
    payload: Mapping[str, Any] = field(repr=False)
    details: Mapping[str, Any] | None = field(default=None, repr=False)


Handler = Callable[[Event], None] | Callable[[Event], Awaitable[None]]
Marked = TypeVar("Marked", bound=Handler)


def on_event(*types: str) -> Callable[[Marked], Marked]:
    """Mark a function as the handler of some types of events.

    Args:
        types: Types of webhooks or actions of callbacks; `*` for all.

    Raises:
        InvalidArguments: No type is named.
    """
    given = cast(tuple[object, ...], types)  # a function, where brackets were forgotten
    if not given or not all(isinstance(each, str) for each in given):
        raise InvalidArguments(
            "on_event needs the types of events", advice="Write @on_event('contact_added')."
        )

    def mark(function: Marked) -> Marked:
        known: tuple[str, ...] = getattr(function, _MARK, ())
        setattr(function, _MARK, (*known, *types))
        return function

    return mark


class Handlers:
    """Handlers by type of event.

    Args:
        functions: Marked functions.
    """

    def __init__(self, functions: Mapping[str, Handler] | None = None) -> None:
        self._functions = dict(functions or {})

    def __len__(self) -> int:
        return len(self._functions)

    async def handle(self, event: Event) -> int:
        """Give an event to whoever wants it, in the order of their names.

        Returns:
            How many there were.
        """
        wanting = [
            function
            for _, function in sorted(self._functions.items())
            if {event.type, EVERYTHING} & set(getattr(function, _MARK, ()))
        ]
        for function in wanting:
            if inspect.iscoroutinefunction(function):
                await function(event)
            else:  # on a thread, where it may call tasks and flows that are not async
                await asyncio.to_thread(function, event)
        return len(wanting)


def load_handlers(name: str) -> Handlers:
    """Find the handlers of a module.

    Args:
        name: Name of the module, or path of a Python file; empty for none.

    Raises:
        InvalidArguments: It cannot be imported, or marks no function.
    """
    if not name:
        return Handlers()
    try:
        module = _file(name) if name.endswith(".py") else importlib.import_module(name)
    except Exception as error:
        raise InvalidArguments(
            f"handlers {name!r}: it cannot be imported: {type(error).__name__}: {error}",
            advice="Name a module that the worker can import, or a Python file as it sees it.",
        ) from None
    found = {
        each: cast("Handler", value)
        for each, value in vars(module).items()
        if callable(value) and hasattr(value, _MARK)
    }
    if not found:
        raise InvalidArguments(
            f"handlers {name!r}: no function is marked with @on_event",
            advice="Import on_event from prefect_getresponse.webhooks and mark one.",
        )
    return Handlers(found)


def _file(name: str) -> ModuleType:
    path = Path(name).expanduser()
    spec = importlib.util.spec_from_file_location(f"getresponse_handlers_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError("it is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module

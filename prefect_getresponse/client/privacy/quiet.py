"""Keep the HTTP libraries quiet about our calls: their lines hold addresses, and headers with keys.

The filters drop what is logged during a call of ours and nothing else, whatever level a program
gives those loggers, and at whatever time.
"""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

_LOGGERS = (
    "httpx",
    *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")),
)
_ours: ContextVar[bool] = ContextVar("prefect_getresponse_call", default=False)


def _is_of_others(_record: logging.LogRecord) -> bool:
    return not _ours.get()


@contextmanager
def quiet() -> Generator[None]:
    """Drop what the HTTP libraries log inside."""
    token = _ours.set(True)
    try:
        yield
    finally:
        _ours.reset(token)


for _name in _LOGGERS:
    logging.getLogger(_name).addFilter(_is_of_others)

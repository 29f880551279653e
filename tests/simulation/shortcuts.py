"""Work of libraries that is left out while seeds run, or done once: the same happens without it."""

from __future__ import annotations

import inspect
from collections.abc import Generator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import httpx
import pytest
from httpx import _urlparse, _urls  # pyright: ignore[reportPrivateUsage]
from tenacity import _utils  # pyright: ignore[reportPrivateUsage]

_parsed = lru_cache(4_096)(_urlparse.urlparse)


@contextmanager
def shortcuts() -> Generator[None]:
    """Parse each address once, look for no cookies, and ask little of functions that retry."""

    def no_cookies(_cookies: httpx.Cookies, _message: Any) -> None: ...

    def is_async(call: Any) -> bool:
        return inspect.iscoroutinefunction(call)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_urls, "urlparse", _parsed)
        patch.setattr(httpx.Cookies, "extract_cookies", no_cookies)
        patch.setattr(httpx.Cookies, "set_cookie_header", no_cookies)
        patch.setattr(_utils, "is_coroutine_callable", is_async)
        yield

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.client.senders import MakeSender, Sender


@pytest.fixture(params=["sync", "async"])
def sender(request: pytest.FixtureRequest) -> Iterator[MakeSender]:
    """Makes the client of both flavours for a base URL."""
    with ExitStack() as stack:
        yield lambda url: stack.enter_context(Sender(request.param, url))

"""Prefect may be down as long as it likes: what came is kept, and it is told once it is back."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from pydantic import SecretStr

from prefect_getresponse.events.receiving.application import application
from prefect_getresponse.events.receiving.doorbell import Doorbell, Notice
from tests.events.loop import Loop
from tests.events.samples import SECRET
from tests.support.asgi import AsgiClient

PEOPLE = 12
HOUR = 3600.0


class Prefect:
    """A Prefect that is down for an hour; its clock goes by what the doorbell waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.tries = 0
        self.told: list[Notice] = []
        self.may_go_on = threading.Event()
        self.is_quiet = threading.Event()

    def send(self, notices: Sequence[Notice]) -> None:
        self.tries += 1
        if self.now < HOUR:
            raise OSError("no server")
        self.told += notices

    def sleep(self, seconds: float) -> None:
        self.may_go_on.wait(30)
        self.now += seconds
        if self.told:
            self.is_quiet.set()


def test_prefect_down_for_an_hour_loses_nothing_and_is_told_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    loop, prefect = Loop(tmp_path), Prefect()
    bell = Doorbell("main", "each", prefect.send, prefect.sleep)
    loop.http.close()
    loop.http = AsgiClient(application(loop.inbox, [SecretStr(SECRET)], bell.kept, loop.now))
    loop.listen(types=["contact_added"])
    for number in range(PEOPLE):
        loop.api.add(loop.campaign, f"p{number}@mail.example")
        loop.deliver()
    assert {sent["status"] for sent in loop.log()} == {200}
    assert loop.inbox.counts() == {"waiting": PEOPLE}

    prefect.may_go_on.set()
    assert prefect.is_quiet.wait(30)
    filled, *each = prefect.told
    assert (filled.name, filled.payload) == ("getresponse.inbox.filled", {"received": PEOPLE})
    assert {notice.payload["key"] for notice in each} == {e.key for e in loop.inbox.show()}
    assert HOUR <= prefect.now <= HOUR + 120
    assert prefect.tries < 70  # not more than once a minute
    complaints = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert len(complaints) == 1
    assert loop.drain().done == PEOPLE
    assert len(loop.rows()) == PEOPLE
    loop.close()

"""Slots of an account in Prefect and in files."""

from __future__ import annotations

import math
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate
from prefect.settings import PREFECT_API_URL, temporary_settings

from prefect_getresponse import cli
from prefect_getresponse.client.errors import InvalidConfiguration
from prefect_getresponse.client.slots import Grant, PoolUnreachable
from prefect_getresponse.client.throttle import SLOTS, Throttle
from prefect_getresponse.limits import (
    HostPool,
    PrefectPool,
    ensure_limits,
    limit_names,
    read_limits,
    reset_limits,
    shared_throttle,
)


@pytest.fixture
def account() -> str:
    """An account that no other test knows."""
    return f"test-{uuid.uuid4().hex[:12]}"


class TestFiles:
    def test_slots_are_taken_once(self, tmp_path: Path) -> None:
        one, two = HostPool(tmp_path / "a"), HostPool(tmp_path / "a")
        six, four = one.take(6), two.take(4)

        assert six
        assert four
        assert one.take(1) is None
        two.release(Grant(four, 4))
        assert one.take(5) is None
        assert one.take(4)

    def test_workers_are_counted(self, tmp_path: Path) -> None:
        one, two = HostPool(tmp_path), HostPool(tmp_path)
        place = one.join()
        two.join()
        assert one.workers() == 2
        one.release(Grant(place, 0))
        assert two.workers() == 1

    def test_a_folder_that_cannot_be_is_no_pool(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(PoolUnreachable, match="cannot hold locks"):
            HostPool(tmp_path / "file" / "folder").join()


@pytest.mark.xdist_group("prefect")
@pytest.mark.usefixtures("prefect_server")
class TestPrefect:
    @pytest.fixture
    def pools(self, account: str) -> Iterator[tuple[PrefectPool, PrefectPool]]:
        one, two = PrefectPool(account), PrefectPool(account)
        yield one, two
        one.close()
        two.close()

    def test_clients_share_ten_slots(self, pools: tuple[PrefectPool, PrefectPool]) -> None:
        one, two = pools
        one.join()
        two.join()
        assert one.workers() == two.workers() == 2

        six = one.take(6)
        assert two.take(5) is None
        assert two.take(4) is not None
        one.release(Grant(six, 6))
        assert two.take(6) is not None

    def test_a_lease_can_be_renewed_while_it_lives(
        self, pools: tuple[PrefectPool, PrefectPool]
    ) -> None:
        one, two = pools
        grant = Grant(one.take(SLOTS), SLOTS)

        assert one.renew(grant)
        assert two.take(1) is None

    def test_slots_whose_lease_was_lost_are_returned(
        self, pools: tuple[PrefectPool, PrefectPool]
    ) -> None:
        one, two = pools
        one.take(SLOTS)

        assert not one.renew(Grant(uuid.uuid4(), SLOTS))
        assert two.take(SLOTS) is not None

    def test_throttles_of_an_account_share_it(self, account: str) -> None:
        one, two = (shared_throttle(account, f"http://127.0.0.1:{port}/v3") for port in (8, 9))
        start(one)
        start(two)  # waits until the first has given some slots back

        slots, workers = read_limits(account)
        assert 0 < slots.taken <= SLOTS
        assert workers.taken == 2
        for throttle in (one, two):
            throttle.finish((), None, None)

    def test_missing_and_changed_limits_are_repaired(
        self, account: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PREFECT_INTEGRATIONS_GETRESPONSE_ACCOUNT_NAME", account)
        assert cli.run(["limits", "show"]) == cli.FAILED
        assert "missing" in capsys.readouterr().out
        assert cli.run(["limits", "ensure"]) == cli.OK

        with get_client(sync_client=True) as client:
            client.update_global_concurrency_limit(
                f"getresponse-{account}", GlobalConcurrencyLimitUpdate(limit=3, active=False)
            )
        assert cli.run(["limits", "show"]) == cli.FAILED
        assert "changed by hand" in capsys.readouterr().out
        assert cli.run(["limits", "ensure"]) == cli.OK
        assert [state.size for state in read_limits(account)] == [*limit_names(account).values()]

    def test_reset_frees_what_was_left_behind(
        self,
        account: str,
        pools: tuple[PrefectPool, PrefectPool],
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("PREFECT_INTEGRATIONS_GETRESPONSE_ACCOUNT_NAME", account)
        pools[0].join()
        pools[0].take(7)
        assert cli.run(["limits", "show"]) == cli.OK
        assert f"getresponse-{account}: 7 of 10 taken" in capsys.readouterr().out
        assert cli.run(["limits", "reset"]) == cli.OK
        assert pools[1].take(SLOTS) is not None


class TestWithoutServer:
    def test_commands_say_what_is_missing(self, account: str) -> None:
        with temporary_settings(restore_defaults={PREFECT_API_URL}):
            for command in (ensure_limits, read_limits, reset_limits):
                with pytest.raises(InvalidConfiguration, match="PREFECT_API_URL"):
                    command(account)
            assert cli.run(["limits", "show"]) == cli.NOT_STARTED

    def test_a_server_that_is_away_is_said_to_be(self, account: str) -> None:
        with (
            temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}),
            pytest.raises(InvalidConfiguration, match="does not answer"),
        ):
            read_limits(account)

    def test_a_pool_without_its_server_is_unreachable(self, account: str) -> None:
        with (
            temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}),
            pytest.raises(PoolUnreachable),
        ):
            PrefectPool(account).join()


def start(throttle: Throttle) -> None:
    """Start one call, however long that takes."""
    free = threading.Event()
    while (delay := throttle.try_start((), free.set)) is not None:
        if delay < math.inf:
            time.sleep(delay)
        else:
            assert free.wait(60)
            free.clear()


def test_without_prefect_a_call_may_start_soon(account: str) -> None:
    with temporary_settings(restore_defaults={PREFECT_API_URL}):
        throttle = shared_throttle(account, "http://127.0.0.1:9/v3")
    start(throttle)
    assert throttle.in_flight == 1
    throttle.finish((), None, None)

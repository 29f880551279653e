"""Slots of an account in Prefect and in files."""

from __future__ import annotations

import errno
import math
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

from prefect_getresponse import cli
from prefect_getresponse.accounts.shared_limits import (
    ensure_limits,
    read_budgets,
    read_limits,
    reset_limits,
)
from prefect_getresponse.client.errors import InvalidConfiguration
from prefect_getresponse.limits.pools.host import HostPool
from prefect_getresponse.limits.pools.pool import Grant, PoolUnreachable, SlotPool
from prefect_getresponse.limits.pools.prefect import PrefectBooks, PrefectPool, limit_names
from prefect_getresponse.limits.service import shared_throttle
from prefect_getresponse.limits.slots import SlotKeeper
from prefect_getresponse.limits.throttle import SLOTS, Throttle
from tests.support.running_sandbox import KEY, RunningSandbox
from tests.support.sqlite_file import connections, is_closed


@pytest.fixture
def account() -> str:
    """An account that no other test knows."""
    return f"test-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def two_pools(tmp_path: Path) -> Iterator[tuple[HostPool, HostPool]]:
    """What two processes of a machine have of a folder."""
    with closing(HostPool(tmp_path / "a")) as one, closing(HostPool(tmp_path / "a")) as two:
        yield one, two


class TestFiles:
    def test_slots_are_taken_once(self, two_pools: tuple[HostPool, HostPool]) -> None:
        one, two = two_pools
        six, four = one.take(6), two.take(4)

        assert six
        assert four
        assert one.take(1) is None
        two.release(Grant(four, 4))
        assert one.take(5) is None
        assert one.take(4)

    def test_workers_are_counted(self, two_pools: tuple[HostPool, HostPool]) -> None:
        one, two = two_pools
        places = one.join(), two.join()
        assert one.workers() == 2
        one.release(Grant(places[0], 0))
        assert two.workers() == 1
        two.release(Grant(places[1], 0))
        assert two.workers() == 0

    def test_a_folder_that_cannot_be_is_no_pool(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(PoolUnreachable, match="cannot hold locks"):
            HostPool(tmp_path / "file" / "folder").join()

    def test_whoever_closes_it_holds_nothing(self, two_pools: tuple[HostPool, HostPool]) -> None:
        one, two = two_pools
        assert one.join()
        assert one.take(6)
        one.close()
        assert two.workers() == 0
        assert two.take(10)

    def test_of_slots_that_fail_none_is_kept(
        self, two_pools: tuple[HostPool, HostPool], tmp_path: Path
    ) -> None:
        one, two = two_pools
        two.join()  # which makes the folder
        (tmp_path / "a" / "slot-1.lock").write_bytes(NO_DATABASE)
        with pytest.raises(PoolUnreachable, match="not a database"):
            one.take(2)
        assert two.take(1)

    def test_what_cannot_be_used_is_closed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        opened = connections(monkeypatch)
        for name in ("worker-0.lock", "budgets.sqlite"):
            (tmp_path / name).write_bytes(NO_DATABASE)
        with closing(HostPool(tmp_path)) as pool:
            for use in (pool.join, lambda: pool.read_book(BATCHES)):
                with pytest.raises(PoolUnreachable, match="not a database"):
                    use()
        assert [is_closed(each) for each in opened] == [True, True]

    def test_books_have_editions(self, two_pools: tuple[HostPool, HostPool]) -> None:
        one, two = two_pools
        one.join()
        check_editions(one, two)

    def test_who_comes_alone_to_a_sandbox_begins_the_books_anew(self, tmp_path: Path) -> None:
        one, two = (HostPool(tmp_path, begins_anew=True) for _ in range(2))
        with closing(one), closing(two):
            one.join()
            assert one.write_book(BATCHES, 0, [(1.5, 3)])
            two.join()
            assert two.read_book(BATCHES) == (1, [(1.5, 3)])
            one.close()
            two.close()
            one.join()
            assert one.read_book(BATCHES) == (0, [])


BATCHES = "contacts/batch"
NO_DATABASE = b"no database " * 99


def check_editions(one: SlotPool, two: SlotPool) -> None:
    """Of two workers who read the same edition only one writes the next."""
    assert one.read_book(BATCHES) == (0, [])
    assert one.write_book(BATCHES, 0, [(1.5, 3)])
    assert not two.write_book(BATCHES, 0, [(2.5, 4)])
    assert two.read_book(BATCHES) == (1, [(1.5, 3)])
    assert two.write_book(BATCHES, 1, [(1.5, 3), (2.5, 4)])
    assert not one.write_book(BATCHES, 1, [])
    assert one.read_book(BATCHES) == (2, [(1.5, 3), (2.5, 4)])
    # Who was stopped after reading an edition that is gone does not write over later ones.
    assert one.write_book(BATCHES, 2, [(3.5, 1)])
    assert not two.write_book(BATCHES, 0, [])
    assert two.read_book(BATCHES) == (3, [(3.5, 1)])
    assert one.read_book("imports") == (0, [])


@pytest.mark.xdist_group("prefect")
@pytest.mark.usefixtures("prefect_server")
class TestPrefect:
    @pytest.fixture
    def pools(self, account: str) -> Iterator[tuple[PrefectPool, PrefectPool]]:
        books = PrefectBooks(f"getresponse-{account}")
        one, two = PrefectPool(account, books), PrefectPool(account, books)
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

    def test_slots_that_nobody_holds_are_freed(
        self, pools: tuple[PrefectPool, PrefectPool]
    ) -> None:
        one, two = pools
        one.take(SLOTS)
        assert two.take(1) is None

        two.free_all()
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

    def test_books_have_editions(self, pools: tuple[PrefectPool, PrefectPool]) -> None:
        check_editions(*pools)

    def test_reserved_starts_are_shared_and_shown(
        self, account: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PREFECT_INTEGRATIONS_GETRESPONSE_ACCOUNT_NAME", account.upper())
        one, two = (shared_throttle(account.upper(), "https://a.test/v3") for _ in range(2))
        for throttle in (one, two):
            start(throttle, (BATCHES,))
        for throttle in (one, two):
            throttle.finish((BATCHES,), None, None)

        assert [each.used for each in read_budgets(account.upper())] == [2, 0, 0]
        cli.run(["limits", "show"])
        shown = capsys.readouterr().out
        assert "contacts/batch: 2 of 80 calls of 10 minutes used" in shown
        assert "newsletters: 0 of 256 calls of 24 hours used" in shown
        assert "frame: not known (" in shown
        cli.run(["limits", "reset"])
        assert [each.used for each in read_budgets(account.upper())] == [0, 0, 0]

    def test_the_frame_is_shown_as_getresponse_tells_it(
        self,
        account: str,
        sandbox: RunningSandbox,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        prefix = "PREFECT_INTEGRATIONS_GETRESPONSE"
        monkeypatch.setenv(f"{prefix}_ACCOUNT_NAME", account)
        monkeypatch.setenv(f"{prefix}_API_KEY", KEY)
        monkeypatch.setenv(f"{prefix}_BASE_URL", sandbox.url)
        monkeypatch.setenv(f"{prefix}_ALLOW_CUSTOM_HOST", "true")
        assert cli.run(["limits", "ensure"]) == cli.OK
        assert cli.run(["limits", "show"]) == cli.OK
        assert "frame: 29,999 calls left for 600 s" in capsys.readouterr().out

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
            PrefectPool(account, PrefectBooks("x")).join()

    @pytest.mark.parametrize(
        "error", [MemoryError(), OSError(errno.ENOMEM, "memory"), OSError(errno.EMFILE, "files")]
    )
    def test_a_pool_that_this_machine_cannot_reach_is_not_waited_for(
        self, account: str, error: Exception, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def connect(_client: object) -> None:
            raise error

        monkeypatch.setattr(SyncPrefectClient, "__enter__", connect)
        pool = PrefectPool(account, PrefectBooks("x"))
        with pytest.raises(PoolUnreachable, match=type(error).__name__):
            pool.join()


def start(throttle: Throttle, budgets: tuple[str, ...] = ()) -> None:
    """Start one call, however long that takes."""
    free = threading.Event()
    while (delay := throttle.try_start(budgets, free.set)) is not None:
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


def test_a_fault_beside_the_calls_does_not_hold_them_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    step, faults = SlotKeeper.step, iter([RuntimeError("unexpected")])

    def faulty(keeper: SlotKeeper) -> float:
        for fault in faults:
            raise fault
        return step(keeper)

    monkeypatch.setattr(SlotKeeper, "step", faulty)
    with temporary_settings({PREFECT_HOME: tmp_path, PREFECT_API_URL: None}):
        throttle, free = shared_throttle("faulty", "http://127.0.0.1:1/v3"), threading.Event()
        while throttle.try_start((), free.set) is not None:
            assert free.wait(30)
            free.clear()
    throttle.finish((), None, None)

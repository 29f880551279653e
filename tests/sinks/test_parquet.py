"""What only folders of Parquet files do."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import duckdb
import polars
import pytest

from prefect_getresponse.sinks.opening import open_sink
from prefect_getresponse.sinks.parquet import ParquetSink
from prefect_getresponse.sinks.sink import NotOurTable, SinkBusy, SinkError, SinkNotFound, SinkTaken
from prefect_getresponse.sinks.tables import Column, Kind, Table, Where
from tests.sinks.test_sinks import FULL, THINGS, contents

PEOPLE = Table(
    "people", ("account_id", "contact_id"), (Column("account_id"), Column("contact_id")), buckets=64
)
DAYS = Table(
    "thing_days",
    ("account_id", "thing_id", "day"),
    (Column("account_id"), Column("thing_id"), Column("day", Kind.DAY), Column("n", Kind.INTEGER)),
    day="day",
)


def query(sql: str) -> list[tuple[Any, ...]]:
    found = duckdb.sql(sql)
    assert found is not None
    return found.fetchall()


def write(sink: ParquetSink, table: Table, *rows: tuple[Any, ...]) -> None:
    with sink.transaction() as transaction:
        transaction.upsert(table, rows)
    sink.publish()


@pytest.fixture
def sink(tmp_path: Path) -> ParquetSink:
    opened = ParquetSink(str(tmp_path / "out"))
    opened.prepare([THINGS, PEOPLE, DAYS])
    return opened


def test_duckdb_and_polars_read_the_folder(sink: ParquetSink, tmp_path: Path) -> None:
    write(sink, THINGS, FULL)
    write(sink, DAYS, *(("a", "x", day, n) for n, day in enumerate([FULL[7], FULL[6].date()])))
    pattern = f"{tmp_path}/out/things/*.parquet"
    found = query(f"SELECT name, amount, made_on, day FROM '{pattern}'")
    assert found[0][:2] == FULL[2:4]
    assert found[0][2].timestamp() == FULL[6].timestamp()
    frame = polars.read_parquet(pattern)
    assert frame["name"].to_list() == [FULL[2]]
    days = query(f"SELECT count(*), min(n) FROM '{tmp_path}/out/thing_days/**/*.parquet'")
    assert days == [(1, 1)]


def test_every_file_counts_between_runs(sink: ParquetSink, tmp_path: Path) -> None:
    for round_ in range(3):
        write(sink, PEOPLE, *(("a", f"c{number}") for number in range(round_, 200)))
    pattern = f"{tmp_path}/out/people/*.parquet"
    rows = query(f"SELECT count(*), count(DISTINCT contact_id) FROM '{pattern}'")
    assert rows == [(200, 200)]
    assert {Path(file) for file in sink.files()} == set((tmp_path / "out").rglob("*.parquet"))


def test_only_touched_parts_are_written_again(sink: ParquetSink) -> None:
    write(sink, PEOPLE, *(("a", f"c{number}") for number in range(500)))
    before = set(sink.files())
    write(sink, PEOPLE, ("a", "c7"))
    assert len(before - set(sink.files())) == 1


def test_small_additions_to_a_large_day_do_not_write_it_again(
    tmp_path: Path,
) -> None:
    sink = ParquetSink(str(tmp_path / "out"), most_in_a_tail=100)
    sink.prepare([DAYS])
    day = FULL[7]
    write(sink, DAYS, *(("a", f"{number}", day, number) for number in range(1000)))
    [large] = sink.files()
    for start in range(1000, 1240, 40):
        write(sink, DAYS, *(("a", f"{start + more}", day, 1) for more in range(40)))
        assert large in sink.files()
        assert len(sink.files()) == 2
    write(sink, DAYS, ("a", "1239", day, 7), ("a", "1240", day, 7))  # both in the second file
    assert large in sink.files()
    assert sink.count(DAYS, Where("day", "=", day)) == sink.count(DAYS) == 1241
    write(sink, DAYS, ("a", "5", day, 7))  # one of the first file
    assert large not in sink.files()
    assert len(sink.files()) == 1
    assert sink.count(DAYS, Where("n", "=", 7)) == 4  # 7 itself, too
    write(sink, DAYS, *(("a", f"x{number}", day, 1) for number in range(30)))
    with sink.transaction() as transaction:
        transaction.delete(DAYS, Where("day", "=", day), Where("n", "<", 2000))
    sink.publish()
    assert sink.count(DAYS) == 0
    assert not list((tmp_path / "out" / "thing_days").rglob("*.parquet"))


def test_readers_see_nothing_of_a_run_before_it_is_published(
    sink: ParquetSink, tmp_path: Path
) -> None:
    write(sink, THINGS, FULL)
    before = sink.files()
    with sink.transaction() as transaction:
        transaction.upsert(THINGS, [("a", "x2", *FULL[2:])])
        transaction.save_state("a", "things", {"page": 2})
    reader = ParquetSink(str(tmp_path / "out"))
    assert reader.files() == before
    assert all(Path(file).exists() for file in before)
    assert reader.state("a", "things") == {"page": 2}  # the next run goes on from there
    assert len(contents(reader)) == 2
    reader.publish()
    assert [row[1] for row in contents(ParquetSink(str(tmp_path / "out")))] == ["x1", "x2"]
    assert len(list((tmp_path / "out" / "things").iterdir())) == 1


def test_what_a_change_replaces_stays_until_the_change_is_kept(
    sink: ParquetSink, tmp_path: Path
) -> None:
    with sink.transaction() as transaction:
        transaction.upsert(THINGS, [FULL])
    killed = ParquetSink(str(tmp_path / "out"))

    def die() -> None:
        with killed.transaction() as transaction:
            transaction.upsert(THINGS, [("a", "x2", *FULL[2:])])
            assert transaction.count(THINGS) == 2  # writes the new files
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        die()
    assert contents(killed) == contents(ParquetSink(str(tmp_path / "out"))) == [FULL]
    with killed.transaction() as transaction:
        transaction.upsert(THINGS, [("a", "x2", *FULL[2:])])
    killed.publish()
    assert len(list((tmp_path / "out" / "things").iterdir())) == 1


def test_one_export_at_a_time_writes_to_a_folder(sink: ParquetSink, tmp_path: Path) -> None:
    other = ParquetSink(str(tmp_path / "out"))
    with sink.claim("a", "run 1"):
        with pytest.raises(SinkBusy), other.claim("a", "run 2"):
            pass
        (tmp_path / "out" / "_claim.json").write_text(json.dumps({"run": "run 2", "at": 0}))
        with pytest.raises(SinkTaken), sink.transaction():
            pass


def test_a_folder_that_cannot_be_claimed_is_not_said_to_be_another_exports(
    sink: ParquetSink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sink.claim("a", "run 1"):
        pass
    lock = tmp_path / "out" / "_claim.lock"
    with monkeypatch.context() as patch:

        def no_more(_path: Path, **_options: object) -> None:
            raise OSError(errno.EMFILE, "Too many open files")

        patch.setattr(Path, "touch", no_more)
        with pytest.raises(OSError, match="Too many"), sink.claim("a", "run 2"):
            pass
    lock.unlink()
    lock.mkdir()
    with pytest.raises(SinkError, match="cannot be claimed") as told, sink.claim("a", "run 2"):
        pass
    assert not isinstance(told.value, SinkBusy)


def test_a_remote_folder_is_claimed_by_a_file() -> None:
    sink, other = ParquetSink("memory://bucket/out"), ParquetSink("memory://bucket/out")
    with sink.claim("a", "run 1"):
        with pytest.raises(SinkBusy, match="another export"), other.claim("a", "run 2"):
            pass
        sink.prepare([THINGS])
        write(sink, THINGS, FULL)
    with other.claim("a", "run 2"):
        assert contents(other) == [FULL]
        assert other.files()[0].startswith("memory://bucket/out/things/")


def test_tables_that_are_larger_than_memory_wait_on_disk(sink: ParquetSink) -> None:
    with sink.transaction() as transaction:
        for start in range(0, 45_000, 5_000):
            rows = [("a", f"c{number}") for number in range(start, start + 5_000)]
            transaction.upsert(PEOPLE, rows)
        transaction.delete(PEOPLE, Where("contact_id", "in", ["c1", "c44000"]))
        transaction.upsert(PEOPLE, [("a", "c1")])
    assert sink.count(PEOPLE) == 44_999


@pytest.mark.parametrize("place", ["file", "unknown"])
def test_unusable_places_are_said_to_be_so(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("text")
    url = str(tmp_path / "file") if place == "file" else "s3a://bucket/x"
    with pytest.raises(SinkNotFound):
        open_sink(url)


def test_a_folder_with_somebody_elses_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out" / "things").mkdir(parents=True)
    (tmp_path / "out" / "things" / "mine.parquet").write_bytes(b"PAR1")
    with pytest.raises(NotOurTable, match="things"):
        ParquetSink(str(tmp_path / "out")).prepare([THINGS])

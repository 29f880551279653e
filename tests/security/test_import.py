"""An import keeps addresses to itself: logs, report, errors and files."""

import csv
import json
import logging
import pickle
import stat
from pathlib import Path

import pytest

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.contact_import.report import AttentionRow, write_rejects
from tests.contact_import.conftest import lab
from tests.contact_import.lab import KEY, Lab, Trouble
from tests.contact_import.phases.test_send import first
from tests.security.test_leaks import everything_of

__all__ = ["lab"]

PEOPLE = [f"canary.{name}@example.com" for name in ("jane", "john", "mary", "gone")]
FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@x",
    "\t=1",
    "\r=1",
    "\n=1",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff20x",
]
LIBRARIES = ("httpx", "httpcore", "aiosqlite", "asyncio")


@pytest.mark.parametrize(
    "trouble", [None, *(each for each in Trouble if not each.name.startswith("KILLED"))]
)
def test_neither_log_nor_report_shows_key_or_address(
    trouble: Trouble | None, lab: Lab, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in LIBRARIES:
        caplog.set_level(logging.DEBUG, logger=name)
    consents = ["yes", "yes", "yes", "no"]
    lab.write(zip(PEOPLE, consents, strict=True), "Email,Consent")
    if trouble is not None:
        lab.wire.plan = first(trouble)

    shown: list[str] = []
    try:
        report = lab.run(max_reject_ratio=1)
    except GetResponseError as error:
        shown.append(everything_of(error))
    else:
        shown += [repr(report), json.dumps(report.as_dict()), report.markdown()]
        shown.append(pickle.dumps(report).decode("latin-1"))
        shown.append(Path(report.rejects_file).read_text("utf-8"))
    shown.append(caplog.text)
    assert "prefect_getresponse" in caplog.text
    assert not [text for text in shown if KEY in text or "canary." in text]


def test_every_file_of_an_import_is_its_owners(lab: Lab) -> None:
    lab.write([(PEOPLE[0], "no"), (PEOPLE[1], "yes")], "Email,Consent")
    lab.run(max_reject_ratio=1)

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in lab.state.rglob("*")}
    assert stat.S_IMODE(lab.state.stat().st_mode) == 0o700
    assert modes
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}


def attention(cell: str) -> AttentionRow:
    return AttentionRow(row=2, verdict="rejected", reason="no_email", address=cell, detail=cell)


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_a_file_of_rejects_is_a_formula(formula: str, tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    write_rejects(path, [attention(formula)])

    with path.open(encoding="utf-8", newline="") as file:
        [row] = list(csv.DictReader(file))
    assert (row["address"], row["detail"]) == (f"'{formula}", f"'{formula}")
    lines = path.read_bytes().split(b"\r\n")
    assert all(line.startswith(b'"') for line in lines if line)


def test_a_file_of_rejects_is_never_written_through_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "rejects.csv"
    link.symlink_to(target)

    with pytest.raises(FileExistsError):
        write_rejects(link, [attention("x")])
    assert not target.exists()

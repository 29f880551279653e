"""Release files: what they may say, and the line of what they may not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from prefect_getresponse.newsletters.checks import check_release
from prefect_getresponse.newsletters.release_file import InvalidRelease, read_release

GOOD = """subject: News
sender: news@shop.example
html_path: news.html
plain: Hi, see {{LINK `https://shop.example/`}}
audience:
  list: Newsletter
  segments: Active
exclusions:
  suppressions: [Competitors]
send_on: 2027-01-31T10:00:00
time_zone: Europe/Warsaw
"""
HTML = "<p>Hi</p> <a href='{{LINK `https://shop.example/`}}'>shop</a>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "news.html").write_text(HTML)
    return tmp_path


def release(folder: Path, text: str, name: str = "spring.yaml") -> str:
    (folder / name).write_text(text)
    return str(folder / name)


def test_a_release_names_its_parts_audience_and_time(folder: Path) -> None:
    found = read_release(release(folder, GOOD))
    assert found.release.key == "spring"
    assert (found.html, found.release.audience.segments) == (HTML, ("Active",))
    assert found.release.when() == datetime(2027, 1, 31, 9, tzinfo=UTC)
    assert check_release(found, now=datetime(2027, 1, 1, tzinfo=UTC)).errors == []


def test_json_and_text_are_read_too(folder: Path) -> None:
    text = '{"key": "a", "subject": "News", "sender": "a@b.example", "html": "x",'
    text += '"audience": {"list": "L"}, "send_now": true}'
    assert read_release(release(folder, text, "a.json")).release.send_now
    assert read_release(text.replace(",", ",\n")).release.key == "a"


@pytest.mark.parametrize(
    ("changed", "line", "says"),
    [
        (("sender:", "sneder:"), 1, "is missing"),
        (("plain:", "plian:"), 4, "there is no such key"),
        (("time_zone: Europe/Warsaw", "subject: Again"), 11, "given twice"),
        (("  list:", "\tlist:"), 6, "found character"),
        (("html_path: news.html", "html: a\nhtml_path: b"), 1, "both given"),
        (("Europe/Warsaw", "Mars/Base"), 1, "is not known"),
        (("2027-01-31T10:00:00", "2027-03-28T02:30:00"), 1, "does not exist"),
        (("2027-01-31T10:00:00", "2027-10-31T02:30:00"), 1, "happens twice"),
        (("2027-01-31T10:00:00", "2027-01-31T10:00:00+01:00"), 1, "leave time_zone out"),
        (("2027-01-31T10:00:00", "tomorrow"), 10, "send_on"),
        (("suppressions: [Competitors]", "lists: [Newsletter]"), 1, "audience and exclusion"),
        (("segments: Active", "segments: &x Active\nplain_path: *x"), 8, "aliases"),
        (("send_on: 2027-01-31T10:00:00", "send_now: maybe"), 10, "send_now"),
    ],
)
def test_a_fault_is_told_with_its_line(
    folder: Path, changed: tuple[str, str], line: int, says: str
) -> None:
    path = release(folder, GOOD.replace(*changed))
    with pytest.raises(InvalidRelease) as caught:
        read_release(path)
    assert f"spring.yaml:{line}: " in str(caught.value)
    assert says in str(caught.value)


@pytest.mark.parametrize("name", ["../news.html", "/etc/hostname", "https://x.example/a.html"])
def test_only_files_beside_a_release_are_read(folder: Path, name: str) -> None:
    with pytest.raises(InvalidRelease, match="beside"):
        read_release(release(folder, GOOD.replace("news.html", name)))


def test_a_release_without_its_parts_or_without_sense_is_refused(folder: Path) -> None:
    with pytest.raises(InvalidRelease, match=r"missing\.html"):
        read_release(release(folder, GOOD.replace("news.html", "missing.html")))
    for text in ("", "- a\n- b\n", "[" * 5_000, "\x00"):
        with pytest.raises(InvalidRelease):
            read_release(release(folder, text))
    (folder / "big.pdf").write_bytes(b"x" * 410_000)
    with pytest.raises(InvalidRelease, match="bytes"):
        read_release(release(folder, GOOD + "attachments: big.pdf\n"))


def test_a_time_that_is_over_stops_a_release(folder: Path) -> None:
    found = read_release(release(folder, GOOD))
    late = check_release(found, now=datetime(2027, 1, 31, 8, 55, tzinfo=UTC))
    assert [each.rule for each in late.errors] == ["send-on-past"]

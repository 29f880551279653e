from pathlib import Path

import pytest

from prefect_getresponse.sources import GlobSource, open_source
from prefect_getresponse.sources.errors import SourceNotFound, UnreadableSource


def write(folder: Path, **files: str) -> str:
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content)
    return str(folder / "*.csv")


def test_files_are_one_table_in_the_order_of_their_names(tmp_path: Path) -> None:
    pattern = write(
        tmp_path, b="name,email\nB,b@x.example\n", a="email,name\na@x.example,A\n\n,C\n"
    )
    source = open_source(pattern)

    assert isinstance(source, GlobSource)
    assert source.columns() == ["email", "name"]
    assert list(source.records()) == [
        (2, ["a@x.example", "A"]),
        (3, ["", ""]),
        (4, ["", "C"]),
        (5, ["b@x.example", "B"]),
    ]
    done, total = source.progress()
    assert done == total


def test_cells_beyond_the_header_stay_at_the_end(tmp_path: Path) -> None:
    pattern = write(tmp_path, a="email,name\na,A\n", b="name,email\nB,b,extra\n")
    assert list(open_source(pattern).records())[-1] == (3, ["b", "B", "extra"])


def test_the_fingerprint_is_of_all_files(tmp_path: Path) -> None:
    pattern = write(tmp_path, a="email\na\n", b="email\nb\n")
    before = open_source(pattern).fingerprint()
    assert open_source(pattern).fingerprint() == before

    write(tmp_path, c="email\nc\n")
    assert open_source(pattern).fingerprint() != before


def test_files_with_other_columns_are_refused_by_name(tmp_path: Path) -> None:
    pattern = write(tmp_path, a="email,name\na,A\n", b="email\nb\n")
    with pytest.raises(UnreadableSource, match=r"b\.csv: the file lacks `name`, unlike a\.csv"):
        open_source(pattern)


def test_an_error_names_the_file_and_the_row_in_it(tmp_path: Path) -> None:
    pattern = write(tmp_path, a="email\na\n", b='email\nb\n"c\n')
    with pytest.raises(UnreadableSource, match=r"b\.csv, row 3"):
        list(open_source(pattern).records())


def test_no_match_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound, match=r"\*\.csv: no file matches"):
        open_source(tmp_path / "*.csv")


def test_a_file_may_have_wildcards_in_its_name(tmp_path: Path) -> None:
    path = tmp_path / "people [1].csv"
    path.write_text("email\na@x.example\n")
    assert open_source(path).name == "people [1].csv"

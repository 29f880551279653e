import io
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from prefect_getresponse.sources import Reading, WorkbookSource, open_source
from prefect_getresponse.sources.errors import (
    EmptySource,
    ImportInputError,
    UnreadableSource,
)
from tests.sources.conftest import Write
from tests.sources.test_packing import archive
from tests.sources.workbooks import ODS_PEOPLE, PEOPLE, edited, ods, ods_cell, ods_row, xlsx

Rows = list[tuple[int, list[str]]]
ANN_AND_BOB = [(2, PEOPLE[1]), (3, PEOPLE[2])]


@pytest.fixture
def read(write: Write) -> Callable[..., tuple[list[str], Rows]]:
    def columns_and_rows(
        workbook: bytes, name: str = "a.xlsx", **said: Any
    ) -> tuple[list[str], Rows]:
        source = open_source(write(workbook, name), Reading(**said))
        assert isinstance(source, WorkbookSource)
        return source.columns(), [(row, list(cells)) for row, cells in source.records()]

    return columns_and_rows


Read = Callable[..., tuple[list[str], Rows]]


@pytest.mark.parametrize(
    ("workbook", "name"),
    [
        (xlsx(), "a.xlsx"),
        (xlsx(), "a.XLSM"),
        (xlsx(), "export"),
        (ods(*ODS_PEOPLE), "a.ods"),
        (ods(*ODS_PEOPLE), "download"),
    ],
    ids=["xlsx", "XLSM", "xlsx without a name", "ods", "ods without a name"],
)
def test_a_sheet(read: Read, workbook: bytes, name: str) -> None:
    assert read(workbook, name) == (PEOPLE[0], ANN_AND_BOB)


def test_a_sheet_is_read_as_often_as_needed(write: Write) -> None:
    rows = [PEOPLE[0], *([f"p{n}@example.com", f"P{n}", "yes"] for n in range(3_000))]
    source = open_source(write(xlsx(rows), "a.xlsx"))
    records = source.records()
    next(records)
    assert len(list(source.records())) == len(list(source.records())) == 3_000
    assert source.progress() == (3_001, 0)
    assert len(source.fingerprint()) == 32
    assert next(records)[0] == 3


def test_values_are_what_people_would_write(read: Read) -> None:
    row = [
        "ann@example.com",
        48600100200,
        0.1 + 0.2,
        1e20,
        1.5e-7,
        True,
        date(1990, 1, 31),
        datetime(2026, 1, 2, 3, 4, 5),
        time(10, 5),
        "  Ann ",
    ]
    _, [(_, cells)] = read(xlsx([["Email", *"abcdefghi"], row]))
    assert cells == [
        "ann@example.com",
        "48600100200",
        "0.3",
        "100000000000000000000",
        "0.00000015",
        "true",
        "1990-01-31",
        "2026-01-02 03:04:05",
        "10:05:00",
        "  Ann ",
    ]


def test_dates_count_from_1904_where_the_workbook_says_so(read: Read) -> None:
    def since_1904(book: Any, sheet: Any) -> None:
        book.epoch = CALENDAR_MAC_1904

    rows: list[list[Any]] = [["Email", "Born"], ["a@example.com", date(1990, 1, 31)]]
    _, [(_, cells)] = read(xlsx(rows))
    _, [(_, mac)] = read(xlsx(rows, since_1904))
    assert cells == mac == ["a@example.com", "1990-01-31"]


def test_a_date_before_1900_is_the_text_it_is(read: Read) -> None:
    _, [(_, cells)] = read(xlsx([["Email", "Founded"], ["a@example.com", "1899-05-01"]]))
    assert cells[1] == "1899-05-01"


def test_formulas_count_by_their_results(read: Read) -> None:
    def result(name: str, part: bytes) -> bytes:
        return part.replace(b"<f>B2</f><v />", b"<f>B2</f><v>7</v>").replace(
            b"<f>B2</f><v></v>", b"<f>B2</f><v>7</v>"
        )

    rows = [["Email", "a", "b"], ["ann@example.com", 7, "=B2"]]
    assert read(edited(xlsx(rows), result))[1] == [(2, ["ann@example.com", "7", "7"])]
    with pytest.raises(UnreadableSource, match="the formula in C2 was never calculated"):
        read(xlsx(rows))


def test_errors_in_cells_are_not_taken_for_blanks(read: Read) -> None:
    def wrong(book: Any, sheet: Any) -> None:
        for place, error in (("C2", "#REF!"), ("C3", "#N/A")):
            sheet[place] = error
            sheet[place].data_type = "e"

    _, rows = read(xlsx(PEOPLE, wrong))
    assert [cells[2] for _, cells in rows] == ["#REF!", "#N/A"]


def test_a_cell_merged_over_rows_is_the_cell_of_each(read: Read) -> None:
    def merge(book: Any, sheet: Any) -> None:
        sheet["C4"] = "no"
        sheet.merge_cells("C4:C6")
        for row in (4, 5, 6, 7):
            sheet[f"A{row}"] = f"p{row}@example.com"

    _, rows = read(xlsx(PEOPLE, merge))
    assert [(cells[0][:2], cells[2]) for _, cells in rows[2:]] == [
        ("p4", "no"),
        ("p5", "no"),
        ("p6", "no"),
        ("p7", ""),
    ]


def test_rows_merged_in_an_ods_are_named(read: Read) -> None:
    merged = ods_row(
        ods_cell("cy@example.com"),
        ods_cell("Cy"),
        ods_cell("no", 'table:number-rows-spanned="2" table:number-columns-spanned="1"'),
    )
    with pytest.raises(UnreadableSource, match="merged over several rows"):
        read(ods(*ODS_PEOPLE, merged), "a.ods")


def test_titles_and_group_names_above_the_header(read: Read) -> None:
    def titled(book: Any, sheet: Any) -> None:
        sheet.merge_cells("A1:E1")
        sheet.merge_cells("A3:C3")
        sheet.merge_cells("D3:E3")

    rows = [
        ["Customers of 2026"],
        [],
        ["Contact", None, None, "Unsubscribed from"],
        ["First Name", "Last Name", "Email", "Newsletter", "SMS"],
        ["Ann", "Lee", "ann@example.com", "no", "yes"],
    ]
    assert read(xlsx(rows, titled)) == (
        [
            "First Name",
            "Last Name",
            "Email",
            "Unsubscribed from: Newsletter",
            "Unsubscribed from: SMS",
        ],
        [(2, rows[4])],
    )


def test_a_table_that_begins_somewhere(read: Read) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet.merge_cells("E4:E5")
        sheet["D5"] = "#N/A"
        sheet["D5"].data_type = "e"

    rows: list[list[Any]] = [
        [],
        [],
        [None, None, *PEOPLE[0]],
        [None, None, *PEOPLE[1]],
        [None, None, "b@example.com"],
    ]
    assert read(xlsx(rows, change)) == (
        PEOPLE[0],
        [(2, PEOPLE[1]), (3, ["b@example.com", "#N/A", "yes"])],
    )


def test_without_a_header(read: Read) -> None:
    columns, rows = read(xlsx(PEOPLE[1:]), header=0)
    assert columns == ["#1", "#2", "#3"]
    assert rows == [(1, PEOPLE[1]), (2, PEOPLE[2])]


def with_sheets(book: Any, sheet: Any) -> None:
    book.create_sheet("Empty")
    book.create_chartsheet("Chart")
    for number in range(50):
        hidden = book.create_sheet(f"Old {number}")
        hidden.sheet_state = "veryHidden" if number % 2 else "hidden"
        hidden.append(["Email"])
        hidden.append([f"old{number}@example.com"])


def test_hidden_sheets_are_read_only_by_name(read: Read) -> None:
    workbook = xlsx(PEOPLE, with_sheets)
    assert read(workbook) == read(workbook, sheet="people") == read(workbook, sheet="1")
    assert read(workbook, sheet="Old 7") == (["Email"], [(2, ["old7@example.com"])])
    with pytest.raises(UnreadableSource, match=r"there is no sheet `3`\. The sheets are `People`"):
        read(workbook, sheet="3")


def test_of_several_sheets_one_has_to_be_named(read: Read) -> None:
    def two(book: Any, sheet: Any) -> None:
        notes = book.create_sheet("Notes", 0)
        notes["A1"] = "x"

    with pytest.raises(
        UnreadableSource, match=r'several sheets hold cells: `Notes`, `People`.*--sheet "People"'
    ):
        read(xlsx(PEOPLE, two))
    assert read(xlsx(PEOPLE, two), sheet="2") == (PEOPLE[0], ANN_AND_BOB)


def test_when_only_hidden_sheets_hold_cells_they_are_named(read: Read) -> None:
    def hide(book: Any, sheet: Any) -> None:
        sheet.sheet_state = "hidden"
        book.create_sheet("Cover")
        book.active = 1

    with pytest.raises(EmptySource, match="name it with --sheet: `People`"):
        read(xlsx(PEOPLE, hide))


def test_a_million_cells_of_formatting_cost_nothing(read: Read) -> None:
    styled = b"".join(
        b'<row r="%d">%s</row>'
        % (row, b"".join(b'<c r="%c%d" s="1"/>' % (c, row) for c in b"DEFGHIJKLM"))
        for row in range(4, 20_004)
    )
    workbook = edited(
        xlsx(), lambda name, part: part.replace(b"</sheetData>", styled + b"</sheetData>")
    )
    assert read(workbook) == (PEOPLE[0], ANN_AND_BOB)
    repeated = ods_row(
        '<table:table-cell table:style-name="x" table:number-columns-repeated="16384"/>',
        attributes='table:number-rows-repeated="1048573"',
    )
    assert read(ods(*ODS_PEOPLE, repeated), "a.ods") == (PEOPLE[0], ANN_AND_BOB)


OTHERS: dict[str, tuple[bytes, str, str]] = {
    "password": (
        b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
        "a.xlsx",
        "protected by a password",
    ),
    "97": (b"\xd0\xcf\x11\xe0" + bytes(512), "a.xlsx", r"Excel 97 workbook\. Save it as \.xlsx"),
    "xls": (b"\xd0\xcf\x11\xe0" + bytes(512), "a.xls", "Excel 97 workbook"),
    "text": (b"Email\na@example.com\n", "a.xlsx", r"not a workbook\. .* ends in \.csv"),
    "page": (b"<html><table>", "a.xlsx", "a web page"),
    "archive": (archive({"people.csv": b"Email"}), "a.xlsx", "an archive and not a workbook"),
    "as csv": (xlsx(), "a.csv", r"an Excel workbook, not text\. Give it a name .* \.xlsx"),
    "as zip": (ods(*ODS_PEOPLE), "a.zip", "an OpenDocument file, not text"),
    "ods password": (
        ods(*ODS_PEOPLE, manifest="<manifest:encryption-data/>"),
        "a.ods",
        "protected by a password",
    ),
    "header": (xlsx([["Email"]]), "a.xlsx", "a header but no records"),
    "empty": (xlsx([]), "a.xlsx", "no visible sheet with cells"),
    "cut off": (xlsx()[:3000], "a.xlsx", "damaged or cut off"),
    "halves": (edited(xlsx(), lambda name, part: part[: len(part) // 2]), "a.xlsx", "damaged"),
    "missing": (
        edited(xlsx(), lambda name, part: None if "sheet1" in name else part),
        "a.xlsx",
        "damaged",
    ),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_what_cannot_be_read_says_what_it_is(write: Write, kind: str) -> None:
    workbook, name, says = OTHERS[kind]
    with pytest.raises(ImportInputError, match=says):
        list(open_source(write(workbook, name)).records())


BIG_VALUE = 'office:value-type="string" table:number-columns-repeated="16384"'
ENTITIES = b"<!DOCTYPE a [%s]>" % b"".join(
    b'<!ENTITY x%d "%s">' % (n, b"&x%d;" % (n - 1) * 10) for n in range(1, 12)
)
BOMBS: dict[str, Callable[[], bytes]] = {
    "a.xlsx": lambda: edited(
        xlsx(),
        lambda name, part: part.replace(
            b"</sheetData>",
            b'<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>',
        ),
    ),
    "b.xlsx": lambda: edited(
        xlsx(), lambda name, part: part.replace(b"<t>Bob", b"<t>" + b"B" * (1 << 26), 1)
    ),
    "c.ods": lambda: ods(
        ods_row(ods_cell("x", BIG_VALUE), attributes='table:number-rows-repeated="1048576"')
    ),
    "d.xlsx": lambda: edited(
        xlsx(),
        lambda name, part: part.replace(b"<worksheet ", ENTITIES + b"<worksheet ").replace(
            b"<t>Bob", b"<t>&x11;"
        ),
    ),
}


def message_of(path: Path) -> str:
    """Read a workbook, and return the error that it ends in, if it does."""
    message = ""
    try:
        list(open_source(path).records())
    except ImportInputError as error:
        message = str(error)
    assert message.isprintable()
    return message


def test_hidden_rows_are_read_and_told(write: Write) -> None:
    def hide(book: Workbook, sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True

    told = open_source(write(xlsx(change=hide), "a.xlsx"))
    assert isinstance(told, WorkbookSource)
    assert [note.partition(":")[0] for note in told.notes] == [
        "1 row of the sheet is hidden, by a filter or by hand, and is read all the same"
    ]
    assert len(list(told.records())) == 2
    rows = [
        row.replace("<table:table-row", '<table:table-row table:visibility="filter"')
        for row in ODS_PEOPLE[1:]
    ]
    filtered = open_source(write(ods(ODS_PEOPLE[0], *rows), "a.ods"))
    assert isinstance(filtered, WorkbookSource)
    assert "Rows of the sheet are hidden" in filtered.notes[0]
    plain = open_source(write(ods(*ODS_PEOPLE), "b.ods"))
    assert isinstance(plain, WorkbookSource)
    assert plain.notes == ()


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_end_in_one_sentence(write: Write, name: str) -> None:
    message = message_of(write(BOMBS[name](), name))
    assert "too much memory" in message or "damaged" in message or "1 MiB" in message


def test_a_workbook_that_is_said_to_be_huge_is_not_unpacked(write: Write) -> None:
    packed = bytearray(xlsx())
    at = packed.rindex(b"PK\x01\x02")
    packed[at + 24 : at + 28] = (0xFFFFFFF0).to_bytes(4, "little")
    with pytest.raises(UnreadableSource, match="unpacks to more than 2 GiB"):
        open_source(write(bytes(packed), "a.xlsx"))


# Each starts a program of its own, so that a hundredth of the usual number has to do.
@settings(max_examples=max(12, settings().max_examples // 100))
@given(data=st.data())
def test_damaged_workbooks_give_rows_or_an_input_error(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    kind = data.draw(st.sampled_from(["xlsx", "ods"]))
    whole = xlsx() if kind == "xlsx" else ods(*ODS_PEOPLE)
    with zipfile.ZipFile(io.BytesIO(whole)) as parts:
        part = data.draw(st.sampled_from(parts.namelist()))
        size = len(parts.read(part))
    at = data.draw(st.integers(0, size))
    length = data.draw(st.sampled_from([0, 1, 5, 100]))
    junk = data.draw(
        st.sampled_from([b"", b"<", b">", b'"', b"&x;", b"\xff\xfe", b"]]>", b"<a>" * 99])
    )

    def damage(name: str, content: bytes) -> bytes:
        return content[:at] + junk + content[at + length :] if name == part else content

    path = tmp_path_factory.mktemp("any") / f"a.{kind}"
    path.write_bytes(edited(whole, damage))
    message_of(path)


def test_the_program_ends_with_its_source(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    popen = cast("Callable[..., subprocess.Popen[bytes]]", subprocess.Popen)

    def recorded(*args: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(popen(*args, **options))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", recorded)
    rows = [PEOPLE[0], *([f"p{n}@example.com", "P", "yes"] for n in range(9_000))]
    source = open_source(write(xlsx(rows), "a.xlsx"))
    assert started[0].poll() is None
    del source
    assert started[0].poll() is not None

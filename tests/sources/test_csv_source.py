import csv
import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.sources import Reading
from prefect_getresponse.sources.errors import EmptySource, UnreadableSource
from prefect_getresponse.sources.texts.csv_source import CsvSource
from tests.sources.conftest import DrippingPlace, Write


def records(source: CsvSource) -> list[tuple[int, list[str]]]:
    return [(row, list(cells)) for row, cells in source.records()]


def test_a_table(write: Write) -> None:
    source = CsvSource(write("Email, Name \r\na@example.com,Anna\r\n", "people.csv"))
    assert source.name == "people.csv"
    assert source.location.endswith("/people.csv")
    assert source.columns() == ["Email", "Name"]
    assert records(source) == [(2, ["a@example.com", "Anna"])]
    assert records(source) == [(2, ["a@example.com", "Anna"])]
    assert source.progress() == (34, 34)
    assert len(source.fingerprint()) == 32


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("packed", [False, True])
def test_every_form_of_one_table_reads_alike(
    write: Write, encoding: str, delimiter: str, line_end: str, packed: bool
) -> None:
    rows = [
        ["Email", "Name", "Note"],
        ["j@example.com", "Jörg Müller", 'says "hi", and; so\t|on'],
        ["", "", ""],
        ["z@example.com", "Zoë", "two\nlines"],
    ]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerows(rows)
    data = text.getvalue().encode(encoding)
    source = CsvSource(write(gzip.compress(data) if packed else data, "people.txt"))
    assert source.columns() == rows[0]
    assert [cells for _, cells in records(source)] == rows[1:]


def test_rows_are_ordinals_of_records(write: Write) -> None:
    text = 'Email,Note\na@example.com,"one\ntwo\nthree"\n\n ,\nb@example.com,\n'
    assert [row for row, _ in records(CsvSource(write(text, "a.csv")))] == [2, 3, 4, 5]


def test_short_records_are_filled_and_long_ones_kept(write: Write) -> None:
    source = CsvSource(write("Email,Name\na@example.com\nb@example.com,B,,\nc@,C,x,\n\n", "a.csv"))
    assert [cells for _, cells in records(source)] == [
        ["a@example.com", ""],
        ["b@example.com", "B"],
        ["c@", "C", "x", ""],
        ["", ""],
    ]


def test_names_of_columns_differ(write: Write) -> None:
    source = CsvSource(write("Tag,,Tag,Tag (2), ,Tag\na,b,c,d,e,f\n", "a.csv"))
    assert source.columns() == ["Tag", "column 2", "Tag (2)", "Tag (2) (2)", "column 5", "Tag (3)"]


@pytest.mark.parametrize(
    "above",
    [
        "sep=;\n",
        "Customers 2026-03-01\n\n",
        "\n\n;;\n",
        "Report;Customers\nCreated;2026-03-01\n\n",
    ],
)
def test_what_stands_above_the_header_is_passed_over(write: Write, above: str) -> None:
    source = CsvSource(write(above + "Name;E-Mail\nAnna;a@example.com\n", "a.csv"))
    assert source.columns() == ["Name", "E-Mail"]
    assert records(source) == [(2, ["Anna", "a@example.com"])]


def test_a_header_of_one_column(write: Write) -> None:
    source = CsvSource(write("\nPeople\na@example.com\nTotal,1,x\n", "a.csv"))
    assert source.columns() == ["People"]
    assert records(source) == [(2, ["a@example.com"]), (3, ["Total", "1", "x"])]


def test_data_without_a_header_are_not_taken_for_a_title(write: Write) -> None:
    source = CsvSource(write("a@example.com,Anna\nb@example.com,Berta\n", "a.csv"))
    assert source.columns() == ["a@example.com", "Anna"]


@pytest.mark.parametrize(
    "text", ["Email,Name", "Email\n", "\n\n", " \n,,\n", "sep=;\n", "Email\n,\n"]
)
def test_no_records_are_an_error(write: Write, text: str) -> None:
    with pytest.raises(EmptySource):
        CsvSource(write(text, "a.csv"))


def test_bad_bytes_are_an_error_that_names_the_row(write: Write) -> None:
    data = b"Email,Name\n" + b"a@example.com,Anna\n" * 20_000 + b"j@example.com,J\xf6rg\n" * 5
    with pytest.raises(UnreadableSource, match=r"row 20002: byte 0xF6 .*--encoding cp1252"):
        records(CsvSource(write(data, "a.csv")))
    source = CsvSource(write(data, "b.csv"), Reading(encoding="cp1252"))
    assert records(source)[-1] == (20_006, ["j@example.com", "Jörg"])


@pytest.mark.parametrize(
    "bad",
    [
        'b@example.com,"open\nc@example.com,C\nd@example.com,D\n',
        'b@example.com,"open\nc@example.com,"C"\n',
        'b@example.com,"Big" Joe\n',
    ],
)
def test_a_stray_quote_never_swallows_people(write: Write, bad: str) -> None:
    with pytest.raises(UnreadableSource, match=r"row 3: .*quote"):
        records(CsvSource(write("Email,Name\na@example.com,A\n" + bad, "a.csv")))


def test_a_quote_within_a_cell_is_text(write: Write) -> None:
    source = CsvSource(write('Email,Size\na@example.com,27" wide\n', "a.csv"))
    assert records(source) == [(2, ["a@example.com", '27" wide'])]


def test_limits(write: Write) -> None:
    with pytest.raises(UnreadableSource, match="501 columns"):
        CsvSource(write("x," * 500 + "Email\na\n", "columns.csv"))
    cell = 'Email,Note\na@example.com,"' + "line\n" * 300_000
    with pytest.raises(UnreadableSource, match=r"row 2: .*field larger"):
        records(CsvSource(write(cell, "cell.csv")))
    long = "Email,Note\na@example.com" + ',"' + ("x" * 500_000 + '\n","') * 10 + '"\n'
    with pytest.raises(UnreadableSource, match="row 2: the record is larger than 4 MiB"):
        records(CsvSource(write(long, "record.csv")))


def test_a_cell_just_below_the_limit_is_read(write: Write) -> None:
    note = "x" * (1 << 20)
    source = CsvSource(write(f"Email,Note\na@example.com,{note}\n", "a.csv"))
    assert records(source) == [(2, ["a@example.com", note])]


def test_chunk_borders_do_not_matter(write: Write) -> None:
    path = write('Email,Name\r\na@example.com,"Ä, b\r\nc"\r\nd@example.com,ö\r\n', "a.csv")
    assert records(CsvSource(DrippingPlace(path, 1))) == records(CsvSource(path))


CELL = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=12
).map(str.strip)


@given(table=st.lists(st.tuples(CELL, CELL, CELL).map(list), min_size=1, max_size=8))
def test_what_csv_writes_is_read(
    table: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    rows = [["Email", "Name", "Note"], ["a@example.com", "Anna", "x"], *table]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    assert [cells for _, cells in records(CsvSource(path))] == rows[1:]


@pytest.mark.parametrize("encoding", ["cp1250", "iso8859-2"])
def test_what_excel_saves_in_polish_is_read_when_its_encoding_is_given(
    write: Write, encoding: str
) -> None:
    text = "sep=;\r\nImi\u0119;E-mail\r\n\u017baneta \u0141\u0105cka;z@example.com\r\n"
    path = write(text.encode(encoding), "klienci.csv")

    with pytest.raises(UnreadableSource, match=r"row 1: .*is not UTF-8.*--encoding"):
        CsvSource(path)
    source = CsvSource(path, Reading(encoding=encoding))
    assert source.columns() == ["Imi\u0119", "E-mail"]
    assert records(source) == [(2, ["\u017baneta \u0141\u0105cka", "z@example.com"])]


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("Email~Name\na@example.com~Anna, B\n", Reading(delimiter="~")),
        ("Email Name\na@example.com 'Anna, B'\n", Reading(delimiter="space", quote="'")),
        ("Email,Name\na@example.com,Anna\\, B\n", Reading(escape="\\")),
        ("'Email','Name'\n'a@example.com','Anna, B'\n", Reading(quote="'")),
        ("Email\tName\na@example.com\tAnna, B\n", Reading(quote="none")),
        ('Email;Name\na@example.com;"Anna, B"\n', Reading(header=1)),
    ],
)
def test_characters_that_are_told(write: Write, text: str, reading: Reading) -> None:
    source = CsvSource(write(text, "a.csv"), reading)
    assert source.columns() == ["Email", "Name"]
    assert records(source) == [(2, ["a@example.com", "Anna, B"])]


def test_a_stray_quote_in_a_table_without_quotes(write: Write) -> None:
    source = CsvSource(write('Email\tName\na@example.com\t"Anna\n', "a.tsv"), Reading(quote="none"))
    assert records(source) == [(2, ["a@example.com", '"Anna'])]


def test_a_table_without_a_header(write: Write) -> None:
    source = CsvSource(
        write("\na@example.com,Anna\nb@example.com,Berta\n", "a.csv"), Reading(header=0)
    )
    assert source.columns() == ["#1", "#2"]
    assert [row for row, _ in records(source)] == [1, 2]


HEADINGS = {
    "questions": (
        "ID,Email,Tell us who you are,,,May we write to you?\n"
        ",,Name,Company,Email Address,Response\n",
        [
            "ID",
            "Email",
            "Name",
            "Tell us who you are: Company",
            "Email Address",
            "May we write to you?",
        ],
    ),
    "groups": (
        "Person,,,No longer wanted,\nFirst Name,Last Name,Email,Newsletter,SMS\n",
        [
            "First Name",
            "Last Name",
            "Email",
            "No longer wanted: Newsletter",
            "No longer wanted: SMS",
        ],
    ),
    "title": ("Emails,,\nFirst Name,Last Name,Email\n", ["First Name", "Last Name", "Email"]),
    "title with a date": ("Acme,,2026-01-31\nName,City,Email\n", ["Name", "City", "Email"]),
}


@pytest.mark.parametrize("kind", HEADINGS)
def test_headings_of_several_rows(write: Write, kind: str) -> None:
    head, columns = HEADINGS[kind]
    person = ["x"] * len(columns)
    person[columns.index("Email Address" if "Email Address" in columns else "Email")] = (
        "a@example.com"
    )
    source = CsvSource(write(head + ",".join(person) + "\n", "a.csv"))
    assert source.columns() == columns
    assert records(source) == [(2, person)]


def test_a_person_below_the_header_who_prefers_e_mail_is_a_person(write: Write) -> None:
    source = CsvSource(write("Name,Email,Prefers\nBob,,Email\nAnn,a@example.com,Post\n", "a.csv"))
    assert source.columns() == ["Name", "Email", "Prefers"]
    assert len(records(source)) == 2


def test_a_heading_of_as_many_rows_as_are_told(write: Write) -> None:
    text = "Title\na,b\nEmail,c\na@example.com,1\n"
    source = CsvSource(write(text, "a.csv"), Reading(header=2))
    assert source.columns() == ["Email", "b: c"]
    assert records(source) == [(2, ["a@example.com", "1"])]


FOOTERS = {
    "end of file": "Email,Name\na@example.com,A\nb@example.com,B\n\x1a",
    "psql": " email         | name\n---------------+------\n a@example.com | A\n"
    " b@example.com | B\n(2 rows)\n\n",
    "sqlcmd": "Email,Name\n-----,----\na@example.com,A\nb@example.com,B\n\n(2 rows affected)\n",
    "mysql": "+---+---+\n| Email | Name |\n+---+---+\n| a@example.com | A |\n"
    "| b@example.com | B |\n+---+---+\n"
    "2 rows in set (0.00 sec)\n",
    "sqlplus": "Email,Name\na@example.com,A\nb@example.com,B\n\n2 rows selected.\n",
}


@pytest.mark.parametrize("tool", FOOTERS)
def test_what_tools_write_around_records_is_none(write: Write, tool: str) -> None:
    source = CsvSource(write(FOOTERS[tool], "a.csv"))
    found = [[cell.strip() for cell in cells if cell.strip()] for _, cells in records(source)]
    assert [cells for cells in found if cells] == [["a@example.com", "A"], ["b@example.com", "B"]]


def test_what_only_looks_like_a_footer_stays_a_record(write: Write) -> None:
    text = "Name,Email\n(2 rows),\n---,---\n,a@example.com\n-,-\n4 rows,b@example.com\n"
    assert [row for row, _ in records(CsvSource(write(text, "a.csv")))] == [3, 4, 5, 6]

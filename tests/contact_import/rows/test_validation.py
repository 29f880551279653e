import csv
import io

import pytest
from hypothesis import given as given_examples
from hypothesis import strategies as st

from prefect_getresponse.contact_import.columns.mapping import map_columns
from prefect_getresponse.contact_import.rows.validation import (
    MOST_ANSWERS,
    Contact,
    PreparedRow,
    RowReader,
    compile_reader,
    tag_name,
)
from prefect_getresponse.sources.errors import MappingError


def reader_of(header: str, *extra_tags: str, **given: str) -> RowReader:
    return compile_reader(map_columns(header.split(","), given), extra_tags=extra_tags)


def prepared(header: str, line: str, **given: str) -> PreparedRow:
    (cells,) = csv.reader(io.StringIO(line)) if line else [[""]]
    cells += [""] * (header.count(",") + 1 - len(cells))
    return one(reader_of(header, **given), 7, cells)


def one(reader: RowReader, row: int, cells: list[str]) -> PreparedRow:
    (found,) = reader.prepare([(row, cells)])
    return found


def contact(header: str, line: str, **given: str) -> Contact:
    found = prepared(header, line, **given).contact
    assert found is not None
    return found


def test_a_contact() -> None:
    header = "Email,First Name,Last Name,Tags,City,IP,Day,Points"
    line = ' Anna.Berg@Example.COM ,Anna, Berg ,"vip, summer sale",Köln,192.0.2.7,4,1.5'
    given = {"City": "custom:city", "Day": "day_of_cycle", "Points": "scoring"}
    row = prepared(header, line, **given)
    assert row == PreparedRow(
        row=7,
        key="anna.berg@example.com",
        contact=Contact(
            email="Anna.Berg@Example.COM",
            name="Anna Berg",
            tags=("vip", "summer_sale"),
            custom=(("city", "Köln"),),
            ip_address="192.0.2.7",
            day_of_cycle=4,
            scoring=1.5,
        ),
        verdict=None,
        reason=None,
        warnings=(),
    )


def test_a_blank_cell_is_not_sent() -> None:
    given = {"City": "custom:city", "Day": "day_of_cycle", "Points": "scoring"}
    header = "Email,Name,Tags,City,IP,Day,Points"
    assert contact(header, "a@example.com, ,,\u00a0,,,", **given) == Contact(
        "a@example.com", None, (), (), None, None, None
    )


@pytest.mark.parametrize(
    ("line", "verdict", "reason"),
    [
        ("", "blank", None),
        (" ,\u00a0,\u200b", "blank", None),
        (",Anna,yes", "rejected", "no_email"),
        ("\u200b,Total: 17,", "rejected", "no_email"),
        (",Anna,no", "rejected", "no_email"),
        ("nobody,Anna,yes", "rejected", "invalid_email"),
        ("a at example.com,Anna,no", "rejected", "invalid_email"),
        ("a@example.com,Anna,yes,extra", "rejected", "extra_cells"),
        ("a@example.com,Anna,yes, ", None, None),
        ("a@example.com,Anna,", "excluded", "no_consent"),
        ("a@example.com,Anna,no", "excluded", "no_consent"),
        ("a@example.com,Anna,whatever", "excluded", "answer_not_understood"),
        ("a@example.com,Anna,TRUE", None, None),
    ],
)
def test_verdicts(line: str, verdict: str | None, reason: str | None) -> None:
    row = prepared("Email,Name,Accepts Marketing", line)
    assert (row.verdict, row.reason) == (verdict, reason)
    assert (row.contact is None) == (verdict is not None)
    assert (row.key != "") == (verdict is None or verdict == "excluded")


@pytest.mark.parametrize(
    ("consent", "opt_out", "reason"),
    [
        ("yes", "", None),
        ("yes", "no", None),
        ("yes", "yes", "opted_out"),
        ("yes", "perhaps", "answer_not_understood"),
        ("no", "no", "no_consent"),
        ("no", "yes", "no_consent"),
    ],
)
def test_all_columns_must_agree(consent: str, opt_out: str, reason: str | None) -> None:
    row = prepared("Email,Newsletter,Email Opt Out", f"a@example.com,{consent},{opt_out}")
    assert row.reason == reason
    two = prepared("Email,Newsletter,Opt-in", f"a@example.com,yes,{consent}")
    assert two.reason == (None if consent == "yes" else "no_consent")


@pytest.mark.parametrize(
    ("status", "reason"),
    [("open", None), ("", None), ("Unsubscribed", "no_consent"), ("cleaned", "no_consent")],
)
def test_any_status_can_refuse(status: str, reason: str | None) -> None:
    assert prepared("Email,Status", f"a@example.com,{status}").reason == reason
    given = prepared("Email,Status", f"a@example.com,{status}", Status="consent")
    assert given.reason == ("answer_not_understood" if status == "open" else "no_consent")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Anna,Berg,Dr. Anna Berg", "Anna Berg"),
        (" Anna ,,Dr. Anna Berg", "Anna"),
        (",Berg,Dr. Anna Berg", "Berg"),
        (" , ,Dr. Anna  Berg ", "Dr. Anna  Berg"),
        ("Anna Maria,von  Berg,", "Anna Maria von  Berg"),
        (",,", None),
        ("=1+1,<b>,", "=1+1 <b>"),
    ],
)
def test_names(line: str, name: str | None) -> None:
    assert contact("Email,First Name,Last Name,Full Name", f"a@example.com,{line}").name == name


def test_a_name_of_128_characters_is_the_longest() -> None:
    assert contact("Email,Name", "a@example.com," + "ü" * 128).name == "ü" * 128
    row = prepared("Email,First Name,Last Name", "a@example.com,Anna," + "x" * 124)
    assert row.contact is not None
    assert row.contact.name is None
    assert row.warnings == (("First Name", "name_too_long"),)


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("ip_address", ["192.0.2.7", "2001:db8::1"], ["localhost", "192.0.2", "fe80::1%eth0", "1"]),
        ("day_of_cycle", ["0", "007", "9999"], ["-1", "10000", "1.5", "x", "٣", "1_0"]),
        ("scoring", ["0", "-3", "+2.50"], ["1,5", "Nan", "inf", "1e5", "x", "1_0", "٣"]),
    ],
)
def test_optional_cells_are_left_out_when_invalid(
    field: str, good: list[str], bad: list[str]
) -> None:
    for cell in good:
        found = prepared("Email,Extra", f"a@example.com,{cell}", Extra=field)
        assert getattr(found.contact, field) is not None
        assert found.warnings == ()
    for cell in bad:
        found = prepared("Email,Extra", f'a@example.com,"{cell}"', Extra=field)
        assert getattr(found.contact, field) is None
        assert found.warnings == (("Extra", f"invalid_{field}"),)


def test_tags_are_brought_together_and_accounted_for() -> None:
    reader = reader_of("Email,Tags,Group", "VIP", "since 2026", Group="tags")
    assert reader.renamed_tags == {"since 2026": "since_2026"}
    row = one(reader, 2, ["a@example.com", "b2b west, b2b-west, VIP, x", "日本; Köln; 🎉"])
    assert row.contact is not None
    assert row.contact.tags == ("b2b_west", "VIP", "Ri_Ben", "Koln", "since_2026")
    assert row.warnings == (("Tags", "tag_dropped"), ("Group", "tag_dropped"))
    assert reader.renamed_tags == {
        "since 2026": "since_2026",
        "b2b west": "b2b_west",
        "b2b-west": "b2b_west",
        "日本": "Ri_Ben",
        "Köln": "Koln",
    }
    assert reader.dropped_tags == {"x", "🎉"}


def test_answers_that_nobody_knows_are_refused_and_kept() -> None:
    reader = reader_of("Email,Newsletter")
    words = ["yes", "no", "", "Implied", "maybe", "Implied", "pending", "+48 600 100 200", "a@b.pl"]
    for row, word in enumerate(words, start=2):
        known = {"yes": None, "no": "no_consent", "": "no_consent", "pending": "no_consent"}
        assert one(reader, row, [f"{row}@example.com", word]).reason == known.get(
            word, "answer_not_understood"
        )
    assert reader.unclear_answers == {"Newsletter": {"Implied", "maybe"}}
    assert reader.not_understood == {"Newsletter": 5}


@pytest.mark.parametrize(
    ("field", "passing"),
    [
        ("consent:Zint|Ja", {"Zint", "ja", " zint "}),
        ("opt_out:Zint|Ja", {"Zint", "ja", " zint ", ""}),
        ("opt_out:", {""}),
        ("consent:", set[str]()),
    ],
)
def test_listed_cells_pass_and_no_others(field: str, passing: set[str]) -> None:
    for cell in ["Zint", "ja", " zint ", "", "Blorp", "yes", "no", "zint ja"]:
        row = prepared("Email,Q", f"a@example.com,{cell}", Q=field)
        assert (row.contact is not None) == (cell in passing), cell
        expected = "no_consent" if field.startswith("consent") else "opted_out"
        assert row.reason == (None if cell in passing else expected)


def test_texts_about_people_are_not_kept_as_answers() -> None:
    reader = reader_of("Email,Newsletter")
    for row in range(2, 200):
        one(reader, row, ["a@example.com", "x" * (row % 40 + 2)])
    assert len(reader.unclear_answers["Newsletter"]) == MOST_ANSWERS + 1


def test_tags_of_refused_rows_are_not_reported() -> None:
    reader = reader_of("Email,Newsletter,Tags")
    one(reader, 2, ["a@example.com", "no", "summer sale"])
    assert reader.renamed_tags == {}


def test_extra_tags_must_be_possible() -> None:
    with pytest.raises(MappingError, match="`-` cannot be a tag"):
        reader_of("Email", "ok", "-")
    assert tag_name("-") is None
    assert contact("Email", "a@example.com").tags == ()


def test_spellings_of_one_address_share_a_key() -> None:
    reader = reader_of("Email")
    cells = [
        "a@bücher.example",
        " A@BÜCHER.example",
        "a@bu\u0308cher.example",
        "a@xn--bcher-kva.example\n",
    ]
    keys = {found.key for found in reader.prepare((row, [cell]) for row, cell in enumerate(cells))}
    assert keys == {"a@xn--bcher-kva.example"}


CELLS = st.sampled_from(
    [
        *["", " a@example.com", "A@example.com\u200b", "a@bücher.example", "nobody", "x" * 129],
        *[
            "yes",
            "no",
            "unsubscribed",
            "vip, summer sale",
            "b2b, x",
            "Zoë\u00a0",
            "192.0.2.7",
            "12",
        ],
    ]
)


@given_examples(
    table=st.lists(st.lists(CELLS, min_size=10, max_size=12), max_size=8),
    repeats=st.integers(min_value=1, max_value=40),
)
def test_a_record_means_the_same_alone_and_among_others(
    table: list[list[str]], repeats: int
) -> None:
    header = "Email,First Name,Last Name,Full Name,Tags,Group,Newsletter,Opt Out,IP,Day"
    given = {"Group": "tags", "Opt Out": "opt_out", "Day": "day_of_cycle"}
    together, alone = (reader_of(header, "night", **given) for _ in range(2))
    records = list(enumerate(table * repeats, start=2))
    assert list(together.prepare(records)) == [one(alone, row, cells) for row, cells in records]
    assert together.renamed_tags == alone.renamed_tags
    assert together.dropped_tags == alone.dropped_tags

import pytest

from prefect_getresponse.sources.errors import UnreadableSource
from prefect_getresponse.sources.texts.text import MAX_LINE, TextFile
from tests.sources.conftest import DrippingPlace, Write


@pytest.mark.parametrize("size", [1, 2, 3, 1 << 18])
def test_any_line_end_at_any_chunk_border(write: Write, size: int) -> None:
    path = write("ä\r\nb\rc\n\r\nd\u2028e\x0bf", "a.csv")
    assert list(TextFile(DrippingPlace(path, size)).lines()) == [
        "ä\r\n",
        "b\r",
        "c\n",
        "\r\n",
        "d\u2028e\x0bf",
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_files_are_read_alike(write: Write, encoding: str) -> None:
    text = "Email,Name\nj@example.com,Jörg 🙂\n"
    file = TextFile(write(text.encode(encoding), "a.csv"))
    assert "".join(file.lines()) == text


def test_the_error_names_byte_and_encoding(write: Write) -> None:
    good = "Email,Name\n" + "a@example.com,Anna\n" * 30_000
    data = good.encode() + "b@example.com,Jörg Müller Größe\n".encode("cp1252")
    file = TextFile(write(data, "a.csv"))
    lines: list[str] = []
    with pytest.raises(UnreadableSource) as caught:
        lines.extend(file.lines())
    assert data[len(good) + 15] == 0xF6
    assert f"byte 0xF6 at offset {len(good) + 15} is not UTF-8" in str(caught.value)
    assert "--encoding cp1252" in str(caught.value)


def test_a_cut_character_at_the_end_is_an_error(write: Write) -> None:
    with pytest.raises(UnreadableSource, match="at offset 7"):
        list(TextFile(write(b"Email\na\xc3", "a.csv")).lines())


def test_surrogates_are_refused(write: Write) -> None:
    with pytest.raises(UnreadableSource):
        list(TextFile(write(b"Email\n\xed\xa0\x80\n", "a.csv")).lines())
    with pytest.raises(UnreadableSource):
        list(TextFile(write(b"Email\n+2AA-\n", "a.csv"), "utf-7").lines())


def test_zero_bytes_are_refused_with_their_place(write: Write) -> None:
    with pytest.raises(UnreadableSource, match="NUL byte near offset 8"):
        list(TextFile(write("Émail\na\0b\n", "a.csv")).lines())


def test_a_line_without_end_is_refused(write: Write) -> None:
    with pytest.raises(UnreadableSource, match="longer than 4 MiB"):
        list(TextFile(write(b"x" * (MAX_LINE + 10), "a.csv")).lines())


def test_head_says_whether_there_is_more(write: Write) -> None:
    assert TextFile(write("a\nb\n", "a.csv")).head() == (["a\n", "b\n"], True)
    lines, complete = TextFile(write("abcdefg\n" * 100_000, "b.csv")).head()
    assert not complete
    assert len(lines) < 100_000


def test_head_leaves_later_damage_to_the_reader(write: Write) -> None:
    assert TextFile(write(b"a\nb\xff\n", "a.csv")).head() == (["a\n"], False)
    with pytest.raises(UnreadableSource, match="row 1"):
        TextFile(write(b"a\xff\n", "b.csv")).head()

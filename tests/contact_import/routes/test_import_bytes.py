"""How large an import gets is told by the contacts' text, to the byte."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.contact_import.routes.imports import Columns, bytes_of_rows
from prefect_getresponse.contact_import.rows.contacts import pack, unpack_many
from prefect_getresponse.contact_import.rows.packed import Packed
from prefect_getresponse.contact_import.rows.validation import Contact

FIELDS = ("city", "name", 'na"me', "size, in cm", "żółw")
PIECES = (
    *('"', "\\", "a", "ł", "\n", "null", ",", "[", "]", ":"),
    *('"name":null', '"custom":[]', '[["city",', ',["city",', '"tags":["city"],"custom":['),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=6).map("".join) | st.text(
    st.characters(codec="utf-8"), max_size=8
)
FILLED = TEXTS.filter(bool)
CONTACTS = st.builds(
    Contact,
    TEXTS,
    st.none() | FILLED,
    st.lists(st.sampled_from(["city", "vip", *PIECES]), unique=True, max_size=3).map(tuple),
    st.dictionaries(st.sampled_from(FIELDS), FILLED).map(lambda values: tuple(values.items())),
    st.none() | st.just("192.0.2.1"),
    st.none(),
    st.none(),
)


@given(st.lists(CONTACTS, min_size=1, max_size=4))
def test_it_is_what_the_rows_take_that_are_sent(people: list[Contact]) -> None:
    text = ",".join(pack(person)[0] for person in people)
    rows = Columns(("ip", "name"), FIELDS, ()).rows(unpack_many(text))

    packed = Packed(text, len(people))

    assert bytes_of_rows(packed, FIELDS) == len(rows) + len(b",")
    assert sum(packed.tags.values()) == len(people)

"""A contact in the ledger and on the wire."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.contact_import.rows.contacts import Ids, pack, unpack
from prefect_getresponse.contact_import.rows.validation import Contact

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
CONTACTS = st.builds(
    Contact,
    email=TEXT,
    name=st.none() | TEXT,
    tags=st.lists(TEXT, max_size=3).map(tuple),
    custom=st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
    ip_address=st.none() | TEXT,
    day_of_cycle=st.none() | st.integers(0, 9999),
    scoring=st.none() | st.floats(allow_nan=False, allow_infinity=False),
)


@given(CONTACTS)
def test_a_contact_survives_the_ledger(contact: Contact) -> None:
    text, _ = pack(contact)

    assert unpack(text) == contact


@given(CONTACTS, CONTACTS)
def test_equal_contacts_have_equal_hashes_and_others_do_not(one: Contact, other: Contact) -> None:
    assert (pack(one)[1] == pack(other)[1]) is (pack(one)[0] == pack(other)[0])


def test_only_what_is_known_is_sent() -> None:
    ids = Ids("list", {"size": "f1"}, {"vip": "t1"})
    plain = Contact("a@example.com", None, (), (), None, None, None)
    full = Contact("a@example.com", "A", ("vip",), (("size", "M"),), "192.0.2.1", 0, 0.0)

    assert ids.attributes(plain) == {"email": "a@example.com"}
    assert ids.attributes(full) == {
        "email": "a@example.com",
        "name": "A",
        "ipAddress": "192.0.2.1",
        "dayOfCycle": "0",
        "scoring": 0.0,
        "customFieldValues": [{"customFieldId": "f1", "value": ["M"]}],
    }
    assert ids.tag_ids(full) == ["t1"]

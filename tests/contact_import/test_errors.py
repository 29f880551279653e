import pickle

import pytest

from prefect_getresponse.sources import errors
from prefect_getresponse.sources.errors import ImportInputError, MappingError, listed


def test_the_message_says_where_what_and_what_to_do() -> None:
    error = ImportInputError("a quote is open", "Close it", "a.csv", 17)
    assert str(error) == "a.csv, row 17: a quote is open. Close it."
    assert str(ImportInputError("nothing there")) == "nothing there."


def test_the_message_is_one_line() -> None:
    assert str(MappingError(listed(["a\nb\u2028\x1b[31m"]))).isprintable()


def test_names_are_listed_shortly() -> None:
    assert listed(["a", "b"]) == "`a`, `b`"
    assert listed([""] * 25).endswith(" and 5 more")
    assert len(listed(["x" * 1000])) < 70


@pytest.mark.parametrize(
    "name", ["SourceNotFound", "EmptySource", "UnreadableSource", "SourceChanged", "MappingError"]
)
def test_every_error_is_an_input_error_and_can_be_pickled(name: str) -> None:
    kind = getattr(errors, name)
    error = pickle.loads(pickle.dumps(kind("what", "do", "a.csv").at(row=3)))
    assert type(error) is kind
    assert isinstance(error, ImportInputError)
    assert str(error) == "a.csv, row 3: what. do."

"""The tree of errors."""

import copy
import pickle
from collections.abc import Iterator

import pytest

from prefect_getresponse.client import errors
from prefect_getresponse.client.errors import GetResponseError


def tree(root: type[GetResponseError]) -> Iterator[type[GetResponseError]]:
    yield root
    for child in root.__subclasses__():
        yield from tree(child)


PUBLIC = [kind for kind in tree(GetResponseError) if kind.__module__ == errors.__name__]


def make(kind: type[GetResponseError]) -> GetResponseError:
    return kind(
        "refused jane@example.com",
        method="GET",
        path="/contacts/{contactId}",
        status=418,
        code=1000,
        uuid="u-1",
        context={"value": "jane@example.com"},
    )


def test_the_drawing_shows_every_class() -> None:
    drawn = errors.__doc__ or ""
    assert all(kind.__name__ in drawn for kind in PUBLIC)


@pytest.mark.parametrize("kind", list(tree(GetResponseError)))
class TestEveryClass:
    def test_says_what_where_and_what_to_do_on_one_line(self, kind: type[GetResponseError]) -> None:
        text = str(make(kind))

        assert text.startswith(
            "GET /contacts/{contactId}: refused j***@example.com (HTTP 418, code 1000, uuid u-1)"
        )
        assert text.endswith(kind.default_advice)
        assert "\n" not in text

    def test_survives_pickle_and_copy(self, kind: type[GetResponseError]) -> None:
        error = make(kind)
        for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
            assert type(twin) is kind
            assert str(twin) == str(error)
            assert vars(twin) == vars(error)

    def test_never_shows_an_address(self, kind: type[GetResponseError]) -> None:
        error = make(kind)
        assert b"jane@" not in pickle.dumps(error)
        assert "jane@" not in f"{error!r} {error} {vars(error)}"


def test_advice_may_be_given() -> None:
    assert str(errors.NotFound("gone", advice="Look elsewhere.")) == "gone. Look elsewhere."


def test_wrong_arguments_are_a_value_error() -> None:
    assert issubclass(errors.InvalidArguments, ValueError)


def test_wrong_configuration_is_none_that_pydantic_would_replace() -> None:
    assert not issubclass(errors.InvalidConfiguration, ValueError)

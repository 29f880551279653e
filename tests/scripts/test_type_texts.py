"""Type hints in words."""

from typing import Annotated, Any, Literal, Required

import pytest
from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.omit import Omit
from prefect_getresponse.operation import Query
from scripts.type_texts import members, type_text, typed_dicts


class Inner(TypedDict):
    deep: str


class Base(TypedDict):
    always: int


class Outer(Base, total=False):
    named: Required[str]
    inner: list[Inner]


def link(kind: type) -> str:
    return f"<{kind.__name__}>"


@pytest.mark.parametrize(
    ("hint", "text"),
    [
        (str, "`str`"),
        (int | float | Omit, "`int` or `float`"),
        (str | None, "`str` or `None`"),
        (Any, "anything"),
        (dict[str, Any], "`dict`"),
        (Literal["ASC", "DESC"], "`ASC` or `DESC`"),
        (list[Inner], "list of <Inner>"),
        (Required[Inner], "<Inner>"),
        (Annotated[str | Omit, Query("query[name]")], "`str`"),
        (Annotated[str, StringConstraints(min_length=2, max_length=64)], "`str` (2 to 64 char"),
        (Annotated[str, StringConstraints(max_length=255)], "`str` (at most 255 characters)"),
        (Annotated[str, StringConstraints(pattern="^a$")], "`str` (matches `^a$`)"),
        (Annotated[int, Field(ge=1, le=1000)], "`int` (1 to 1,000)"),
        (Annotated[int, Field(ge=1)] | Omit, "`int` (at least 1)"),
        (Annotated[list[str], Field(min_length=1, max_length=1)], "list of `str` (exactly 1 items"),
    ],
)
def test_a_type_in_words(hint: Any, text: str) -> None:
    assert type_text(hint, link).startswith(text)


def test_members_with_what_is_always_there() -> None:
    found = {name: needed for name, _, needed in members(Outer)}
    assert found == {"always": True, "named": True, "inner": False}


def test_typed_dicts_are_found_however_deep() -> None:
    assert list(typed_dicts(list[Outer] | Omit)) == [Outer, Inner]

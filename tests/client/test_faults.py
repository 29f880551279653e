"""What is wrong with a value is said as what must hold, and the value is not repeated."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, BaseModel, Field, StringConstraints, TypeAdapter
from pydantic import ValidationError as PydanticError

from prefect_getresponse.client.faults import faults
from prefect_getresponse.tasks.predefined_fields import (
    ChangedPredefinedFieldValue,
    PredefinedFieldName,
)
from prefect_getresponse.tasks.tags import TagName


class Known(BaseModel, extra="forbid"):
    name: str


def _nothing(_value: object) -> object:
    raise ValueError("not base64")


def said(kind: Any, value: object) -> str:
    with pytest.raises(PydanticError) as refused:
        TypeAdapter(kind).validate_python(value)
    return faults(refused.value)


@pytest.mark.parametrize(
    ("kind", "value", "requirement"),
    [
        (TagName, "not allowed!", "must be 2 to 64 letters, digits and _"),
        (PredefinedFieldName, "", "must be 1 to 32 letters, digits and _"),
        (ChangedPredefinedFieldValue, "7", "must be 1 to 350 letters and _"),
        (
            Annotated[str, StringConstraints(pattern="^[a-z0-9_-]{3,9}$")],
            "A",
            "must be 3 to 9 small letters, digits, - and _",
        ),
        (Annotated[str, StringConstraints(pattern="^a+$")], "b", "must be of the form ^a+$"),
        (Annotated[str, Field(min_length=1)], "", "must not be empty"),
        (Annotated[str, Field(max_length=524_288)], "x" * 524_289, "at most 524,288 characters"),
        (Annotated[list[int], Field(min_length=1)], [], "must not be empty"),
        (Annotated[list[int], Field(max_length=1)], [1, 2], "must have at most 1 entries"),
        (Annotated[int, Field(ge=1)], 0, "must be at least 1"),
        (Annotated[float, Field(lt=1)], 1.0, "must be less than 1"),
        (int, "many", "must be a whole number"),
        (int, 1.5, "must be a whole number"),
        (float, "much", "must be a number"),
        (bool, "maybe", "must be true or false"),
        (str, 5, "must be a text"),
        (list[str], "abc", "must be a list"),
        (dict[str, str], [], "must be an object"),
        (Literal["asc", "desc"], "up", "must be 'asc' or 'desc'"),
        (Annotated[str, AfterValidator(_nothing)], "?", "not base64"),
        (Known, {}, "name: is missing"),
        (Known, {"name": "", "nmae": ""}, "nmae: there is no such argument"),
    ],
)
def test_what_must_hold_is_said(kind: Any, value: object, requirement: str) -> None:
    assert requirement in said(kind, value)


def test_all_faults_are_said_and_no_value() -> None:
    told = said(dict[str, int], {"a": "secret-1", "b": "secret-2"})
    assert told == "a: must be a whole number; b: must be a whole number"

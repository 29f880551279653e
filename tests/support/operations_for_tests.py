"""Operations that no API has, to show every rule of `@operation`."""

# The body of a declaration is its docstring and `...`.
# mypy: disable-error-code="empty-body"

from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass, Upload
from prefect_getresponse.credentials import GetResponseCredentials
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Body, Query, operation


class Inner(TypedDict, total=False):
    someText: str
    someNumber: int


class Thing(TypedDict, total=False):
    thingId: str


@operation("GET", "/shelves/{shelf_id}/things/{thing_id}")
def get_thing(
    credentials: GetResponseCredentials, shelf_id: str, thing_id: str, *, fields: str | Omit = OMIT
) -> Thing:
    """Read a thing."""
    ...


@operation("GET", "/things")
def list_things(
    credentials: GetResponseCredentials,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    is_default: bool | Omit = OMIT,
    flags: Annotated[list[Literal["one", "two"]] | Omit, Query("additionalFlags")] = OMIT,
    per_page: Annotated[int, Field(ge=1, le=1000)] | Omit = OMIT,
) -> list[Thing]:
    """Read things."""
    ...


@operation("POST", "/things", retry_class=RetryClass.KEYED, budget="contacts/batch")
def create_thing(
    credentials: GetResponseCredentials,
    *,
    first_name: Annotated[str, StringConstraints(min_length=2, max_length=5)],
    inner: Inner | Omit = OMIT,
    many: Annotated[list[Inner], Field(max_length=2)] | Omit = OMIT,
    note: str | Omit | None = OMIT,
    odd: Annotated[str | Omit, Body("oddlyNamed")] = OMIT,
    aside: Annotated[str | Omit, Query("aside")] = OMIT,
    score: int | float | Omit | None = OMIT,
) -> Thing:
    """Create a thing.

    More about it.
    """
    ...


@operation("POST", "/things/{thing_id}", retry_class=RetryClass.UPDATE, deprecated="it is old")
def update_thing(
    credentials: GetResponseCredentials, thing_id: str, *, note: str | Omit = OMIT
) -> Thing:
    """Change a thing."""
    ...


@operation("DELETE", "/things/{thing_id}")
def delete_thing(
    credentials: GetResponseCredentials, thing_id: str, *, message_id: str | Omit = OMIT
) -> None:
    """Delete a thing."""
    ...


@operation("POST", "/things/{thing_id}/picture", retry_class=RetryClass.UPDATE)
def upload_picture(
    credentials: GetResponseCredentials,
    thing_id: str,
    *,
    file: Upload,
    small_copy: Annotated[Upload | Omit, Body("small")] = OMIT,
    title: str | Omit = OMIT,
) -> Thing:
    """Put a picture on a thing."""
    ...


@operation("GET", "/things/{thing_id}/picture")
def get_picture(credentials: GetResponseCredentials, thing_id: str) -> bytes:
    """Read the picture of a thing."""
    ...

import pytest

from prefect_getresponse import GetResponseCredentials, InvalidArguments, NotFound
from prefect_getresponse.tasks.custom_fields import (
    create_custom_field,
    delete_custom_field,
    get_custom_field,
    list_custom_fields,
    update_custom_field,
)
from tests.conftest import Run


def test_life_of_a_custom_field(run: Run, credentials: GetResponseCredentials) -> None:
    created = run(
        create_custom_field,
        credentials,
        name="plan",
        type="string",
        format="single_select",
        hidden="false",
        values=["free", "paid"],
    )
    field_id = created["customFieldId"]

    run(update_custom_field, credentials, field_id, hidden="true", values=["free", "gold"])
    found = run(get_custom_field, credentials, field_id)
    assert (found.get("hidden"), found.get("values")) == ("true", ["free", "gold"])
    assert [
        each["customFieldId"] for each in run(list_custom_fields, credentials, name="plan")
    ] == [field_id]

    run(delete_custom_field, credentials, field_id)
    with pytest.raises(NotFound):
        run(get_custom_field, credentials, field_id)


def test_every_fault_is_named_at_once(run: Run, credentials: GetResponseCredentials) -> None:
    wrong: dict[str, str] = {"type": "text", "format": "string"}
    with pytest.raises(InvalidArguments) as caught:
        run(create_custom_field, credentials, name="", hidden="no", values=[], **wrong)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - wrong on purpose

    assert all(f"{name}: " in str(caught.value) for name in ("name", "type", "format", "hidden"))

import pytest

from prefect_getresponse import Conflict, GetResponseCredentials, NotFound, ValidationFailed
from prefect_getresponse.tasks.from_fields import (
    create_from_field,
    delete_from_field,
    get_from_field,
    list_from_fields,
    set_from_field_as_default,
)
from tests.conftest import Run
from tests.support.running_sandbox import RunningSandbox


def test_life_of_a_sender(
    run: Run, credentials: GetResponseCredentials, sandbox: RunningSandbox
) -> None:
    made = run(create_from_field, credentials, email="shop@example.com", name="Shop")
    assert (made.get("isActive"), made.get("isDefault")) == ("false", "false")
    with pytest.raises(Conflict):
        run(create_from_field, credentials, email="shop@example.com", name="Another")
    with pytest.raises(ValidationFailed):
        run(set_from_field_as_default, credentials, made["fromFieldId"])

    sandbox.control("POST", "confirm-sender", {"email": "shop@example.com"})
    assert run(set_from_field_as_default, credentials, made["fromFieldId"]) is None
    [default] = run(list_from_fields, credentials, is_default=True, is_active=True, name="sho")
    assert default["fromFieldId"] == made["fromFieldId"]

    [other] = run(list_from_fields, credentials, is_default=False)
    run(
        delete_from_field,
        credentials,
        made["fromFieldId"],
        from_field_id_to_replace_with=other["fromFieldId"],
    )
    with pytest.raises(NotFound):
        run(get_from_field, credentials, made["fromFieldId"])
    assert run(get_from_field, credentials, other["fromFieldId"]).get("isDefault") == "true"

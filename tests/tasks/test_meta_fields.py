from typing import Any

import pytest

from prefect_getresponse import GetResponseCredentials, InvalidArguments, NotFound
from prefect_getresponse.tasks.meta_fields import (
    create_meta_field,
    delete_meta_field,
    get_meta_field,
    list_meta_fields,
    update_meta_field,
)
from tests.conftest import Run


def test_life_of_a_meta_field(run: Run, credentials: GetResponseCredentials, shop_id: str) -> None:
    field = run(
        create_meta_field, credentials, shop_id, name="Size", value="11", value_type="integer"
    )
    field_id = field["metaFieldId"]

    changed = run(update_meta_field, credentials, shop_id, field_id, value="12")
    assert (changed.get("value"), changed.get("valueType")) == ("12", "integer")
    assert run(list_meta_fields, credentials, shop_id, value="12", name="si") == [changed]
    assert run(list_meta_fields, credentials, shop_id, value="11") == []

    run(delete_meta_field, credentials, shop_id, field_id)
    with pytest.raises(NotFound):
        run(get_meta_field, credentials, shop_id, field_id)


def test_a_value_is_a_text(run: Run, credentials: GetResponseCredentials, shop_id: str) -> None:
    number: Any = 11
    with pytest.raises(InvalidArguments, match="value"):
        run(
            create_meta_field, credentials, shop_id, name="Size", value=number, value_type="integer"
        )

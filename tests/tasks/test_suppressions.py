import pytest

from prefect_getresponse import GetResponseCredentials, NotFound
from prefect_getresponse.tasks.suppressions import (
    create_suppression,
    delete_suppression,
    get_suppression,
    list_suppressions,
    update_suppression,
)
from tests.conftest import Run


def test_life_of_a_suppression(run: Run, credentials: GetResponseCredentials) -> None:
    empty = run(create_suppression, credentials, name="Partners")
    assert empty.get("masks", []) == []
    suppression_id = empty["suppressionId"]

    run(
        update_suppression,
        credentials,
        suppression_id,
        name="Partners 2026",
        masks=["@a.example", "b@b.example"],
    )
    found = run(get_suppression, credentials, suppression_id)
    assert found.get("masks") == ["@a.example", "b@b.example"]
    listed = run(list_suppressions, credentials, name="2026", sort_created_on="DESC")
    assert [each["suppressionId"] for each in listed] == [suppression_id]

    run(delete_suppression, credentials, suppression_id)
    with pytest.raises(NotFound):
        run(get_suppression, credentials, suppression_id)

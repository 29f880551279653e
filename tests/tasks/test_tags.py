import pytest

from prefect_getresponse import GetResponseCredentials, NotFound
from prefect_getresponse.tasks.tags import create_tag, delete_tag, get_tag, list_tags, update_tag
from tests.conftest import Run


def test_life_of_a_tag(run: Run, credentials: GetResponseCredentials) -> None:
    tag = run(create_tag, credentials, name="vip")
    run(create_tag, credentials, name="newsletter_2026")

    assert run(get_tag, credentials, tag["tagId"]).get("name") == "vip"
    assert run(get_tag, credentials, tag["tagId"], fields="color").keys() >= {"tagId"}
    assert [each["tagId"] for each in run(list_tags, credentials, name="vip")] == [tag["tagId"]]
    by_name = run(list_tags, credentials, sort_name="ASC", per_page=1, page=2)
    assert [each.get("name") for each in by_name] == ["vip"]

    assert run(delete_tag, credentials, tag["tagId"]) is None
    with pytest.raises(NotFound):
        run(get_tag, credentials, tag["tagId"])


def test_deleting_twice_is_fine(run: Run, credentials: GetResponseCredentials) -> None:
    tag = run(create_tag, credentials, name="vip")
    for _ in range(2):
        run(delete_tag, credentials, tag["tagId"])


def test_updating_changes_nothing(run: Run, credentials: GetResponseCredentials) -> None:
    tag = run(create_tag, credentials, name="vip")

    with pytest.warns(DeprecationWarning, match="update_tag is deprecated"):
        assert run(update_tag, credentials, tag["tagId"], name="gold").get("name") == "vip"

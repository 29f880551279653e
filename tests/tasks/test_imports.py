import pytest

from prefect_getresponse import Conflict, GetResponseCredentials, InvalidArguments
from prefect_getresponse.tasks.campaigns import list_campaigns
from prefect_getresponse.tasks.contacts import list_contacts
from prefect_getresponse.tasks.imports import (
    LARGEST_IMPORT,
    create_import,
    get_import,
    list_imports,
)
from tests.conftest import Run
from tests.support.running_sandbox import RunningSandbox

IMPORT_SECONDS = 240
MAPPING = ["email", "name", "tag:vip"]


@pytest.fixture
def credentials(run: Run, sandbox: RunningSandbox) -> GetResponseCredentials:
    """An account of its own: the throttle gives an account 20 imports a day."""
    return sandbox.credentials(account_name=f"imports-{run.flavour}")


@pytest.fixture
def campaign_id(run: Run, credentials: GetResponseCredentials) -> str:
    return run(list_campaigns, credentials)[0]["campaignId"]


def test_life_of_an_import(
    run: Run, credentials: GetResponseCredentials, sandbox: RunningSandbox, campaign_id: str
) -> None:
    created = run(
        create_import,
        credentials,
        campaign_id=campaign_id,
        field_mapping=MAPPING,
        contacts=[["jane@example.com", "Jane", "1"], ["jane", "", "0"]],
    )
    assert created.get("status") == "uploaded"

    sandbox.clock.advance(IMPORT_SECONDS)

    found = run(get_import, credentials, created["importId"])
    assert found.get("status") == "finished"
    assert found.get("statistics") == {
        "uploaded": 2,
        "invalid": 1,
        "updated": 0,
        "addedToList": 1,
    }
    assert run(get_import, credentials, created["importId"], fields="status") == {
        "importId": created["importId"],
        "status": "finished",
    }
    imported = run(list_contacts, credentials, origin="import")
    assert [each.get("name") for each in imported] == ["Jane"]


def test_listing(
    run: Run, credentials: GetResponseCredentials, sandbox: RunningSandbox, campaign_id: str
) -> None:
    made: list[str] = []
    for people in (1, 2):
        contacts = [[f"p{number}@example.com"] for number in range(people)]
        answer = run(
            create_import,
            credentials,
            campaign_id=campaign_id,
            field_mapping=["email"],
            contacts=contacts,
        )
        made.append(answer["importId"])
        sandbox.clock.advance(IMPORT_SECONDS)

    listed = run(list_imports, credentials, campaign_id=campaign_id, sort_uploaded_contacts="DESC")
    assert [each["importId"] for each in listed] == made[::-1]
    assert run(list_imports, credentials, created_to="2026-01-01") == []


def test_an_active_import_is_a_conflict(
    run: Run, credentials: GetResponseCredentials, campaign_id: str
) -> None:
    def import_jane() -> None:
        run(
            create_import,
            credentials,
            campaign_id=campaign_id,
            field_mapping=["email"],
            contacts=[["jane@example.com"]],
        )

    import_jane()
    with pytest.raises(Conflict, match="Another import of this list is active"):
        import_jane()


@pytest.mark.parametrize(
    ("mapping", "cell", "complaint"),
    [
        (["name"], "x", "field_mapping: .*`email`"),
        (["email", "email"], "x", "field_mapping: .*name of its own"),
        (["email"], "x" * LARGEST_IMPORT, "bytes of JSON are more than 20,000,000"),
    ],
)
def test_what_cannot_work_is_not_sent(
    sandbox: RunningSandbox, mapping: list[str], cell: str, complaint: str
) -> None:
    with pytest.raises(InvalidArguments, match=complaint):
        create_import.fn(
            sandbox.credentials(),
            campaign_id="c",
            field_mapping=mapping,
            contacts=[[cell] * len(mapping)],
        )
    assert sandbox.calls() == []

"""`prefect-getresponse automations` and `deploy --notify`: what a server has afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from prefect.blocks.notifications import SlackWebhook
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.events.schemas.automations import Automation, AutomationCore
from pydantic import SecretStr

from prefect_getresponse import GetResponseCredentials, cli
from prefect_getresponse.cli.automation_definitions import shipped

pytestmark = [
    pytest.mark.xdist_group("prefect"),
    # What Prefect tells others with imports it.
    pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning"),
]
PAUSE = {"type": "do-nothing"}
NAMES = {each.key: each.name for each in shipped()}


@pytest.fixture
def client(prefect_server: str) -> Iterator[SyncPrefectClient]:
    with get_client(sync_client=True) as client:
        yield client
        cli.run(["automations", "remove"])


@pytest.fixture
def slack(client: SyncPrefectClient) -> str:
    """A notification block, as it is named on the command line."""
    name = f"ops-{uuid4().hex[:8]}"
    SlackWebhook(url=SecretStr("https://hooks.slack.example/x")).save(name)
    return f"slack/{name}"


def there(client: SyncPrefectClient, key: str) -> Automation:
    [found] = client.read_automations_by_name(NAMES[key])
    return found


def test_installing_twice_changes_nothing(
    client: SyncPrefectClient, slack: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["automations", "install", "--notify", slack]
    assert cli.run(words) == 0
    assert capsys.readouterr().out.count(": installed") == len(NAMES)
    first = {key: there(client, key) for key in NAMES}
    assert [each.type for each in first["no-import"].actions] == ["send-notification"]
    assert [each.type for each in first["too-many-rejects"].actions] == [
        "pause-deployment",
        "send-notification",
    ]

    assert cli.run(words) == 0
    assert capsys.readouterr().out.count(": as it was") == len(NAMES)
    assert {key: there(client, key) for key in NAMES} == first


def test_what_was_edited_is_left_alone(
    client: SyncPrefectClient, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["automations", "install", "too-many-rejects"]
    assert cli.run(words) == 0
    mine = there(client, "too-many-rejects")
    identifier = mine.id
    values = mine.model_dump(exclude={"id", "owner_resource"}) | {"actions": [PAUSE]}
    changed = AutomationCore.model_validate(values)
    client.update_automation(identifier, changed)

    assert cli.run(words) == 1
    assert "edited" in capsys.readouterr().out
    assert [each.type for each in there(client, "too-many-rejects").actions] == [PAUSE["type"]]
    cli.run(["automations", "list"])
    assert "too-many-rejects: installed, edited" in capsys.readouterr().out

    assert cli.run([*words, "--force"]) == 0
    again = there(client, "too-many-rejects")
    assert (again.id, again.actions) == (identifier, mine.actions)
    assert cli.run(["automations", "remove", "too-many-rejects"]) == 0
    assert client.read_automations_by_name(NAMES["too-many-rejects"]) == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["none"], "no automation is called none"),
        (["no-import"], "no-import only tells somebody"),
        (["no-import", "--notify", "slack/none"], "there is no such block"),
    ],
)
def test_what_cannot_be_installed_is_said(
    client: SyncPrefectClient, words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["automations", "install", *words]) == 2
    assert says in capsys.readouterr().err
    assert client.read_automations_by_name(NAMES["no-import"]) == []


def test_deploy_tells_of_failed_runs(client: SyncPrefectClient, slack: str) -> None:
    name = f"alert-{uuid4().hex[:8]}"
    GetResponseCredentials(api_key=SecretStr("canary-key-0123456789")).save(name)
    words = ["deploy", "one-list", "--block", name, "--name", name]

    def alerts() -> list[Automation]:
        return client.read_automations_by_name(f"nightly-contact-import/{name}: a run failed")

    for _ in range(2):
        assert cli.run([*words, "--notify", slack]) == 0
        [alert] = alerts()
        assert [each.type for each in alert.actions] == ["send-notification"]
    assert cli.run(words) == 0
    assert alerts() == []
    assert cli.run([*words, "--notify", "slack/none"]) == 2

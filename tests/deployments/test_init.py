"""`prefect-getresponse init`: tested step by step, a nightly import is deployed; none is run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client

from prefect_getresponse import GetResponseCredentials, cli
from tests.support.fast_sandbox import CAMPAIGN, KEY, FastSandbox, fast_sandbox
from tests.support.terminals import at_a_terminal

pytestmark = pytest.mark.xdist_group("prefect")


@pytest.fixture(scope="module")
def account() -> Iterator[FastSandbox]:
    with fast_sandbox() as running:
        yield running


@pytest.fixture
def client(prefect_server: str) -> Iterator[SyncPrefectClient]:
    with get_client(sync_client=True) as client:
        yield client


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "people.csv"
    path.write_text("Email,Opt-in\nann@example.com,yes\nbob@example.com,no\n")
    return path


@pytest.fixture
def settings(account: FastSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"API_KEY": KEY, "BASE_URL": account.url, "ALLOW_CUSTOM_HOST": "true"}
    for name, text in values.items():
        monkeypatch.setenv(f"PREFECT_INTEGRATIONS_GETRESPONSE_{name}", text)


@pytest.mark.usefixtures("settings")
def test_every_step_is_an_option(
    account: FastSandbox,
    client: SyncPrefectClient,
    source: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    name = f"init-{uuid4().hex[:8]}"
    words = ["init", "--block", name, "--list", CAMPAIGN, "--source", str(source), "--pool", name]
    assert cli.run([*words, "--no-input"]) == 0
    told = capsys.readouterr().out
    mapping = source.with_suffix(".toml")
    for said in (f"block {name}: saved", f"list: {CAMPAIGN}", str(mapping), "Next: prefect worker"):
        assert said in told
    assert "prefect deployment run nightly-contact-import/nightly --watch" in told
    assert KEY not in told
    made = client.read_deployment_by_name("nightly-contact-import/nightly")
    assert made.parameters["mapping"] == str(mapping)
    assert made.parameters["vouched"] is False
    assert GetResponseCredentials.load(name).api_key.get_secret_value() == KEY
    assert account.writes == [("POST", "/v3/campaigns")]
    assert cli.run([*words, "--no-input"]) == 0  # what is there is used


@pytest.mark.usefixtures("settings")
def test_what_is_missing_is_named_before_anything_is_made(
    client: SyncPrefectClient, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = f"init-{uuid4().hex[:8]}"
    words = ["init", "--block", name, "--no-input"]
    for more, says in (
        ([], "Give --list"),
        (["--list", "nowhere"], "no list is named 'nowhere'"),
        (["--list", CAMPAIGN], "Give --source"),
        (["--list", CAMPAIGN, "--source", "missing.csv"], "missing.csv"),
    ):
        assert cli.run([*words, *more]) == 2
        assert says in " ".join(capsys.readouterr().err.split())
    source.write_text("Email\nann@example.com\n")
    assert cli.run([*words, "--list", CAMPAIGN, "--source", str(source)]) == 2
    assert "--vouch" in capsys.readouterr().err
    with pytest.raises(ValueError, match="Unable to find"):
        GetResponseCredentials.load(name)


def test_it_asks_at_a_terminal(
    account: FastSandbox,
    client: SyncPrefectClient,
    source: Path,
    tmp_path: Path,
    prefect_server: str,
) -> None:
    name = f"init-{uuid4().hex[:8]}"
    environment = account.settings(tmp_path / "home", API_KEY="")
    environment["PREFECT_API_URL"] = prefect_server
    words = ["init", "--block", name, "--pool", name]
    answers = [
        ("API key", "wrong-key\n"),
        ("API key", f"{KEY}\n"),
        ("List (", "1\n"),
        ("Source (", f"{source}\n"),
    ]
    code, seen = at_a_terminal(words, "", environment, answers)
    assert code == 0, seen
    assert KEY not in seen
    assert f"block {name}: saved" in seen

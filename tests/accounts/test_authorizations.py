"""Where a new refresh token goes, with a real Prefect and a sandbox that replaces it each time."""

import asyncio
import logging
from collections.abc import Callable, Iterator

import httpx
import pytest

from prefect_getresponse import GetResponseCredentials, TokenRefused
from prefect_getresponse.client.request import ApiRequest, RetryClass
from tests.support.running_sandbox import RunningSandbox

pytestmark = [pytest.mark.xdist_group("prefect"), pytest.mark.usefixtures("prefect_server")]

NAME = "refreshed"
TAGS = ApiRequest("GET", "/tags", "/tags", RetryClass.READ)
Call = Callable[[GetResponseCredentials], None]


def call_sync(credentials: GetResponseCredentials) -> None:
    credentials.get_client().send(TAGS)


def call_async(credentials: GetResponseCredentials) -> None:
    async def send() -> None:
        await credentials.get_async_client().send(TAGS)

    asyncio.run(send())


def call_sync_on_a_loop(credentials: GetResponseCredentials) -> None:
    async def send() -> None:
        call_sync(credentials)

    asyncio.run(send())


@pytest.fixture(params=[call_sync, call_async, call_sync_on_a_loop])
def call(request: pytest.FixtureRequest) -> Call:
    """Makes a call with a block, in every way a flow may do it."""
    function: Call = request.param
    return function


@pytest.fixture
def block(sandbox: RunningSandbox) -> Iterator[GetResponseCredentials]:
    """A saved block with a refresh token that was never used, whose access token is used up."""
    applicant = sandbox.oauth_credentials()
    authorized = applicant.exchange_code(sandbox.code(applicant))
    authorized.save(NAME, overwrite=True)
    sandbox.control("POST", "expire_tokens")
    yield authorized
    GetResponseCredentials.delete(NAME)


def load() -> GetResponseCredentials:
    loaded = GetResponseCredentials.load(NAME)
    assert isinstance(loaded, GetResponseCredentials)
    return loaded


def test_it_is_saved_back_to_the_block(
    block: GetResponseCredentials, call: Call, sandbox: RunningSandbox
) -> None:
    loaded = load()
    call(loaded)
    kept = load()

    assert kept.refresh_token != block.refresh_token
    assert kept.model_copy(update={"refresh_token": block.refresh_token}) == loaded
    sandbox.control("POST", "expire_tokens")
    call(kept)
    assert load().refresh_token not in (block.refresh_token, kept.refresh_token)


def test_a_newer_login_stays(block: GetResponseCredentials, call: Call) -> None:
    loaded = load()
    other = loaded.model_copy(update={"refresh_token": type(block.refresh_token)("other")})
    other.save(NAME, overwrite=True)
    call(loaded)
    assert load().refresh_token.get_secret_value() == "other"


def test_what_another_process_saved_is_used(
    block: GetResponseCredentials, call: Call, sandbox: RunningSandbox
) -> None:
    applicant = sandbox.oauth_credentials()
    other = applicant.exchange_code(sandbox.code(applicant))
    loaded = load()
    _spend(block, sandbox)
    other.save(NAME, overwrite=True)

    call(loaded)
    assert load().refresh_token not in (block.refresh_token, other.refresh_token)


def test_a_deleted_block_is_told_and_the_call_goes_on(
    block: GetResponseCredentials, call: Call, caplog: pytest.LogCaptureFixture
) -> None:
    loaded = load()
    GetResponseCredentials.delete(NAME)
    call(loaded)

    assert f"could not be saved to block '{NAME}'" in caplog.text
    assert block.refresh_token.get_secret_value() not in caplog.text
    block.save(NAME)


def test_without_a_block_a_warning_says_so(
    sandbox: RunningSandbox, call: Call, caplog: pytest.LogCaptureFixture
) -> None:
    applicant = sandbox.oauth_credentials()
    unsaved = applicant.exchange_code(sandbox.code(applicant))
    sandbox.control("POST", "expire_tokens")
    with caplog.at_level(logging.DEBUG):
        call(unsaved)
    assert "are not saved in a block" in caplog.text
    assert unsaved.refresh_token.get_secret_value() not in caplog.text


def test_a_used_up_refresh_token_ends_in_advice(
    block: GetResponseCredentials, sandbox: RunningSandbox
) -> None:
    _spend(block, sandbox)
    with pytest.raises(TokenRefused, match="oauth login"):
        sandbox.oauth_credentials(refresh_token=block.refresh_token).verify()


def _spend(block: GetResponseCredentials, sandbox: RunningSandbox) -> None:
    """Use up a refresh token as another process would."""
    answer = httpx.post(
        f"{sandbox.url}/token",
        data={
            "grant_type": "refresh_token",
            "refresh_token": block.refresh_token.get_secret_value(),
        },
        auth=(block.client_id, block.client_secret.get_secret_value()),
        trust_env=False,
    )
    assert answer.is_success

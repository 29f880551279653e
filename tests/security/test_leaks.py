"""Neither keys nor addresses show, whatever fails and however much is logged."""

import base64
import logging
import pickle
import traceback
from typing import Any

import pytest

from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.client import errors
from prefect_getresponse.client.request import ApiRequest, RetryClass, Upload
from tests.client.fault_server import FaultServer, answer
from tests.client.senders import KEY, MakeSender
from tests.client.test_law import FAULTS, Fault, Stage

ADDRESS = "canary.person@example.com"
LOCAL_PART = "canary.person"
LIBRARIES = ("httpx", "httpcore", "httpcore.connection", "httpcore.http11", "asyncio", "hpack")

ECHO = {
    "code": 1000,
    "message": f"{ADDRESS} is bad",
    "context": [{"value": ADDRESS, "f": [ADDRESS]}],
}
ECHOES = {
    f"echo {status}": answer(status, ECHO) for status in (400, 401, 403, 404, 409, 413, 500, 503)
}


def contact_call(retry_class: RetryClass) -> ApiRequest:
    """A call that holds an address wherever one may stand."""
    if retry_class is RetryClass.READ:
        query = (("query[email]", ADDRESS),)
        return ApiRequest("GET", "/contacts", "/contacts", retry_class, query)
    return ApiRequest("POST", "/contacts", "/contacts", retry_class, body={"email": ADDRESS})


def everything_of(error: BaseException) -> str:
    """All that a program may show or keep of an error."""
    shown = ""
    each: BaseException | None = error
    while each is not None:
        shown += f"{each!r} {each} {vars(each)}"
        each = each.__cause__ or each.__context__
    shown += "".join(traceback.format_exception(error))
    return shown + pickle.dumps(error).decode("latin-1")


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What is logged when a program wants to see everything of everybody."""
    caplog.set_level(logging.DEBUG)
    for name in LIBRARIES:
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


def is_clean(*shown: str) -> bool:
    return not any(secret in text for text in shown for secret in (KEY, ADDRESS, LOCAL_PART))


FAILURES = [
    pytest.param(fault, id=f"{row}-{name}")
    for row, faults in FAULTS.items()
    for name, fault in faults.items()
]


@pytest.mark.parametrize("fault", FAILURES)
@pytest.mark.parametrize("retry_class", [RetryClass.READ, RetryClass.KEYED, RetryClass.ONCE])
def test_no_failure_shows_key_or_address(
    fault: Fault, retry_class: RetryClass, stage: Stage, log: pytest.LogCaptureFixture
) -> None:
    try:
        shown = repr(fault(stage, contact_call(retry_class)))
    except errors.GetResponseError as error:
        shown = everything_of(error)

    assert "/contacts" in log.text
    assert is_clean(shown, log.text, repr(stage.sender), repr(vars(stage.sender or stage)))


@pytest.mark.parametrize("echo", ECHOES)
def test_addresses_that_the_api_repeats_are_masked(
    echo: str, sender: MakeSender, log: pytest.LogCaptureFixture
) -> None:
    with FaultServer(ECHOES[echo]) as server, pytest.raises(errors.GetResponseError) as caught:
        sender(server.url).send(contact_call(RetryClass.ONCE))

    assert is_clean(everything_of(caught.value), log.text)


def test_libraries_log_the_calls_of_others(
    log: pytest.LogCaptureFixture, sender: MakeSender
) -> None:
    with FaultServer(answer(200, [])) as server:
        sender(server.url).send(contact_call(RetryClass.READ))
        ours = [record.name for record in log.records]
        logging.getLogger("httpx").info("a call of somebody else")

    assert not set(ours) & {"httpx", "httpcore.connection", "httpcore.http11"}
    assert "a call of somebody else" in log.messages


OAUTH = {"client_id": "id", "client_secret": KEY, "refresh_token": f"{KEY}-refresh"}


@pytest.mark.parametrize("given", [{"api_key": KEY}, OAUTH], ids=["key", "oauth"])
def test_a_block_does_not_show_its_secrets(given: dict[str, Any]) -> None:
    block = GetResponseCredentials.model_validate(given)
    client = block.get_client()

    shown = [repr(block), str(block), repr(block.model_dump()), block.model_dump_json()]
    shown += [repr(client), repr(vars(client))]
    assert is_clean(*shown)


@pytest.mark.parametrize("wrong", [{"platform": KEY}, {"unknown": KEY}, {"client_id": "id"}])
def test_a_refused_block_does_not_show_its_secrets(wrong: dict[str, Any]) -> None:
    with pytest.raises(errors.InvalidConfiguration) as caught:
        GetResponseCredentials.model_validate({"api_key": KEY, **wrong})

    assert is_clean(everything_of(caught.value))


REPEATED = [KEY, KEY.upper(), base64.b64encode(KEY.encode()).decode()]


@pytest.mark.parametrize("written", REPEATED)
@pytest.mark.parametrize("status", [400, 401, 403, 500])
def test_a_key_that_the_api_repeats_is_taken_out(
    written: str, status: int, sender: MakeSender
) -> None:
    echo = {
        "code": 1000,
        "message": f"Bad header X-Auth-Token: api-key {written}",
        "uuid": written,
        "context": {"header": [written], f"x{written}": {"deep": f"<{written}>"}},
    }
    with FaultServer(answer(status, echo)) as server, pytest.raises(errors.GetResponseError) as it:
        sender(server.url).send(contact_call(RetryClass.DELETE))

    assert written not in everything_of(it.value)


@pytest.mark.parametrize(
    "media_type", ["image/png\r\nX-Evil: 1", "image", "image/png; a=b\n", "a b/c", "/"]
)
def test_a_media_type_adds_no_header(media_type: str) -> None:
    with pytest.raises(errors.InvalidArguments, match="media_type"):
        Upload("a.png", b"x", media_type)


@pytest.mark.parametrize("media_type", ["", "image/svg+xml", 'text/plain; charset="utf-8"'])
def test_media_types_stay_what_they_are(media_type: str) -> None:
    assert Upload("a.png", b"x", media_type).media_type == media_type

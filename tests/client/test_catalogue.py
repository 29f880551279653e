"""Every code of GetResponse's error catalogue, as it comes over the wire."""

import json

import pytest

from prefect_getresponse.client import errors
from prefect_getresponse.client.catalogue import ADVICE, meaning
from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.client.request import ApiRequest, RetryClass, read_answer
from prefect_getresponse.client.retry import Decision, decide

READ = ApiRequest("GET", "/contacts", "/contacts", RetryClass.READ)

# Code, status under which the catalogue lists it, class, what the advice must speak of.
CATALOGUE: list[tuple[int, int, type[GetResponseError], str]] = [
    (1, 500, errors.ServerFailed, "uuid"),
    (1000, 400, errors.ValidationFailed, "context"),
    (1001, 400, errors.InvalidReference, "must exist"),
    (1002, 400, errors.StateForbids, "blocklisted"),
    (1003, 400, errors.InvalidValue, "format"),
    (1004, 400, errors.InvalidValue, "as many items"),
    (1005, 400, errors.InvalidValue, "leave the argument out"),
    (1006, 400, errors.InvalidValue, "the type"),
    (1007, 400, errors.InvalidValue, "length"),
    (1008, 409, errors.Conflict, "Look up the existing"),
    (1009, 400, errors.ResourceInUse, "segments"),
    (1010, 400, errors.ExternalCheckFailed, "outside GetResponse"),
    (1011, 400, errors.AlreadySending, "never send it again"),
    (1012, 400, errors.InvalidContent, "merge words"),
    (1013, 404, errors.NotFound, "Check the id"),
    (1014, 401, errors.AuthenticationFailed, "90 days"),
    (1014, 403, errors.AuthenticationFailed, "90 days"),
    (1015, 429, errors.Throttled, "Another program"),
    (1016, 403, errors.Blocked, "15 minutes"),
    (1017, 403, errors.Blocked, "permanent"),
    (1018, 403, errors.Blocked, "IP address"),
    (1019, 503, errors.UnderMaintenance, "maintenance"),
    (1021, 400, errors.InvalidHeaders, "domain"),
    (1023, 403, errors.AccessDenied, "rights"),
    (1024, 404, errors.DomainNotFound, "domain and platform"),
    (1027, 400, errors.PlanLimitReached, "larger plan"),
    (1028, 400, errors.RestrictedResource, "keeps it for itself"),
    (1029, 400, errors.RestrictedResource, "Leave out"),
]
_CONTRADICTIONS = [(1008, 500), (1013, 409), (1, 400), (1011, 404), (100_002, 400)]
UNKNOWN = (1020, 1022, 1025, 1026, 1030, 7, -1)
OF_STATUS: list[tuple[int, type[GetResponseError]]] = [
    (400, errors.ValidationFailed),
    (401, errors.AuthenticationFailed),
    (403, errors.AccessDenied),
    (404, errors.NotFound),
    (409, errors.Conflict),
    (413, errors.PayloadTooLarge),
    (418, errors.ValidationFailed),
    (429, errors.Throttled),
    (500, errors.ServerFailed),
    (599, errors.ServerFailed),
]


def refused(status: int, code: object) -> GetResponseError:
    body = json.dumps({"httpStatus": status, "code": code, "message": "No."}).encode()
    with pytest.raises(GetResponseError) as caught:
        read_answer(READ, status, {}, body)
    return caught.value


def test_the_table_leaves_no_code_out() -> None:
    listed = {code for code, *_ in CATALOGUE}
    assert listed | set(UNKNOWN) >= {1, *range(1000, 1030)}


@pytest.mark.parametrize(("code", "status", "kind", "advice"), CATALOGUE)
def test_a_code_is_its_own_error(
    code: int, status: int, kind: type[GetResponseError], advice: str
) -> None:
    error = refused(status, code)

    assert type(error) is kind
    assert (error.status, error.code) == (status, code)
    assert advice in error.advice
    assert f"code {code}" in str(error)


@pytest.mark.parametrize("code", UNKNOWN)
@pytest.mark.parametrize(("status", "kind"), OF_STATUS)
def test_an_unknown_code_is_what_its_status_says(
    status: int, kind: type[GetResponseError], code: int
) -> None:
    error = refused(status, code)

    assert type(error) is kind
    assert error.code == code
    assert error.advice == kind.default_advice


@pytest.mark.parametrize("code", [None, "1008", [1008], {"code": 1008}, True, 10.5])
def test_what_is_no_code_is_none(code: object) -> None:
    error = refused(409, code)
    assert (type(error), error.code) == (errors.Conflict, None)


@pytest.mark.parametrize(("code", "status"), _CONTRADICTIONS)
def test_a_code_that_contradicts_its_status_counts_for_nothing(code: int, status: int) -> None:
    assert meaning(status, code) is dict(OF_STATUS)[status]


def test_a_missing_domain_is_no_contact_that_was_deleted_already() -> None:
    assert decide(refused(404, 1013), RetryClass.DELETE) is Decision.DONE
    assert decide(refused(404, 1024), RetryClass.DELETE) is Decision.RAISE


def test_an_id_that_cannot_be_one_is_not_found_and_nothing_is_deleted_by_it() -> None:
    error = refused(400, 1013)

    assert type(error) is errors.NotFound
    assert "Check the id" in error.advice
    for retry_class in RetryClass:
        assert decide(error, retry_class) is Decision.RAISE


@pytest.mark.parametrize("advice", ADVICE.values())
def test_advice_is_a_sentence(advice: str) -> None:
    assert advice[0].isupper()
    assert advice.endswith(".")

"""Every check, with an account where all is well and with one where it is not."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prefect.settings import PREFECT_API_URL, temporary_settings
from pydantic import SecretStr

from prefect_getresponse.client.auth import ApiKeyAuth
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.contact_import.columns.source_mapping import read_mapping
from prefect_getresponse.contact_import.rows.blanks import NOTHING
from prefect_getresponse.doctor import (
    AccountReport,
    CheckOptions,
    Outcome,
    check_account,
)
from prefect_getresponse.doctor.machine_checks import versions
from prefect_getresponse.doctor.report_markdown import report_markdown
from prefect_getresponse.limits.throttle import Throttle
from prefect_getresponse.sources.reading import Reading
from tests.contact_import.lab import CAMPAIGN, DOUBLE, KEY, URL, Lab

SENDER = {"email": "news@example.com", "name": "News"}


class Clinic(httpx.AsyncBaseTransport):
    """An account in virtual time, some of whose answers can be replaced.

    Attributes:
        lab: The account.
        answers: Answer by path, instead of the account's own; a number is a status.
        late: Seconds by which GetResponse's clock is behind.
    """

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.answers: dict[str, Any] = {}
        self.late = 0.0
        self._inner = lab.sandbox.async_transport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.answers.get(request.url.path)
        if isinstance(answer, int):
            return httpx.Response(answer, json={"code": 1}, request=request)
        if answer is not None:
            return httpx.Response(200, json=answer, request=request)
        response = await self._inner.handle_async_request(request)
        response.headers["Date"] = formatdate(self.lab.time() - self.late, usegmt=True)
        return response

    def examine(self, key: str = KEY, **options: Any) -> AccountReport:
        """Make all checks."""
        return self.lab.time.run(self._examine(key, options))

    async def _examine(self, key: str, options: dict[str, Any]) -> AccountReport:
        client = AsyncClient(
            URL,
            ApiKeyAuth(SecretStr(key), URL, {}),
            throttle=Throttle(clock=self.lab.time, chance=random.Random(1)),
            transport=self,
            chance=random.Random(1),
        )
        reading = Reading(encoding=options.pop("encoding", ""))
        said = read_mapping(options.pop("mapping", "")).and_also({}, reading)
        wanted: dict[str, Any] = {"state_dir": str(self.lab.state), "mapping": said, **options}
        async with client:
            return await check_account(CheckOptions(**wanted), "lab", client, self.lab.time)


@pytest.fixture(scope="module")
def no_server() -> Iterator[None]:
    """No Prefect server is known."""
    with temporary_settings(restore_defaults={PREFECT_API_URL}):
        yield


@pytest.fixture
def clinic(tmp_path: Path, no_server: None) -> Clinic:
    """A healthy account."""
    clinic = Clinic(Lab(tmp_path))
    made = clinic.lab.api("POST", "/from-fields", SENDER)["fromFieldId"]
    clinic.lab.control("POST", "/confirm-sender", {"email": SENDER["email"]})
    clinic.lab.api("POST", f"/from-fields/{made}/default")
    return clinic


def outcomes(report: AccountReport) -> dict[str, str]:
    """Outcome of each check that is not all right."""
    return {each.check: each.outcome for each in report.findings if each.outcome != Outcome.OK}


def test_a_healthy_account(clinic: Clinic) -> None:
    before = clinic.lab.writes

    report = clinic.examine(list_name=CAMPAIGN)

    assert outcomes(report) == {}
    assert report.outcome is Outcome.OK
    assert {each.check for each in report.findings} == {
        *("key", "clock", "plan", "lists", "senders", "sending limits", "callbacks"),
        *("limits", "state folder", "versions"),
    }
    assert clinic.lab.writes == before
    assert not clinic.lab.state.exists()


def test_a_refused_key_is_said_with_the_rule_of_90_days(clinic: Clinic) -> None:
    report = clinic.examine(key="wrong")

    assert outcomes(report) == {"key": "problem"}
    assert "90 days" in report.findings[0].advice


@pytest.mark.parametrize("path", ["/v3/accounts", "/v3/from-fields"])
def test_what_cannot_be_asked_is_said_and_the_rest_is_checked(clinic: Clinic, path: str) -> None:
    clinic.answers[path] = 500

    report = clinic.examine()

    assert set(outcomes(report).values()) == {"could not check"}
    assert report.outcome is Outcome.UNKNOWN
    assert any(each.check == "versions" for each in report.findings)


def expired(clinic: Clinic) -> None:
    clinic.answers["/v3/accounts/billing"] = {
        "listSize": "1000",
        "paymentPlan": "Monthly",
        "renewalDate": "2001-01-01",
    }


def used(number: int) -> Callable[[Clinic], None]:
    def use(clinic: Clinic) -> None:
        limit = {"timeFrame": 86_400, "limit": 1000, "used": number}
        clinic.answers["/v3/accounts/sending-limits"] = [limit]

    return use


def callback(url: str) -> Callable[[Clinic], None]:
    def listen(clinic: Clinic) -> None:
        body = {"url": url, "actions": {"unsubscribe": True}}
        clinic.lab.api("POST", "/accounts/callbacks", body)

    return listen


def no_sender(clinic: Clinic) -> None:
    clinic.answers["/v3/from-fields"] = [{"fromFieldId": "x", "isActive": "false"}]


def second_sender(clinic: Clinic) -> None:
    clinic.lab.api("POST", "/from-fields", {"email": "new@example.com", "name": "New"})


def no_default_sender(clinic: Clinic) -> None:
    sender = {"fromFieldId": "x", "isActive": "true", "isDefault": "false"}
    clinic.answers["/v3/from-fields"] = [sender]


def no_list(clinic: Clinic) -> None:
    clinic.answers["/v3/campaigns"] = []


def double_list(clinic: Clinic) -> None:
    clinic.lab.api("POST", "/campaigns", {"name": "careful", "optinTypes": DOUBLE})


def fast_clock(clinic: Clinic) -> None:
    clinic.late = 300.0


@pytest.mark.parametrize(
    ("illness", "check", "outcome", "says"),
    [
        (expired, "plan", "warning", "2001-01-01"),
        (used(1000), "sending limits", "problem", "1,000 of 1,000"),
        (used(800), "sending limits", "warning", "800 of 1,000"),
        (callback("http://crm.example/cb?secret=s"), "callbacks", "warning", "http://crm.example"),
        (no_sender, "senders", "problem", "none of 1"),
        (second_sender, "senders", "warning", "not confirmed"),
        (no_default_sender, "senders", "warning", "default"),
        (no_list, "lists", "problem", "no list"),
        (double_list, "lists", "warning", "'careful'"),
        (fast_clock, "clock", "warning", "300 s ahead"),
    ],
)
def test_what_is_wrong_is_found(
    clinic: Clinic, illness: Callable[[Clinic], None], check: str, outcome: str, says: str
) -> None:
    illness(clinic)

    report = clinic.examine()

    assert outcomes(report) == {check: outcome}
    [finding] = [each for each in report.findings if each.outcome == outcome]
    assert says in finding.found
    assert finding.advice
    assert "secret" not in report.model_dump_json()


def test_an_encrypted_callback_is_fine_and_shows_no_secret(clinic: Clinic) -> None:
    callback("https://crm.example/cb?secret=s")(clinic)

    report = clinic.examine()

    assert outcomes(report) == {}
    assert "https://crm.example" in report.model_dump_json()
    assert "secret" not in report.model_dump_json()


def test_the_list_that_is_asked_for(clinic: Clinic) -> None:
    double_list(clinic)

    assert outcomes(clinic.examine(list_name=CAMPAIGN)) == {}
    assert outcomes(clinic.examine(list_name="careful")) == {"lists": "warning"}
    missing = clinic.examine(list_name="missing")
    assert outcomes(missing) == {"lists": "problem"}
    assert "--create-list" in missing.of(Outcome.PROBLEM)[0].advice


# The source ------------------------------------------------------------------------------------

HEADER = "Email,Size,Joined,Points,Email Marketing Consent"
MAPPING = {"Size": "custom:size", "Joined": "custom:joined", "Points": "custom:points"}


def define(lab: Lab, name: str, kind: str, values: list[str] | None = None) -> None:
    form = "single_select" if values else "text"
    body = {"name": name, "type": kind, "format": form, "hidden": "false", "values": values or []}
    lab.api("POST", "/custom-fields", body)


def define_all(lab: Lab) -> None:
    define(lab, "size", "string", ["S", "M"])
    define(lab, "joined", "date")
    define(lab, "points", "number")


def examine_source(clinic: Clinic, *rows: tuple[str, ...], **options: Any) -> AccountReport:
    source = clinic.lab.write([(*row, "yes") for row in rows], HEADER)
    wanted: dict[str, Any] = {"source": str(source), "mapping": MAPPING, **options}
    return clinic.examine(**wanted)


def test_a_source_that_fits(clinic: Clinic) -> None:
    define_all(clinic.lab)

    report = examine_source(clinic, ("a@example.com", "S", "2026-01-31", "1.5"))

    assert outcomes(report) == {}
    [found] = [each.found for each in report.findings if each.check == "source"]
    assert found == "people.csv: 5 of 5 columns used, custom fields fit"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (("a@example.com", "XL", "2026-01-31", "1"), "'size'"),
        (("a@example.com", "S", "31.31.2026", "1"), "'joined'"),
        (("a@example.com", "S", "2026-01-31", "many"), "'points'"),
    ],
)
def test_values_that_a_custom_field_cannot_hold(
    clinic: Clinic, row: tuple[str, ...], says: str
) -> None:
    define_all(clinic.lab)
    good = ("b@example.com", "M", "2026-01-31", "1")

    some = examine_source(clinic, row, good)
    every = examine_source(clinic, row)

    assert outcomes(some) == {"custom fields": "warning"}
    assert outcomes(every) == {"custom fields": "warning"}  # the rows are imported without it
    assert says in every.of(Outcome.WARNING)[0].found
    assert "1 of 2 rows" in some.of(Outcome.WARNING)[0].found
    assert "a@example.com" not in some.model_dump_json()


def test_custom_fields_that_are_missing(clinic: Clinic) -> None:
    define(clinic.lab, "size", "string")

    report = examine_source(clinic, ("a@example.com", "S", "", ""))

    assert outcomes(report) == {"custom fields": "problem"}
    assert "'joined', 'points'" in report.of(Outcome.PROBLEM)[0].found


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"mapping": {"Size": "custom:Shoe Size"}}, "Shoe Size"),
        ({"mapping": {"Nope": "name"}}, "Nope"),
        ({"encoding": "klingon"}, "klingon"),
    ],
)
def test_a_source_that_cannot_be_used(clinic: Clinic, options: dict[str, Any], says: str) -> None:
    report = examine_source(clinic, ("a@example.com", "S", "", ""), **options)

    assert outcomes(report) == {"source": "problem"}
    assert says in report.of(Outcome.PROBLEM)[0].found


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([("a@", "S", "", "")], "none of the 1 rows has a valid e-mail address"),
        ([("a@", "S", "", ""), ("b@example.com", "S", "", "")], "1 row cannot be imported"),
    ],
)
def test_a_source_for_which_an_import_would_stop(
    clinic: Clinic, rows: list[tuple[str, ...]], says: str
) -> None:
    define_all(clinic.lab)

    report = examine_source(clinic, *rows)

    assert outcomes(report) == {"source": "problem"}
    assert says in report.of(Outcome.PROBLEM)[0].found


def test_a_source_in_which_nobody_says_who_agreed(clinic: Clinic) -> None:
    source = clinic.lab.write([("a@example.com", "red")], "Email,Colour")

    report = clinic.examine(source=str(source))

    assert outcomes(report) == {"source": "warning"}
    assert "--vouch" in report.of(Outcome.WARNING)[0].advice


def test_a_plan_without_room_for_the_source(clinic: Clinic) -> None:
    rows = [(f"p{number}@example.com", "yes") for number in range(1_001)]
    source = clinic.lab.write(rows, "Email,Email Marketing Consent")
    expired(clinic)
    clinic.answers["/v3/accounts/billing"] |= {"renewalDate": "2099-01-01"}

    report = clinic.examine(source=str(source))

    assert outcomes(report) == {"plan": "warning"}
    assert report.of(Outcome.WARNING)[0].found == (
        "the source has 1,001 people, and the account's plan holds 1,000"
    )


KINDS = ["string", "number", "date", "datetime", "phone", "ip", "url", "gender"]
NUMBERS = ["1e5", "nan", "1_000", "+5", "1.5"]
MOMENTS = ["20260131", "2026-W05-6", "2026-01-31", "2026-01-31 12:30"]
WORDS = ["http:foo", "fe80::1%eth0", "::1", "male", "Male", "red;blue", "red", " "]
LOOKALIKES = [*NUMBERS, *MOMENTS, *WORDS]
values = st.sampled_from(LOOKALIKES) | st.text(min_size=1, max_size=12).filter(str.isprintable)


@given(kind=st.sampled_from(KINDS), form=st.sampled_from(["text", "checkbox"]), value=values)
@settings(
    max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_a_value_fits_if_and_only_if_the_import_takes_it(
    tmp_path: Path, kind: str, form: str, value: str
) -> None:
    clinic = Clinic(Lab(Path(tempfile.mkdtemp(dir=tmp_path))))
    choices = ["red", "blue"] if form == "checkbox" else []
    body = {"name": "it", "type": kind, "format": form, "hidden": "false", "values": choices}
    clinic.lab.api("POST", "/custom-fields", body)
    source = clinic.lab.write([("a@example.com", value, "yes")], "Email,It,Email Marketing Consent")

    examined = clinic.examine(source=str(source), mapping="It=custom:it")
    imported = clinic.lab.run(mapping="It=custom:it")

    fits = "custom fields" not in outcomes(examined)
    [body] = [body for _, path, body in clinic.lab.wire.bodies if path == "/v3/contacts"]
    assert fits == (imported.warnings == {})
    says_nothing = not value.strip() or value.strip() in NOTHING
    assert "customFieldValues" in body or not fits or says_nothing


def test_a_source_that_is_not_there(clinic: Clinic, tmp_path: Path) -> None:
    report = clinic.examine(source=str(tmp_path / "none.csv"))
    assert outcomes(report) == {"source": "problem"}


# The machine -----------------------------------------------------------------------------------


def test_a_state_folder_that_cannot_be_written(clinic: Clinic, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    report = clinic.examine(state_dir=str(tmp_path / "file" / "state"))
    assert outcomes(report) == {"state folder": "problem"}


@pytest.mark.parametrize(("free", "outcome"), [(50, "problem"), (500, "warning")])
def test_little_room_for_ledgers(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, free: int, outcome: str
) -> None:
    def usage(_path: Path) -> Any:
        return SimpleNamespace(free=free << 20)

    monkeypatch.setattr("shutil.disk_usage", usage)
    assert outcomes(clinic.examine()) == {"state folder": outcome}


def test_versions_that_do_not_fit() -> None:
    [fine] = versions()
    [wrong] = versions(["httpx<0.1", "no-such-package", "other; extra == 'arrow'"])
    assert fine.outcome == "ok"
    assert "prefect" in fine.found
    assert wrong.outcome == "problem"
    assert "httpx" in wrong.found
    assert "no-such-package missing" in wrong.found
    assert "other" not in wrong.found


def test_the_findings_as_a_table(clinic: Clinic) -> None:
    used(1000)(clinic)
    double_list(clinic)

    text = report_markdown(clinic.examine())

    rows = [line for line in text.splitlines() if line.startswith(("| ❌", "| ⚠️", "| ✅"))]
    assert rows[0].startswith("| ❌ | sending limits |")
    assert rows[1].startswith("| ⚠️ | lists |")
    assert "1 problem" in text

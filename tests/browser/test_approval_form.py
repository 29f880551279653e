"""The form in which a release is approved, in Prefect's UI of today."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from prefect.client.orchestration import get_client

from prefect_getresponse import GetResponseCredentials
from scripts.approval_form import ApprovalForm
from tests.browser.conftest import beside_the_browser
from tests.flows.test_release_newsletter import Deployed, defaults, sent, text
from tests.support.fast_sandbox import KEY, FastSandbox, fast_sandbox

pytestmark = pytest.mark.browser


@pytest.fixture
def account() -> Iterator[FastSandbox]:
    with fast_sandbox() as running:
        person = {"email": "ann@example.com", "campaign": {"campaignId": running.campaign_id}}
        running.api("POST", "/contacts", person)
        yield running


def test_a_release_waits_for_a_right_answer(page: Any, ui: str, account: FastSandbox) -> None:
    values = {"api_key": KEY, "base_url": account.url, "allow_custom_host": True}
    credentials = GetResponseCredentials.model_validate({"account_name": "form", **values})
    with get_client(sync_client=True) as client:
        run = Deployed(client, defaults(credentials, text(account, "seen")))
        assert beside_the_browser(run.go_on).name == "Suspended"
        form = ApprovalForm(page, f"{ui}/v2/runs/flow-run/{run.id}")
        assert "News of spring" in form.text()
        assert not form.submit()
        form.sign("Ann")
        assert not form.submit()
        assert sent(account, "seen") == []
        form.decide("approve")
        assert form.submit()
        assert beside_the_browser(run.go_on).is_completed()
        assert len(sent(account, "seen")) == 1

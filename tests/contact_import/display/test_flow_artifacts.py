"""Names and keys under which Prefect shows an import."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.contact_import.account import Campaign
from prefect_getresponse.contact_import.display.flow_artifacts import artifact_key, import_name
from prefect_getresponse.contact_import.job import Job, Order
from prefect_getresponse.contact_import.options import ImportOptions


def job(campaign: str, account: str = "main") -> Job:
    return Job(
        order=Order(ImportOptions(source="people.csv", list_name=campaign)),
        key="",
        location="",
        source_name="people.csv",
        columns=(),
        account_name=account,
        campaign=Campaign("V", campaign, double_optin=False),
        custom_fields={},
        ledger=Path(),
        started=0.0,
        calls={},
    )


@given(campaign=st.text(min_size=1))
def test_keys_are_what_prefect_takes(campaign: str) -> None:
    assert re.fullmatch(
        r"getresponse-import-report(-[a-z0-9]+)+", artifact_key("report", job(campaign))
    )


def test_lists_that_look_alike_have_keys_of_their_own() -> None:
    names = ["News", "news!", "Новости", "novosti", "📣", "🎉", "x" * 64, "x" * 63 + "y"]
    assert len({artifact_key("plan", job(name)) for name in names}) == len(names)
    assert artifact_key("plan", job("News")) != artifact_key("plan", job("News", "other"))
    assert artifact_key("plan", job("News")) == artifact_key("plan", job("News"))


def test_a_run_is_named_after_list_and_source_without_secrets() -> None:
    def name(source: str, campaign: str = "Newsletter") -> str:
        return import_name(campaign, source, dry_run=False)

    assert name("/data/customers.csv") == "Newsletter from customers.csv"
    assert name("/data/2026/*.csv") == "Newsletter from *.csv"
    assert name("postgresql://app:secret@db.internal/shop") == "Newsletter from shop"
    assert name("s3://exports/night.csv?token=secret") == "Newsletter from night.csv"
    assert name("/data/jane@example.com.csv") == "Newsletter from j***@example.com.csv"
    assert name("/data/zażółć.csv", "Новости 📣") == "Новости 📣 from zażółć.csv"
    assert name("/data/a\nb.csv") == "Newsletter from a b.csv"
    assert import_name("News", "a.csv", dry_run=True) == "News from a.csv (dry run)"


@given(campaign=st.text(max_size=300), source=st.text(max_size=300))
def test_a_name_is_short_and_on_one_line(campaign: str, source: str) -> None:
    name = import_name(campaign, source, dry_run=True)
    assert len(name) <= 140
    assert name.isprintable() or "\n" not in name

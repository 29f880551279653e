# ruff: noqa: RUF001, E501 - words of many alphabets, a line a case
"""Small files in many languages and of many tools: nobody who said no is imported unasked.

Each case is a table, and the people in it who said no; `b` stands for `b@example.com`.
"""

from __future__ import annotations

import csv
from typing import NamedTuple

import pytest

from prefect_getresponse.sources.rows import RowsSource
from tests.imports.cases import Judged, judged


class Case(NamedTuple):
    """The columns beside the address, a row for each of `a`, `b`, `c`, and who said no."""

    header: str
    rows: tuple[str, ...]
    refused: str = "b"


CASES = {
    # Many languages
    "Arabic": Case("أوافق على تلقي الرسائل", ("نعم", "لا")),
    "Bulgarian": Case("Отказал се", ("Не", "Да")),
    "Chinese": Case("是否愿意接收邮件", ("是", "否")),
    "Estonian, withdrawn": Case("Nõusolek tagasi võetud", ("Ei", "Jah")),
    "Finnish": Case("Saako lähettää tarjouksia", ("Kyllä", "Ei")),
    "Finnish, forbidden": Case("Suoramarkkinointikielto", ("Ei", "Kyllä", "")),
    "Greek": Case("Θέλω να λαμβάνω ενημερώσεις", ("Ναι", "Όχι")),
    "Hebrew": Case("מאשר קבלת דיוור", ("כן", "לא")),
    "Hindi": Case("सहमति", ("हाँ", "नहीं")),
    "Hungarian": Case("Kér hírlevelet?", ("Igen", "Nem", ""), "b c"),
    "Hungarian, withdrawn": Case("Hozzájárulás visszavonva", ("Nem", "Igen")),
    "Indonesian": Case("Setuju menerima promosi", ("Ya", "Tidak")),
    "Japanese": Case("配信希望", ("希望する", "希望しない", "希望する")),
    "Japanese, stopped": Case("メルマガ", ("購読中", "配信停止")),
    "Korean": Case("광고 수신 동의", ("예", "아니오")),
    "Latvian, refused": Case("Atteicies no jaunumiem", ("Nē", "Jā")),
    "Lithuanian": Case("Sutikimas gauti naujienas", ("Taip", "Ne")),
    "Romanian": Case("Dezabonat", ("Nu", "Da")),
    "Thai": Case("ยินยอมรับข่าวสาร", ("ใช่", "ไม่")),
    "Turkish": Case("Ticari elektronik ileti onayı", ("Evet", "Hayır", "Reddedildi"), "b c"),
    "Vietnamese": Case("Đồng ý nhận tin", ("Có", "Không")),
    # Pending, expired, doubly negated
    "states": Case("Consent state", ("Confirmed", "Pending", "Withdrawn"), "b c"),
    "GDPR": Case("GDPR", ("Given", "Pending", "Lapsed"), "b c"),
    "valid until": Case("Newsletter,Consent valid until", ("yes,2099-01-01", "yes,2020-01-01")),
    "do not stop": Case("Please do not stop sending me news", ("Yes", "No")),
    "do not object": Case("I do not object to receiving e-mails", ("Yes", "No")),
    "not unsubscribed": Case("Not unsubscribed", ("TRUE", "FALSE")),
    "untick": Case("Untick if you do not want our offers", ("1", "0")),
    "not yet": Case("Do we have permission?", ("y", "not yet", "asked"), "b c"),
    # Codes and signs
    "codes of mail": Case("Mail status", ("1", "2", "0"), "b c"),
    "codes of opt-in": Case("optin_state", ("1", "2", "0"), "b c"),
    "letters": Case("Contact flag", ("A", "U", "B"), "b c"),
    "thumbs": Case("OK to mail", ("👍", "👎")),
    "crosses": Case("Mail", ("✓", "✗")),
    "how often": Case("How often may we write?", ("weekly", "never")),
    # Suppressions, notes, JSON
    "suppressions": Case("Reason", ("", "Hard bounce", "Spam complaint"), "b c"),
    "dead mailboxes": Case("reason", ("", "550 no such user", "mailbox full"), "b c"),
    "Robinson list": Case("Robinson list", ("No", "Yes")),
    "English notes": Case("Notes", ("at the fair", "asked us to stop e-mailing him")),
    "English notes, off": Case("Notes", ("at the fair", "wants no contact by mail")),
    "Dutch notes": Case("Opmerking", ("beurs", "wil geen post meer van ons")),
    "French notes": Case("Remarques", ("salon", "ne souhaite plus recevoir nos messages")),
    "German notes": Case("Bemerkung", ("Messe", "möchte keine Werbung mehr bekommen")),
    "Polish notes": Case("Uwagi", ("targi", "prosi o nieprzysyłanie maili")),
    "Spanish notes": Case("Notas", ("feria", "pidió que no le mandemos más correos")),
    "JSON of channels": Case(
        "consents",
        (
            '"[{""channel"": ""email"", ""status"": ""granted""}]"',
            '"[{""channel"": ""email"", ""status"": ""revoked""}]"',
            '"[{""channel"": ""sms"", ""status"": ""granted""}]"',
        ),
        "b c",
    ),
    "JSON of switches": Case(
        "preferences", ('"{""newsletter"": true}"', '"{""newsletter"": false}"')
    ),
    # Dates of an end, and tools
    "left us on": Case("Signed up,Left us on", ("2024-01-01,", "2024-01-01,2025-01-01")),
    "Polish date": Case("Data rezygnacji", ("", "2025-01-01")),
    "German date": Case("Subscribed,Abmeldedatum", ("2024-01-01,", "2024-01-01,2025-01-01")),
    "Moosend": Case("Status,Removed On", ("Subscribed,", "Unsubscribed,", "Removed,2025-01-01"), "b c"),
    "Drip": Case("status,eu_consent", ("active,granted", "active,denied")),
    "Keap": Case("Email Status", ("Double opt-in", "Opted Out", "Unengaged Non-Marketable"), "b c"),
    "Dynamics": Case("Allow Email,Allow Bulk Email", ("Allow,Allow", "Do Not Allow,Allow", "Allow,Do Not Allow"), "b c"),
    "Kit": Case("status,cancelled_at", ("active,", "cancelled,2025-01-01")),
    "another address": Case("Email 2,Newsletter", ("a2@example.com,yes", "b2@example.com,no")),
}  # fmt: skip


def read(case: Case, given: dict[str, str] | None = None, *, vouched: bool) -> Judged:
    lines = [f"Email,{case.header}"]
    lines += [f"{name}@example.com,{row}" for name, row in zip("abc", case.rows, strict=False)]
    return judged(RowsSource(list(csv.reader(lines)), name="people"), given, vouched=vouched)


def refused(case: Case) -> set[str]:
    return {f"{name}@example.com" for name in case.refused.split()}


@pytest.mark.parametrize("name", CASES)
def test_nobody_who_said_no_is_imported_unasked(name: str) -> None:
    case = CASES[name]
    for vouched in (False, True):
        found = read(case, vouched=vouched)
        assert found.questions or not refused(case) & found.people.keys()


@pytest.mark.parametrize("name", CASES)
def test_nobody_who_said_no_is_imported_with_the_first_answers(name: str) -> None:
    case, given = CASES[name], dict[str, str]()
    found = read(case, vouched=True)
    for question in found.questions:
        column, _, field = question.map[0].rpartition("=")
        given[column] = field
    found = read(case, given, vouched=True)
    assert found.questions or not refused(case) & found.people.keys()


def test_a_list_of_refusals_is_no_double_negation() -> None:
    case = Case("Not active or unsubscribed", ("No", "Yes"))
    [question] = read(case, vouched=True).questions
    assert question.taken_for == "opt_out"


def test_who_has_agreed_is_asked_with_the_columns() -> None:
    questions = read(CASES["Indonesian"], vouched=False).questions
    assert [question.taken_for for question in questions] == ["unknown", "vouch"]
    assert "Unless" in questions[-1].why

"""Texts of the message that asks for confirmation (tag Subscription Confirmations)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prefect_getresponse.sandbox.contract.messages import Answer, json_answer
from prefect_getresponse.sandbox.resources.listing import sparse
from prefect_getresponse.sandbox.resources.request import Behaviour, Behaviours, Request
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World

BODIES = "subscription_confirmation_bodies"
SUBJECTS = "subscription_confirmation_subjects"
_BODY_ID = "subscriptionConfirmationBodyId"
_SUBJECT_ID = "subscriptionConfirmationSubjectId"
_LANGUAGE = "languageCode"
_TEXTS: Mapping[str, tuple[str, str, str]] = {
    "en": (
        "Newsletter signup",
        "Please confirm your subscription",
        "Click the link below to confirm that you want our messages.",
    ),
    "de": (
        "Newsletter-Anmeldung",
        "Bitte bestätigen Sie Ihre Anmeldung",
        "Mit dem Link unten bestätigen Sie, dass Sie unsere Nachrichten möchten.",
    ),
    "pl": (
        "Zapis na newsletter",
        "Potwierdź swoją subskrypcję",
        "Kliknij poniższy link, aby potwierdzić, że chcesz otrzymywać nasze wiadomości.",
    ),
}
"""By language: name of the text, subject, text."""
_LINK = '{{LINK "confirm"}}'


def seed(world: World, _now: float) -> None:
    """Give a new account one text and one subject in each language."""
    for language, (name, subject, text) in _TEXTS.items():
        body_id, subject_id = world.ids.next(), world.ids.next()
        body = {
            _BODY_ID: body_id,
            "name": name,
            "contentPlain": f"{text}\r\n{_LINK}",
            "contentHtml": f"<p>{text}</p><p>{_LINK}</p>",
        }
        world.records.put(BODIES, Record(body_id, {}, {**body, _LANGUAGE: language}))
        members = {_SUBJECT_ID: subject_id, "subject": subject, "isPrivate": "false"}
        world.records.put(SUBJECTS, Record(subject_id, {}, {**members, _LANGUAGE: language}))


def _listing(collection: str, id_name: str) -> Behaviour:
    """Return the behaviour of a listing of one language; unknown languages have nothing."""

    def answer(world: World, request: Request) -> Answer:
        language = request.path[_LANGUAGE].lower()
        rows: list[dict[str, Any]] = []
        for record in world.records.of(collection).values():
            row = dict(record.members)
            if row.pop(_LANGUAGE) == language:
                rows.append(sparse(row, request.query, id_name))
        return json_answer(200, rows)

    return answer


SEED = seed
BEHAVIOURS: Behaviours = {
    "getSubscriptionConfirmationBodyList": _listing(BODIES, _BODY_ID),
    "getSubscriptionConfirmationSubjectList": _listing(SUBJECTS, _SUBJECT_ID),
}

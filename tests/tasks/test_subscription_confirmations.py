from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.tasks.campaigns import create_campaign
from prefect_getresponse.tasks.subscription_confirmations import (
    list_subscription_confirmation_bodies,
    list_subscription_confirmation_subjects,
)
from tests.conftest import Run


def test_a_list_names_a_text_and_a_subject(run: Run, credentials: GetResponseCredentials) -> None:
    [body] = run(list_subscription_confirmation_bodies, credentials, "en")
    [subject] = run(list_subscription_confirmation_subjects, credentials, "en", fields="subject")
    assert body.keys() == {"subscriptionConfirmationBodyId", "name", "contentPlain", "contentHtml"}
    assert subject.keys() == {"subscriptionConfirmationSubjectId", "subject"}

    created = run(
        create_campaign,
        credentials,
        name="customers",
        confirmation={
            "subscriptionConfirmationBodyId": body["subscriptionConfirmationBodyId"],
            "subscriptionConfirmationSubjectId": subject["subscriptionConfirmationSubjectId"],
        },
    )
    assert created.get("name") == "customers"


def test_languages_differ(run: Run, credentials: GetResponseCredentials) -> None:
    found = [
        run(list_subscription_confirmation_subjects, credentials, code) for code in ("en", "pl")
    ]
    assert found[0] != found[1]
    assert run(list_subscription_confirmation_subjects, credentials, "xx") == []

import pytest

from prefect_getresponse import GetResponseCredentials, NotFound, ValidationFailed
from prefect_getresponse.tasks.transactional_emails_templates import (
    create_transactional_email_template,
    delete_transactional_email_template,
    get_transactional_email_template,
    list_transactional_email_templates,
    update_transactional_email_template,
)
from tests.conftest import Run


def test_life_of_a_template(run: Run, credentials: GetResponseCredentials) -> None:
    content = {"html": "<p>Thank you</p>", "plain": "Thank you"}
    made = run(
        create_transactional_email_template,
        credentials,
        subject="Order",
        content={"html": content["html"], "plain": content["plain"]},
    )
    template_id = made["templateId"]
    run(create_transactional_email_template, credentials, subject="Invoice")

    changed = run(update_transactional_email_template, credentials, template_id, subject="Paid")
    assert (changed.get("subject"), changed.get("content")) == ("Paid", content)
    assert run(get_transactional_email_template, credentials, template_id) == changed
    listed = run(list_transactional_email_templates, credentials, sort_subject="DESC")
    assert [each.get("subject") for each in listed] == ["Paid", "Invoice"]
    assert not any("content" in each for each in listed)

    run(delete_transactional_email_template, credentials, template_id)
    with pytest.raises(NotFound):
        run(get_transactional_email_template, credentials, template_id)


def test_content_is_not_empty(run: Run, credentials: GetResponseCredentials) -> None:
    with pytest.raises(ValidationFailed, match="Plain text or HTML"):
        run(create_transactional_email_template, credentials, subject="Order", content={})

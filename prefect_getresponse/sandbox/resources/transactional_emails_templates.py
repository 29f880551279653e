"""Templates of transactional mail (tag Transactional Emails Templates)."""

from __future__ import annotations

from collections.abc import Iterator

from prefect_getresponse.sandbox.contract.errors import FieldError
from prefect_getresponse.sandbox.contract.validation import Body
from prefect_getresponse.sandbox.resources.collection import Collection
from prefect_getresponse.sandbox.resources.request import Checks
from prefect_getresponse.sandbox.world.world import World

TEMPLATES = Collection(
    "transactional_email_templates",
    "/transactional-emails/templates/{transactionalEmailTemplateId}",
    id_name="templateId",
    defaults={"content": {}, "editor": "html"},
    details_only=frozenset({"content"}),
)


def _without_content(_world: World, body: Body) -> Iterator[FieldError]:
    if body.get("content") == {}:
        yield FieldError("content", "required", "Plain text or HTML is required")


BEHAVIOURS = TEMPLATES.behaviours(
    listing="getTransactionalEmailsTemplatesList",
    get="getTransactionalEmailsTemplatesById",
    create="createTransactionalEmailTemplate",
    update="updateTransactionalEmailsTemplate",
    delete="deleteTransactionalEmailsTemplate",
)
CHECKS: Checks = {
    "createTransactionalEmailTemplate": _without_content,
    "updateTransactionalEmailsTemplate": _without_content,
}

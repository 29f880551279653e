"""The reference, on a few operations that stay."""

from typing import Any

import pytest

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.operation import OperationTask
from prefect_getresponse.sandbox.contract.operations import operations
from prefect_getresponse.sandbox.contract.practice import EVERYWHERE, practice_of, practices
from prefect_getresponse.sandbox.contract.schema import body_shape
from prefect_getresponse.sandbox.resources import BEHAVIOURS
from prefect_getresponse.sandbox.resources.request import Echo
from prefect_getresponse.tasks.contacts import create_batch_contacts, get_contact
from prefect_getresponse.tasks.tags import create_tag, delete_tag, list_tags, update_tag
from scripts.sandbox_page import SOURCES, sandbox_operations
from scripts.write_reference import RETRIES, reference


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    tasks: list[OperationTask[..., Any]] = [
        get_contact,
        create_batch_contacts,
        list_tags,
        create_tag,
        update_tag,
        delete_tag,
    ]
    return reference(tasks)


def section(page: str, title: str) -> str:
    """Text under a heading."""
    return page.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_a_page_a_module_one_for_shared_types_and_an_index(pages: dict[str, str]) -> None:
    names = ("README", "contacts", "tags", "types")
    assert sorted(pages) == [f"reference/{name}.md" for name in names]


def test_the_index_leads_to_every_task(pages: dict[str, str]) -> None:
    index = pages["reference/README.md"]
    assert "# The tasks: 6 operations" in index
    assert "| [`get_contact`](contacts.md#get_contact) | `GET /contacts/{contactId}` |" in index
    assert "`POST /tags/{tagId}` (deprecated) |" in index


def test_arguments_say_how_they_are_sent(pages: dict[str, str]) -> None:
    text = section(pages["reference/tags.md"], "list_tags")
    assert "`GET /tags`" in text
    assert "| `name` | query `query[name]` | `str` |  | Keep tags whose name contains this. |" in (
        text
    )
    assert "| `per_page` | query `perPage` | `int` (1 to 1,000) |" in text
    create = section(pages["reference/tags.md"], "create_tag")
    assert "| `name` | body `name` | `str` (matches `^[_a-zA-Z0-9]{2,64}$`) | required |" in create


def test_results_lead_to_their_types(pages: dict[str, str]) -> None:
    page = pages["reference/tags.md"]
    assert "Returns list of [Tag](#tag): The tags of the page." in page
    assert "Returns nothing." in section(page, "delete_tag")
    assert "| `tagId` | `str` | always |" in page.partition("### Tag\n")[2]
    assert "[CampaignLink](types.md#campaignlink)" in pages["reference/contacts.md"]
    assert "### CampaignLink" in pages["reference/types.md"]


def test_repeating_budgets_and_deprecation_are_told(pages: dict[str, str]) -> None:
    batch = section(pages["reference/contacts.md"], "create_batch_contacts")
    assert RETRIES[RetryClass.BATCH] in batch
    assert "Counts against 1 call in 1.01 s and 80 calls in 600 s for `contacts/batch`." in batch
    assert "**Deprecated:** GetResponse answers" in section(
        pages["reference/tags.md"], "update_tag"
    )


def test_every_class_of_repeats_has_words() -> None:
    assert RETRIES.keys() == set(RetryClass)


def test_every_operation_of_the_sandbox_is_listed_once() -> None:
    lines = sandbox_operations().splitlines()
    for row in operations():
        is_stored = isinstance(BEHAVIOURS[row.operation_id], Echo)
        begin = f"| `{row.method} {row.path}` | {'stored' if is_stored else 'imitated'} | "
        assert sum(line.startswith(begin) for line in lines) == 1


def test_what_is_known_is_told_with_its_source() -> None:
    page = sandbox_operations()
    for operation_id, practice in practices().items():
        assert practice.known, operation_id
        for each in practice.known:
            assert f"*{SOURCES[each.by]}:* {each.text}" in page


def test_all_that_is_known_is_about_operations_and_members_that_there_are() -> None:
    rows = {row.operation_id: row for row in operations()}
    assert practices().keys() - rows.keys() == {EVERYWHERE}
    for operation_id in practices().keys() - {EVERYWHERE}:
        row, practice = rows[operation_id], practice_of(operation_id)
        assert {*practice.optional, *practice.nulls} <= {*row.body_fields, *practice.fields}
        assert not practice.flags or "additionalFlags" in row.parameters
        body_shape(row, lenient=True)

"""What the task modules declare, as a list."""

from importlib import import_module

from prefect_getresponse.tasks import declared_tasks, operation_rows, tags


def test_holds_every_task_once_by_module_and_as_declared() -> None:
    declared = declared_tasks()

    assert len({task.operation.name for task in declared}) == len(declared)
    modules = [task.operation.module for task in declared]
    assert modules == sorted(modules)
    ours = [task for task in declared if task.operation.module == "tags"]
    assert ours == [
        tags.list_tags,
        tags.create_tag,
        tags.get_tag,
        tags.update_tag,
        tags.delete_tag,
    ]


def test_rows_lead_to_their_tasks() -> None:
    for row, task in zip(operation_rows(), declared_tasks(), strict=True):
        assert getattr(import_module(row["module"]), row["task"]) is task


def test_a_row_is_plain_data() -> None:
    assert {
        "task": "update_tag",
        "module": "prefect_getresponse.tasks.tags",
        "method": "POST",
        "path": "/tags/{tagId}",
        "deprecated": True,
    } in operation_rows()

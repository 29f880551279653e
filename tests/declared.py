"""Every operation that the task modules declare."""

from prefect_getresponse.catalog import declared_tasks

TASKS = declared_tasks()

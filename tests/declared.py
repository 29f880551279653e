"""Every operation that the task modules declare."""

from prefect_getresponse.declarations import declared_tasks

TASKS = declared_tasks()

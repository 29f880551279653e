"""Every operation that the task modules declare."""

from prefect_getresponse.tasks import declared_tasks

TASKS = declared_tasks()

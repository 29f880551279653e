"""Imported last by a process that others are forked from: none of them visits what all share."""

from prefect_getresponse.runtime.garbage import keep_for_good

keep_for_good()

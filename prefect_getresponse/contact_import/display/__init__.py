"""Display: how people see an import, on a terminal and in Prefect.

`markdown` words the report, `history` the last imports of a list, `questions` what has to be
decided; `flow_artifacts` and `flow_events` leave them in Prefect.
"""

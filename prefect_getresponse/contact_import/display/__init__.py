"""Display: how people see an import, on a terminal and in Prefect.

`markdown` words the report, `questions` what has to be decided; `flow_artifacts` and `flow_events`
leave both in Prefect.
"""

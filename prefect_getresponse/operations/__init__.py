"""Operations of the API: `declaration` has one as data, `task` makes it a task of Prefect's.

`lazy` puts that off until somebody uses it, where Prefect is not loaded.
"""

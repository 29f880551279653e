"""Where slots and the books of endpoint budgets are shared, one module a place.

`pool` says what each can do: `prefect` shares them through a Prefect server, `host` among the
processes of a machine, and `alone` with nobody.
"""

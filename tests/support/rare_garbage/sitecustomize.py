"""Has a program look for garbage rarely, from its first import on; found by way of `PYTHONPATH`.

With Python's own numbers a third of a Prefect server's start is spent on visiting what stays.
"""

import gc

gc.set_threshold(100_000, 20, 100)

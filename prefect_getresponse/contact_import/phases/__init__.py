"""The phases of an import, one module each.

They are `check`, `resume`, `read`, `plan`, `send`, `verify` and `report`.

A phase takes the job, or a run of it, leaves everything it learns in the ledger, and may be
repeated after a crash.  What several of them do is in `sending/`; `listing` takes down who is on
the list while the source is read, and `keyed_hash` names people in the report without showing them.
"""

"""The phases of an import, one module each: check, resume, read, plan, send, verify, report.

`send` and `resume` have two helpers: `import_lane` for imports into GetResponse, `remove` for who
has to leave the list.

A phase takes the job and what it needs to work, leaves everything it learns in the ledger, and may
be repeated after a crash.
"""

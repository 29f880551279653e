"""The phases of an import, one module each: check, resume, read, plan, send, verify, report.

Two more modules serve several of them: `import_lane` takes people in by imports, `remove` lets
those go who are no longer in a mirrored source.

A phase takes the job and what it needs to work, leaves everything it learns in the ledger, and may
be repeated after a crash.
"""

"""Each fix taken out in turn, and the tests that must notice: `make mutations`.

What a day can do to an import as a whole is for `tests/simulation/test_mutations.py`, where seeds
notice.  Here is the rest: files, certificates, output, secrets and doors.

- `table.py`: what is taken out, of which case, and which tests must fail then.
- `trial.py` runs tests in a child process with something taken out, and says which failed.
"""

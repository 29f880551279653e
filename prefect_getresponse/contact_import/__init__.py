"""The contact import.

A row comes in through `sources/`, its column gets a meaning in `columns/` and is looked at in
`judging/`; what is open is asked in `asking/`. The row becomes a contact in `rows/`, is decided in
`planning/` and goes out by a route of `routes/` in `sending/`. `phases/` drive this, `ledger/`
remembers everything, and `display/` shows people what happens.

Of the modules, `engine` runs the phases in order over a `job` as `options` ask for it, and
`active_run` is what a phase works with: the run's books, the `account` and its clock. `polling`
says when to look again, `evidence` what proves that somebody came by our call, `verdicts` what may
become of a row, `tuning` how large calls are, `questions` what may be open, `report` and
`report_data` what is told in the end; `purging` forgets what is no longer needed.
"""

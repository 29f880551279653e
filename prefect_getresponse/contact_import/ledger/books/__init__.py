"""The books of a run, each an idea of its own, bound to that run.

`rows` as they were read and what became of them, `plan` what is to be done about them, `cutting`
rows into `chunks`, which are calls, `imports` among those, `people` of the list, `as_before` those
who have not changed, `awaited` ones, those who have `turned_up`, and `removals`.  `outcomes` and
`identity` belong to the whole ledger.  All but these are a `book`.
"""

"""Sending: the calls of a run, and what is seen of them on the list.

`sender` makes the calls that the plan has cut, `repeatable` keeps the books of those that may be
made again, `import_lane` brings imports in one after another, `remove` lets those go who are no
longer in a mirrored source. `read_back` looks who has appeared on the list, `sent_rows` counts for
the progress, `canary` stops a run of which nobody appears, or too many are rejected.
"""

"""Copies of a ledger.

`copy` keeps one elsewhere, in a `copy_folder`; `rehearsal` makes the one that a dry run writes to.
"""

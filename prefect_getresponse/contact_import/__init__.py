"""The contact import.

A row comes in through `sources/`, gets a meaning in `rows/`, is decided in `planning/` and goes out
through `routes/`.  `phases/` drive it, `ledger/` remembers everything, `engine.py` runs the phases
in order, and `display/` shows people what happens.
"""

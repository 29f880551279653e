"""The contact import.

A row comes in by `sources/`, is decided in `decision.py` and goes out by `routes/`.
`phases/` drive it, `ledger/` remembers everything, and `engine.py` runs the phases in order.
"""

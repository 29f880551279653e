"""Undo the last import of a list: who was added by it, and has not changed since, is removed.

- `plan` finds out whom that concerns, and what a person has to see before it is done.
- `undo` removes them, and says what became of everybody.
"""

"""Empties the inbox: into a table, and into handlers of the user's own.

`handlers` finds those, `details` reads what a payload does not say, `rows` are the table, `drain`
puts it together, `destination` makes writing and marking one act, `report` says what became of it.
`pairing` finds entries that tell of the same event.
"""

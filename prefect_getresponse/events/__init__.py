"""What GetResponse tells us: received, kept, written into tables once, and completed by reading.

`inbox/` is the table in which every notice is durable before it is acknowledged. `receiving/`
fills it: the ASGI application, its server, and the doorbell that wakes a flow. `draining/` empties
it into a destination and into handlers of the user's own. `reconciling/` finds by reading what
never came. `identities` says when two notices tell of the same event.  `engine` runs one drain or
one reconciliation, `opening` finds the inbox, `reports_markdown` and `run_display` show what came
of it.
"""

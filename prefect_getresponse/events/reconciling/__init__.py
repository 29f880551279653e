"""Finds by reading what webhooks should have brought and did not.

`listings` reads the account, `polled` words what it shows as webhooks do, `reconcile` compares that
with the inbox and adds what is missing, `statistics` proves it by GetResponse's own counts,
`report` says what was found.
"""

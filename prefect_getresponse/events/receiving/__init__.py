"""Receives webhooks and callbacks: nothing is acknowledged before it is durable.

`reading` turns requests into entries, `group_commit` writes those of many requests at once,
`application` answers, `doorbell` tells Prefect that something came, `connections` keeps slow and
idle clients from costing the others anything, `server` runs it all, `registration` looks after the
account's callback address.
"""

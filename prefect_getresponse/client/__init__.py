"""The HTTP client: requests as data, a throttle per account, one law of repeats, two thin senders.

Nothing here knows Prefect.

`request` is a call and its answer as data, `shape` what the answer must look like, `errors` the
tree of all that can go wrong and `catalogue` what GetResponse's codes mean. `retry` is the law of
repeats, `call` one call as steps, `send` has the two senders that take them. `connection` reaches
the host, `wire` ends every call in time, `once` opens connections ahead for calls that must not be
repeated, `auth` writes keys for their own host only, `oauth` renews tokens, `server_time` knows the
time at GetResponse. `faults` says what pydantic finds wrong with an argument. `privacy/` keeps
people and keys out of what is shown, `listings/` walks listings.
"""

"""Who calls: OAuth 2.0 authorizations of this process, and how a person grants one.

`access` is what a credentials block holds and can do, and what commands have that name no block.
`clients` are shared by a process, `refusals` say which credentials cannot work, `platforms` where
accounts live. `authorizations` keeps the tokens that all blocks of a process share, `oauth_login`
lets a person grant one, and `shared_limits` makes, reads and resets an account's limits on a
Prefect server.
"""

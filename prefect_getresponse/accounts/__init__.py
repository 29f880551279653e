"""Who calls: OAuth 2.0 authorizations of this process, and how a person grants one."""

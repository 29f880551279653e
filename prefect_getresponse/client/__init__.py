"""The HTTP client: requests as data, one throttle an account, one law of repeats, two thin senders.

Nothing here knows Prefect.
"""

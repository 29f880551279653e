"""The HTTP client: requests as data, a throttle per account, one law of repeats, two thin senders.

Nothing here knows Prefect.
"""

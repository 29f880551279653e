"""Conditions of segments, and whom they match.

`segments` finds who matches, by `conditions` as they are written: `condition_tests` and
`condition_dates` are what each means, `numeric` how numbers compare, `message_events` and
`purchases` what people did. `recipients` says who gets a message.
"""

"""How fast: slots, throttle and budgets of an account, shared by all its workers.

`throttle` says when a call may start, by the `slots` that a worker holds and the `budgets` of
single endpoints; `pools/` share both with other workers. `service` joins them, and `side_by_side`
works on several things at a time.
"""

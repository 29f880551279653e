"""How fast: slots, throttle and budgets of an account, shared by all its workers."""

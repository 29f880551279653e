"""The state of one account, and what happens in it as time passes."""

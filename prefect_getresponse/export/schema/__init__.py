"""What the account's tables look like.

`fields` derives columns from result types, `rows` turns answers into rows, and `catalogue` names
the tables and their keys.
"""

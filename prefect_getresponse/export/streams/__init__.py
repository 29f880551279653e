"""How each part of the account is read and kept current, one module a way.

`entities` reads listings whole, `people` contacts and removals, `details` what only a contact's
own page shows, `statistics` numbers by day, `activities` who opened and clicked what, `shops`
orders.  `activity_reports` reads those from files.
"""

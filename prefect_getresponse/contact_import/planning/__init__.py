"""Planning: what is to become of each row, by which route, and at what cost.

`decision` knows everything about a person and decides; `comparing` reads people of the list,
`opt_outs` and `exclusions` say whom not to write to, `consent_dates` who may come back. `routing`
chooses the calls and says what they cost, `imports` cuts those that go by import. `removals` and
`mentions` guard who would be removed, `first_run` a list of which nothing is known, and `stops`
says when a plan must not be carried out.
"""

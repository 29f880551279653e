"""The contract of GetResponse API v3 as tables: operations, shapes, formats, errors.

`operations` is the table of calls, `schema` and `validation` check bodies and queries by it.
`facts` says what members mean, `practice` what is known beyond the contract. `formats`, `dates`,
`countries`, `time_zones` and `ids` are how texts look; `forms` are bodies with files. `messages`
go in and out, `errors` are what may come out.
"""

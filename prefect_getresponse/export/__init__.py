"""The account in tables, complete or said not to be: what comes back from GetResponse.

`engine` runs an export, `options` says what of, `reader` reads the account, `run` is one export at
work, `planning` says beforehand what it costs, `report` afterwards what came: `report_data` as
data and `markdown` in words.  `proof` compares what came with what GetResponse counts.
`schema/` has the tables, `streams/` the ways to keep them current, `dlt` offers them to dlt.
"""

"""Tables out: where rows go, one module a kind.

`tables` says what a table is, `sink` what every kind of destination can do, and `opening` finds the
kind by the URL. `sql` writes to databases through SQLAlchemy: `sql_types` has their columns,
`sql_schema` says what must be there beforehand, `sql_statements` what is sent to them, and
`sql_claims` keeps two writers apart. `parquet` writes folders of files: `parquet_files` knows the
files, `parquet_parts` changes a table part by part, `arrow` does so a column at a time, and
`parquet_claims` keeps two writers apart.
"""

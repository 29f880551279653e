"""Tables out: where rows go, one module a kind.

`tables` says what a table is, `sink` what every kind of destination can do. `sql` writes to
databases through SQLAlchemy: `sql_types` has their columns, `sql_statements` what is sent to them,
and `sql_claims` keeps two writers apart.
`parquet` writes folders of files: `parquet_files` knows the
files, `parquet_parts` changes a table part by part, `parquet_claims` keeps two writers apart.
`opening` finds the kind by the URL.  `sql_schema` says what
a database must have beforehand.
"""

"""The contract of GetResponse API v3 as tables: operations, shapes, formats, errors."""

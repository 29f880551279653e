"""What answers are read with.

`json_text` reads JSON as others write it, `shape` says what an answer of an operation looks like.
"""

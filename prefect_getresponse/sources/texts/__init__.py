"""Sources of text: CSV and JSON, their encodings, delimiters and headings.

`csv_source` and `jsonl` are the sources, over lines (`text`, and `flat_lines` at once) or values
(`json_stream`).
`encodings`, `delimiters` and `headings` find out how a text is written.
"""

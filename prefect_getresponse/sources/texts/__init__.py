"""Sources of text: CSV and JSON, their encodings, delimiters and headings."""

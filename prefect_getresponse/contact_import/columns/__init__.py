"""Columns: what a source says of itself, and what its columns mean.

`mapping` gives every column its meaning: by what you say (`source_mapping`), by the program that
wrote the file (`tools`), or by its header and cells. `consent` and `dates` read the cells that
decide about people, `harmless` knows columns that say nothing about e-mail.
"""

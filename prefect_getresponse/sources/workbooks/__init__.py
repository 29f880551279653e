"""Sheets of workbooks (XLSX, ODS).

`source.py` is the source. `program.py` reads a sheet as a program of its own, so that no workbook
can take more memory or time than it may; `archive.py` tells beforehand what a file is.
"""

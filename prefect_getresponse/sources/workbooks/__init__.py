"""Sheets of workbooks (XLSX, ODS).

`source` is the source. `program` reads a sheet as a program of its own, so that no workbook
can take more memory or time than it may; `archive` tells beforehand what a file is.
"""

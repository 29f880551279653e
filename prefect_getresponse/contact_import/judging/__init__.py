"""Judging columns by their cells: which may say no, and what is asked about them.

`contents` gathers what is in a column while it is read, `refusals` finds words of a no in it, and
`kinds` tells what sort of cells they are. `judging` decides which columns stay open, and
`proposals` what is asked about each.
"""

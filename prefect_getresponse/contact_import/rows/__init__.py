"""Rows: what a row of a source says about a person.

`validation` makes a contact of each row, or gives it its verdict. It reads `addresses`, `tags`,
`custom_fields`, numbers and dates (`formats`), leaves out `blanks` and counts `garbled` cells;
`notes` words what was strange. `contacts` packs a contact for the ledger, `packed` tells of many
what their text says, and `preview` shows the first ones.
"""

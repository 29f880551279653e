"""The inbox: every notice in one table, from its arrival until it is forgotten.

`entries` says what an entry is, `tables` how it is kept, `database` opens the database,
`insertion` adds what is new, `known` looks up what came already, and `inbox` is all that can be
done with it.
"""

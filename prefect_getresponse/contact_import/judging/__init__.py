"""Judge columns by their cells: which may say no, and what is asked about them."""

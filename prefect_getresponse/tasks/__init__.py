"""Tasks: one module per API tag, one task per operation."""

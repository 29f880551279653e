"""Tasks: one module an API tag, one task an operation."""

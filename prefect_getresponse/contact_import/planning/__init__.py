"""Planning: what is to become of each row, on which road, and at what cost."""

"""Planning: what is to become of each row, by which route, and at what cost."""

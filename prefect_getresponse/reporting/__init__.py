"""What people read while a flow works and when it has ended."""

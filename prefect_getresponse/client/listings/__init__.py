"""Listings: `paginate` walks one page by page; `whole_listing` misses nobody while it changes."""

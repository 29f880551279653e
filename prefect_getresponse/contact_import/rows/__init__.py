"""Rows: what the columns of a source mean, and what a row of it says about a person."""

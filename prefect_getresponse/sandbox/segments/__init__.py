"""Conditions of segments, and whom they match."""

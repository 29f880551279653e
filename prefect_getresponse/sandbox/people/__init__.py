"""Contacts, how they come in, and what their custom fields take."""

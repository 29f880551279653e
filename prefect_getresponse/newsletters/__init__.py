"""Newsletters: checked like code, approved by a person, sent once.

`content/` knows GetResponse's dynamic content: it reads, checks and renders it without an account.
"""

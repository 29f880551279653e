"""Contacts, how they come in, and what their custom fields take.

`contact_book` has all contacts, `views` selections of them; they come in by the `acceptance_queue`
or by `import_jobs`. `custom_values` says what fields take.
"""

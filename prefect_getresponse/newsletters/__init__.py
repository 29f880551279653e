"""Newsletters: checked like code, approved by a person, sent once.

- `content/` reads, checks and renders GetResponse's dynamic content, without an account.
- `release_file` reads releases, `checks` looks at one without an account.
- `account_side` finds in the account what a release names, `audience` counts whom it reaches.
- `creation` says what is created and how it is sent, and the hash of both; `content_state` compares
  it with what GetResponse has; `plan` puts it before a person.
- `drafts` finds, makes and compares newsletters of a release; `engine` releases one, once;
  `afterwards` cancels it and reads its statistics; `report` says what became of it.
- `account_messages` checks what the account sends by itself; `person` reads a contact for previews.
"""

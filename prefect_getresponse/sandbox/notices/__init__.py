"""What GetResponse tells others, as it happens: webhooks and callbacks.

`watch` sees what happens, `payloads` and `parameters` word it, `outbox` says when which request
goes out and what becomes of it, `postman` sends them, `settings` reads what is asked for.
`notices` puts them together.
"""

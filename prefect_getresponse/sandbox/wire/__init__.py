"""From a call to an answer: doors, authentication, limits, faults, pages, control.

`app` takes a call through: `authentication`, `limits`, `faults`. `server` puts it on a socket,
`transport` into httpx; `oauth` gives tokens, `control` is the way in from outside, `churn` lets
people come and go meanwhile, and `answer_zone` says in which zone dates are printed.
"""

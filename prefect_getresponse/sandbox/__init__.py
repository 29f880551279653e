"""A stateful local GetResponse to try, test and demonstrate against, without an account.

`sandbox` is what others use of it, `past` makes up weeks in which people came and left. What the
API is stands in `contract/`, how a call comes in in `wire/`, what each operation does in
`resources/`. The state is `world/`, with `people/` and `segments/`; `notices/` tells others of it.
"""

from __future__ import annotations

from prefect_getresponse.sandbox.sandbox import Sandbox

__all__ = ["Sandbox"]

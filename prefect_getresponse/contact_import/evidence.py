"""What proves that somebody is on the list because of a call of ours, and not by another way.

Only our call can have left all of it: the way the person came in, a time that is not before the
call by GetResponse's clock, and the name we sent. Being on the list proves nothing by itself:
people sign up by forms, and other programs add them, while an import is at work.
"""

from __future__ import annotations

MACHINES_APART = 15.0
"""Seconds by which the times that GetResponse tells may differ among its machines, and from ours
since it told us."""

OUR_ORIGINS = ("api", "import")
"""How people come in whom calls of ours have brought."""
CAME_BY = (
    "(listed.origin IS NULL OR listed.origin ="
    " CASE chunks.route WHEN 'import' THEN 'import' ELSE 'api' END)"
)
CAME_SINCE = (
    f"(listed.created IS NULL OR chunks.begun IS NULL"
    f" OR listed.created >= chunks.begun - {MACHINES_APART})"
)
_SAME_NAME = (
    "lower(trim(coalesce(listed.name, '')))"
    " = lower(trim(coalesce(json_extract(rows.contact, '$.name'), '')))"
)
_CAME_AFTER = (
    "(listed.created IS NULL OR chunks.begun IS NULL OR listed.standing = 'removed'"
    " OR listed.created >= CASE WHEN chunks.attempt > 1 THEN chunks.sent ELSE chunks.begun END"
    f" OR {_SAME_NAME})"
)
"""Who may have come before the call was last sent bears the name we sent, or is a stranger."""
BEARS_OURS = (
    "(chunks.route = 'import' OR listed.name IS NULL OR listed.standing = 'removed'"
    f" OR {_SAME_NAME})"
)
"""Whoever another program has added meanwhile bears another name; of imports the counters tell."""
MAY_BE_OURS = f"{CAME_BY} AND {CAME_SINCE} AND {_CAME_AFTER} AND {BEARS_OURS}"
"""SQL: a call that was taken may have brought the person; without it, somebody else has."""

PROVES_OURS = (
    f"listed.origin IS NOT NULL AND listed.created IS NOT NULL AND chunks.begun IS NOT NULL"
    f" AND {MAY_BE_OURS} AND (listed.standing = 'removed' OR {_SAME_NAME})"
)
"""SQL: the person is there because of the call, so the call was executed."""

EARLIER_MAY_BE_OURS = f"(listed.origin IS NULL OR listed.origin IN {OUR_ORIGINS}) AND {_SAME_NAME}"
"""SQL: a call of an earlier run may have brought the person, who is as the row says."""

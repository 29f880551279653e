"""What the inbox holds: entries, the states they go through, and what tells one from another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["webhook", "callback", "poll"]
State = Literal["waiting", "leased", "done", "dead", "unreadable"]
"""`waiting` to be drained, `leased` by a drain, `done`, `dead` after too many tries, and
`unreadable` for what is no event at all."""
FoundBy = Literal["webhook", "callback", "poll", "both"]

REPLAYABLE: tuple[State, ...] = ("dead", "done")


@dataclass(frozen=True, slots=True)
class Entry:
    """One notice.

    Attributes:
        key: What tells it from all others: `X-Webhook-ID/index` for webhooks.
        kind: How it came.
        type: Type of the webhook, action of the callback, or type of what polling found.
        payload: All that came, as JSON.
        received_at: When it came, unix seconds.
        occurred_at: When it happened, unix seconds; None if nothing says so.
        account_id: The account; empty if nothing says so.
        contact_id: The contact; empty if it is about none.
        identity: Equal for the same event however it was found; empty if it cannot be found
            by reading.
        found_by: Which ways it was found.
        state: Where it stands.
        lease_until: Until when it is leased, or not to be tried again, unix seconds.
        tries: How many times draining it has failed.
        error: Why it failed last.
    """

    key: str
    kind: Kind
    type: str
    payload: str = field(repr=False)
    received_at: float
    occurred_at: float | None = None
    account_id: str = ""
    contact_id: str = ""
    identity: str = ""
    found_by: FoundBy = "webhook"
    state: State = "waiting"
    lease_until: float | None = None
    tries: int = 0
    error: str = ""

"""What every route can say about itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from prefect_getresponse.client.request import ApiRequest
from prefect_getresponse.contact_import.ledger import RowToSend
from prefect_getresponse.contact_import.rows.contacts import Ids
from prefect_getresponse.contact_import.verdicts import Verdict

AnswersFor = Literal["new_person", "many", "known_person"]
"""One person who is to be added, all rows of a call, or one who is on the list."""


class Route(Protocol):
    """A way to send rows."""

    @property
    def name(self) -> str:
        """Name in the ledger and the report."""
        ...

    @property
    def size(self) -> int:
        """Rows of a chunk."""
        ...

    @property
    def verdict(self) -> Verdict | None:
        """Verdict that a success gives; None if only the list can tell later."""
        ...

    @property
    def repeatable(self) -> bool:
        """Whether its calls may be made again without harm."""
        ...

    @property
    def answers_for(self) -> AnswersFor:
        """Whom an answer is about, and so what a refusal means."""
        ...

    def requests(self, rows: Sequence[RowToSend], ids: Ids) -> list[ApiRequest]:
        """Calls that send the rows of a chunk, in order.

        Raises:
            InvalidArguments: A row holds what the API would refuse.
        """
        ...

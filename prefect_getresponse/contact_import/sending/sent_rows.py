"""How many rows are sent, for people who watch: never more than there are."""

from __future__ import annotations

from prefect_getresponse.reporting.progress import Progress


class SentRows:
    """Counts rows, not calls: a row that is sent again was not sent before.

    Args:
        progress: Where it is shown.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._whole = 0
        self._sent = 0

    def expect(self, unsent: int) -> None:
        """Say how many rows are still to be sent; what is more than that is sent.

        Args:
            unsent: Rows that wait, or are on their way.
        """
        if unsent > self._whole:
            self._whole = unsent
            self._progress.start("sending", unsent)
        self._show(self._whole - unsent)

    def again(self, rows: int) -> None:
        """Rows that seemed to be sent are not; those of an earlier process were never counted."""
        self.expect(self._whole - self._sent + rows)

    def add(self, rows: int) -> None:
        """Count rows that were sent."""
        self._show(self._sent + rows)

    def _show(self, sent: int) -> None:
        if sent != self._sent:
            self._sent = sent
            self._progress.advance(sent)

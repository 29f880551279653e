"""The form in which a person approves a suspended run, in Prefect's UI of today."""

from __future__ import annotations

from typing import Any

_PATIENCE = 300
"""Tenths of a second that an answer is waited for."""


class ApprovalForm:
    """The form of one run, filled in with keyboard and mouse.

    Args:
        page: Playwright's page.
        run: Address of the run's page.
    """

    def __init__(self, page: Any, run: str) -> None:
        self._page = page
        page.goto(run)
        page.get_by_text("Suspended").first.wait_for()
        page.wait_for_timeout(1500)
        page.get_by_role("button", name="Open menu").first.click()
        page.get_by_role("menuitem", name="Resume").click()
        self._dialog = page.get_by_role("dialog").first
        self._dialog.get_by_text("Decision").wait_for()

    def text(self) -> str:
        """Return all that it says."""
        return str(self._dialog.inner_text())

    def decide(self, decision: str) -> None:
        """Choose `approve` or `decline`."""
        self._dialog.get_by_role("button", name="Select").click()
        self._page.get_by_role("option", name=decision, exact=True).click()

    def sign(self, name: str) -> None:
        """Type a name."""
        self._dialog.locator("textarea").first.fill(name)

    def submit(self) -> bool:
        """Send it; whether it was taken."""
        self._dialog.get_by_role("button", name="Resume", exact=True).click()
        for _ in range(_PATIENCE):
            if not self._page.get_by_role("dialog").count():
                return True
            if self._page.get_by_text("Reason:").count():
                break
            self._page.wait_for_timeout(100)
        return False

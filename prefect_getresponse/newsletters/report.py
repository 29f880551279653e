"""What became of a release, for people, programs and Prefect."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.reporting.markdown import cell

Status = Literal[
    "planned", "released", "already_released", "declined", "changed", "sent_twice", "unknown"
]
_SENTENCES: dict[str, str] = {
    "planned": "planned; nothing was created or sent",
    "released": "released",
    "already_released": "was released before; nothing was sent again",
    "declined": "declined; nothing was sent",
    "changed": "not what was approved",
    "sent_twice": "another newsletter of this key was released at the same time",
    "unknown": "not known whether it was released",
}


class ReleaseFailed(GetResponseError):
    """A release is not what it must be; carries its report.

    Attributes:
        report: What became of it.
    """

    after_send = True
    report: ReleaseReport | None = None


class ReleaseReport(BaseModel):
    """What became of a release.

    Attributes:
        run_id: The run.
        account: Name of the account.
        key: The release.
        hash: What was approved.
        status: What became of it.
        newsletter_id: Its newsletter; empty if there is none.
        send_on: When it is sent, in UTC; empty for at once.
        people: Whom GetResponse sends it to, once that is known; else whom the plan reached.
        left_drafts: Drafts of the release that people have edited, or that were not needed.
        sent: Newsletters of the key that are no drafts.
        approved_by: Who approved it.
        note: What they said.
        findings: Warnings and notices that were shown.
        problem: What is wrong; empty if nothing is.
        advice: What to do about it.
        calls: Calls by endpoint.
        throttled: Answers with 429.
        seconds: How long it took.
    """

    model_config = ConfigDict(frozen=True)

    run_id: str
    account: str
    key: str
    hash: str
    status: Status
    newsletter_id: str = ""
    send_on: str = ""
    people: int = 0
    left_drafts: tuple[str, ...] = ()
    sent: int = 0
    approved_by: str = ""
    note: str = ""
    findings: tuple[dict[str, Any], ...] = ()
    problem: str = ""
    advice: str = ""
    calls: dict[str, int] = Field(default_factory=dict)
    throttled: int = 0
    seconds: float = 0.0

    @property
    def balanced(self) -> bool:
        """Whether as many newsletters of the key are on their way as the status says."""
        wanted = {"released": 1, "already_released": 1, "planned": 0, "declined": 0, "changed": 0}
        return self.sent == wanted.get(self.status, -1)

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return self.model_dump(mode="json") | {"balanced": self.balanced}

    def line(self) -> str:
        """Say on one line what became of it."""
        text = f"release {self.key} ({self.hash}): {_SENTENCES[self.status]}"
        if self.status in ("released", "already_released"):
            text += f", {f'to be sent at {self.send_on}' if self.send_on else 'sent at once'}"
        return f"{text}. {self.problem}".rstrip() if self.problem else text

    def markdown(self) -> str:
        """Return it for people."""
        rows = {
            "newsletter": self.newsletter_id,
            "sent on": self.send_on or "at once",
            "people": f"{self.people:,}",
            "approved by": self.approved_by,
            "note": self.note,
            "hash": self.hash,
            "calls": f"{sum(self.calls.values()):,} in {self.seconds:.1f} s",
        }
        lines = [f"# Release {self.key}", "", f"**{_SENTENCES[self.status].capitalize()}.**", ""]
        if self.problem:
            lines += [f"{self.problem} {self.advice}".rstrip(), ""]
        lines += ["| | |", "|---|---|"]
        lines += [f"| {name} | {cell(value)} |" for name, value in rows.items() if value]
        if self.left_drafts:
            lines += ["", f"Drafts left alone: {', '.join(self.left_drafts)}."]
        return "\n".join(lines) + "\n"


def release_failed(report: ReleaseReport) -> ReleaseFailed:
    """Return the error that a report with a problem is raised as."""
    error = ReleaseFailed(report.problem, advice=report.advice)
    error.report = report
    return error

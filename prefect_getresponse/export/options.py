"""What an export is about."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.client.faults import faults
from prefect_getresponse.export.schema.catalogue import NEEDS, STREAMS

Details = Literal["changed", "all", "none"]
Activity = Literal["api", "report", "auto", "none"]

DETAILS_AT_ONCE = 5_000
"""People whose details are read without being asked for: 100 seconds of the account's calls."""
MOST_LOOK_BACK_DAYS = 366
ACTIVITY_DAYS = 30
"""How far back GetResponse shows who opened and clicked what."""


class ExportOptions(BaseModel):
    """What an export is about.

    Attributes:
        to: Where the tables go.
        streams: What to export; everything if empty.
        lists: Names or ids of the lists whose people are exported; all if empty.
        details: Whose own page is read, for tags, custom fields and location: of people who
            `changed`, of `all`, or of `none`.
        activity: Where opens and clicks are from: the `api`'s listings, files of `report`s, `auto`
            (listings, and reports once GetResponse has ended those), or `none`.
        create_reports: Whether a report is made where none is there; an add-on of GetResponse.
        look_back_days: Days whose statistics are read again, since they go on changing.
        full_every_days: After how many days people are read whole, which finds who is gone.
        details_budget: How many people a night have their details read again, oldest first, or for
            the first time.
        strict_proof: Whether a difference from GetResponse's statistics fails the run.
        dry_run: Stop after the plan.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    to: Annotated[str, Field(min_length=1)]
    streams: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    details: Details = "changed"
    activity: Activity = "api"
    create_reports: bool = False
    look_back_days: Annotated[int, Field(ge=1, le=MOST_LOOK_BACK_DAYS)] = 30
    full_every_days: Annotated[int, Field(ge=1)] = 7
    details_budget: Annotated[int, Field(ge=0)] = 0
    strict_proof: bool = False
    dry_run: bool = False

    @field_validator("streams")
    @classmethod
    def _known(cls, streams: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [name for name in streams if name not in STREAMS]:
            known = ", ".join(STREAMS)
            raise ValueError(f"{', '.join(unknown)}: no such stream; there are {known}")
        return streams

    @property
    def chosen(self) -> tuple[str, ...]:
        """The streams to export, in the order in which they are read."""
        needed = set(self.streams or STREAMS)
        for name in self.streams:
            needed |= set(NEEDS.get(name, ()))
        wanted = [name for name in STREAMS if name in needed]
        if self.activity == "none":
            wanted = [name for name in wanted if name != "newsletter_activities"]
        return tuple(wanted)


def export_options(**values: Any) -> ExportOptions:
    """Options of an export, checked.

    Raises:
        InvalidArguments: Something cannot be used; every fault is named.
    """
    try:
        return ExportOptions(**values)
    except ValidationError as error:
        raise InvalidArguments(
            f"invalid export options: {faults(error, 'there is no such option')}"
        ) from None

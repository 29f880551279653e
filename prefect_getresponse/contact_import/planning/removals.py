"""Mode `mirror`: who is gone from the source leaves the list, unless the source looks broken."""

from __future__ import annotations

from prefect_getresponse.client.errors import GetResponseError


class TooManyRemovals(GetResponseError):
    """Mirroring would empty too much of the list; nothing was sent."""

    default_advice = (
        "Look at the source. If it is right, allow more (--max-removal-ratio, max_removal_ratio)."
    )


def check_removals(
    removed: int, on_list: int, people: int, people_before: int | None, max_ratio: float
) -> None:
    """Refuse to empty a list because a source broke off.

    Args:
        removed: People who would be removed.
        on_list: People on the list.
        people: People in the source.
        people_before: People in it at the last run, if there was one.
        max_ratio: Share of the list that may be removed, and by which the source may shrink.

    Raises:
        TooManyRemovals: It is more than that.
    """
    if removed > max_ratio * on_list:
        raise TooManyRemovals(
            f"mirror would remove {removed:,} of {on_list:,} people from the list,"
            f" more than {max_ratio:.1%}"
        )
    if removed and people_before is not None and people < (1 - max_ratio) * people_before:
        raise TooManyRemovals(
            f"the source has shrunk from {people_before:,} to {people:,} people,"
            f" by more than {max_ratio:.1%}"
        )

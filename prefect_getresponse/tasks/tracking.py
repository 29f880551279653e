"""Tracking: code for web pages that tells GetResponse of visits, carts and purchases.

Source: GetResponse API v3, Tracking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import TypedDict

from prefect_getresponse.operation import operation

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials


class Tracking(TypedDict, total=False):
    """Code to put into web pages: `snippet` the older, `snippetV2` the newer."""

    grid: str
    snippet: str
    snippetV2: str


class FacebookPixel(TypedDict, total=False):
    """A pixel of Facebook that was connected to the account."""

    name: str
    pixelId: str


@operation("GET", "/tracking")
def get_tracking(credentials: GetResponseCredentials) -> list[Tracking]:
    """Read the JavaScript that tracks visits, abandoned carts and purchases.

    Args:
        credentials: The account.

    Returns:
        The snippets, ready to be put into pages.
    """
    ...


@operation("GET", "/tracking/facebook-pixels")
def list_facebook_pixels(credentials: GetResponseCredentials) -> list[FacebookPixel]:
    """Read the Facebook pixels that were connected to the account.

    Args:
        credentials: The account.

    Returns:
        All pixels.
    """
    ...

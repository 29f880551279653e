"""Multimedia: images that messages show.

Source: GetResponse API v3, Multimedia.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Required

from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass, Upload
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import operation
from prefect_getresponse.tasks.common import Page, PerPage

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials


class Image(TypedDict, total=False):
    """An image as the API answers it; `size` is its number of bytes, as a text."""

    imageId: Required[str]
    originalImageUrl: str | None
    size: str
    name: str
    thumbnailUrl: str
    url: str
    extension: Literal["jpg", "gif", "png", "jpeg", "bmp"]


@operation("GET", "/multimedia")
def list_images(
    credentials: GetResponseCredentials,
    *,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Image]:
    """Read one page of images.

    Args:
        credentials: The account.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Images per page, up to 1000.

    Returns:
        The images of the page.
    """
    ...


@operation("POST", "/multimedia", retry_class=RetryClass.ONCE)
def upload_image(credentials: GetResponseCredentials, *, file: Upload) -> Image:
    """Upload an image, to be shown in messages by its `url`.

    The same image uploaded twice is two images.

    Args:
        credentials: The account.
        file: The image: `Upload("logo.png", content)`; jpg, jpeg, gif, png or bmp.

    Returns:
        The new image.
    """
    ...

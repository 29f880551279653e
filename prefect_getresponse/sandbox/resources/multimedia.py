"""Images (tag Multimedia)."""

from __future__ import annotations

from prefect_getresponse.sandbox.contract.errors import FieldError, invalid
from prefect_getresponse.sandbox.contract.forms import FilePart
from prefect_getresponse.sandbox.contract.messages import Answer
from prefect_getresponse.sandbox.resources.collection import Collection
from prefect_getresponse.sandbox.resources.request import Request
from prefect_getresponse.sandbox.world.world import World

EXTENSIONS = ("jpg", "gif", "png", "jpeg", "bmp")
STORE = "https://multimedia.getresponse.com/getresponse-sandbox"
"""Where files are said to lie; nothing is there."""

IMAGES = Collection("images", "/multimedia/{imageId}", created="", updated="", linked=False)


def upload_image(world: World, request: Request) -> Answer:
    """`POST /multimedia`: the extension of the file's name must be one of an image."""
    file: FilePart = request.body["file"]
    name, _, extension = file.name.rpartition(".")
    if extension.lower() not in EXTENSIONS or not name:
        problem = f"Extension is none of {', '.join(EXTENSIONS)}"
        raise invalid([FieldError("file", "choice", problem)])
    number = len(world.records.of(IMAGES.name)) + 1
    url = f"{STORE}/photos/{number}.{extension.lower()}"
    members = {
        "originalImageUrl": None,
        "size": str(len(file.content)),
        "name": name,
        "thumbnailUrl": f"https://us-re.gr-cdn.com/114x/{url}",
        "url": url,
        "extension": extension.lower(),
    }
    return IMAGES.answer(world, request, IMAGES.add(world, members, request.now))


BEHAVIOURS = {**IMAGES.behaviours(listing="getImageList"), "uploadImage": upload_image}

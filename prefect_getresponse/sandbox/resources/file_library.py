"""Files, folders and the storage space they take up (tag File Library).

What becomes of the files of a deleted folder is not documented: here they go with it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from prefect_getresponse.sandbox.contract.errors import FieldError, forbidden_state, invalid
from prefect_getresponse.sandbox.contract.messages import Answer, json_answer
from prefect_getresponse.sandbox.resources.collection import Collection
from prefect_getresponse.sandbox.resources.multimedia import STORE
from prefect_getresponse.sandbox.resources.request import Request
from prefect_getresponse.sandbox.world.images import picture_size
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World

LIMIT = 10 * 1024 * 1024
"""Storage space in bytes; how much an account really has depends on its plan."""

_GROUPS = {
    "photo": ("jpg", "jpeg", "png", "gif", "bmp", "webp", "svg"),
    "video": ("mp4", "mov", "avi", "webm"),
    "audio": ("mp3", "wav", "ogg", "m4a"),
}
_ALL, _FOLDER = "query[allFolders]", "query[folderId]"


def _folder_of(file: Record) -> str | None:
    folder: dict[str, str] | None = file.members["folder"]
    return folder["folderId"] if folder else None


def _files(world: World) -> list[Record]:
    return list(world.records.of("files").values())


def _files_in(world: World, folder: Record) -> list[Record]:
    return [file for file in _files(world) if _folder_of(file) == folder.record_id]


def _usage(files: Iterable[Record]) -> int:
    return sum(file.members["fileSize"] for file in files)


def _complete(world: World, _request: Request, file: Record) -> None:
    content = base64.b64decode(file.members.pop("content"))
    if _usage(_files(world)) + len(content) > LIMIT:
        raise forbidden_state(f"No storage space is left: the limit is {LIMIT} bytes")
    extension = file.members["extension"].lower()
    group = next((name for name, known in _GROUPS.items() if extension in known), "document")
    url = f"{STORE}/{group}s/{file.record_id}.{extension}"
    is_photo = group == "photo"
    file.members |= {
        "fileSize": len(content),
        "group": group,
        "thumbnail": f"https://us-rs.gr-cdn.com/512x/{url}" if is_photo else None,
        "url": url,
        "properties": _properties(content) if is_photo else [],
    }


def _properties(content: bytes) -> list[dict[str, Any]]:
    size = zip(("width", "height"), picture_size(content), strict=False)
    return [{"name": name, "value": value} for name, value in size]


def _measure(world: World, folder: Record) -> None:
    folder.members["size"] = _usage(_files_in(world, folder))


def _empty(world: World, _request: Request, folder: Record) -> None:
    for file in _files_in(world, folder):
        world.records.drop("files", file)


FILES = Collection(
    "files",
    "/file-library/files/{fileId}",
    updated="",
    filters={_FOLDER: lambda _world, file, folder_id: _folder_of(file) == folder_id},
    attributes={"size": lambda file: file.members["fileSize"]},
    on_create=_complete,
)
FOLDERS = Collection(
    "folders",
    "/file-library/folders/{folderId}",
    updated="",
    linked=False,
    defaults={"size": 0},
    unique=("name",),
    on_delete=_empty,
    settle=_measure,
)


def list_files(world: World, request: Request) -> Answer:
    """`GET /file-library/files`: those of the root folder unless the query says otherwise."""
    query = dict(request.query)
    everywhere = query.pop(_ALL, "false") == "true"
    if everywhere and _FOLDER in query:
        raise invalid([FieldError(_FOLDER, "query", f"Not allowed together with {_ALL}")])
    if not everywhere:
        query.setdefault(_FOLDER, None)
    return FILES.list_all(world, replace(request, query=query))


def create_folder(world: World, request: Request) -> Answer:
    """`POST /file-library/folders`: the contract answers a list of one folder."""
    created = json.loads(FOLDERS.create(world, request).body)
    return json_answer(request.successful, [created])


def quota(world: World, _request: Request) -> Answer:
    """`GET /file-library/quota`."""
    return json_answer(200, {"limit": LIMIT, "usage": _usage(_files(world))})


BEHAVIOURS = {
    **FILES.behaviours(get="getFileById", create="createFile", delete="deleteFile"),
    **FOLDERS.behaviours(listing="getFolderList", delete="deleteFolder"),
    "getFileList": list_files,
    "createFolder": create_folder,
    "quota": quota,
}

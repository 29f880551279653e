"""File library: files in folders, as the editors of messages and landing pages offer them.

Folders do not lie in folders, and all files together take up an account's storage space.
Source: GetResponse API v3, File Library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Required

from pydantic import StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import Base64, Page, PerPage, SortOrder, TrueOrFalse

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

FileName = Annotated[str, StringConstraints(min_length=1, max_length=255)]
FolderName = Annotated[str, StringConstraints(min_length=1, max_length=128)]
FileGroup = Literal["audio", "video", "photo", "document"]


class FolderReference(TypedDict):
    """The folder that a file is in."""

    folderId: str


class FileProperty(TypedDict):
    """Width or height of a picture, in pixels."""

    name: Literal["width", "height"]
    value: int | str


class File(TypedDict, total=False):
    """A file as the API answers it; `fileSize` is in bytes, `folder` null in the root folder."""

    fileId: Required[str]
    name: str
    extension: str
    folder: FolderReference | None
    fileSize: int
    group: FileGroup
    thumbnail: str | None
    url: str
    properties: list[FileProperty]
    createdOn: str
    href: str


class Folder(TypedDict, total=False):
    """A folder as the API answers it; `size` is that of all its files, in bytes."""

    folderId: Required[str]
    name: str
    size: int
    createdOn: str


class Quota(TypedDict, total=False):
    """Storage space of an account, in bytes."""

    limit: int
    usage: int


@operation("GET", "/file-library/files")
def list_files(
    credentials: GetResponseCredentials,
    *,
    all_folders: Annotated[TrueOrFalse | Omit, Query("query[allFolders]")] = OMIT,
    folder_id: Annotated[str | Omit, Query("query[folderId]")] = OMIT,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    group: Annotated[FileGroup | Omit, Query("query[group]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_group: Annotated[SortOrder | Omit, Query("sort[group]")] = OMIT,
    sort_size: Annotated[SortOrder | Omit, Query("sort[size]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[File]:
    """Read one page of files: those of the root folder unless told otherwise.

    Args:
        credentials: The account.
        all_folders: `true` for the files of all folders; not together with `folder_id`.
        folder_id: Read the files of this folder; not together with `all_folders`.
        name: Keep files whose name contains this.
        group: Keep files of this kind.
        sort_name: Sort by name.
        sort_group: Sort by kind.
        sort_size: Sort by size.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Files per page, up to 1000.

    Returns:
        The files of the page.
    """
    ...


@operation("POST", "/file-library/files", retry_class=RetryClass.ONCE)
def create_file(
    credentials: GetResponseCredentials,
    *,
    name: FileName,
    extension: str,
    content: Base64,
    folder: FolderReference | None,
) -> File:
    """Store a file; it must fit into the storage space that is left.

    Whether a folder may hold two files of one name is not documented, so a doubtful call is not
    repeated.

    Args:
        credentials: The account.
        name: 1 to 255 characters, without the extension.
        extension: Extension without the dot, such as `jpg`.
        content: Bytes of the file as base64.
        folder: The folder; None for the root folder.

    Returns:
        The new file.
    """
    ...


@operation("GET", "/file-library/files/{file_id}")
def get_file(
    credentials: GetResponseCredentials, file_id: str, *, fields: str | Omit = OMIT
) -> File:
    """Read what is known of one file; its content is at its `url`.

    Args:
        credentials: The account.
        file_id: Id of the file.
        fields: Comma-separated members to answer with.

    Returns:
        The file.
    """
    ...


@operation("DELETE", "/file-library/files/{file_id}")
def delete_file(credentials: GetResponseCredentials, file_id: str) -> None:
    """Delete a file; messages that show it show a gap.

    Args:
        credentials: The account.
        file_id: Id of the file.
    """
    ...


@operation("GET", "/file-library/folders")
def list_folders(
    credentials: GetResponseCredentials,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_size: Annotated[SortOrder | Omit, Query("sort[size]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Folder]:
    """Read one page of folders.

    Args:
        credentials: The account.
        name: Keep folders whose name contains this.
        sort_name: Sort by name.
        sort_size: Sort by size of the files in them.
        sort_created_on: Sort by date of creation.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Folders per page, up to 1000.

    Returns:
        The folders of the page.
    """
    ...


@operation("POST", "/file-library/folders", retry_class=RetryClass.KEYED)
def create_folder(credentials: GetResponseCredentials, *, name: FolderName) -> list[Folder]:
    """Create a folder; a name that exists is a `Conflict`.

    Args:
        credentials: The account.
        name: 1 to 128 characters.

    Returns:
        The new folder, in a list of one: so the API's contract has it.
    """
    ...


@operation("DELETE", "/file-library/folders/{folder_id}")
def delete_folder(credentials: GetResponseCredentials, folder_id: str) -> None:
    """Delete a folder.

    Args:
        credentials: The account.
        folder_id: Id of the folder.
    """
    ...


@operation("GET", "/file-library/quota")
def get_file_library_quota(credentials: GetResponseCredentials) -> Quota:
    """Read how much storage space there is, and how much of it is used.

    Args:
        credentials: The account.

    Returns:
        Limit and usage in bytes.
    """
    ...

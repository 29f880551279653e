import base64

import pytest

from prefect_getresponse import (
    Conflict,
    GetResponseCredentials,
    GetResponseError,
    InvalidArguments,
    NotFound,
)
from prefect_getresponse.tasks.file_library import (
    create_file,
    create_folder,
    delete_file,
    delete_folder,
    get_file,
    get_file_library_quota,
    list_files,
    list_folders,
)
from tests.conftest import Run


def text(content: str) -> str:
    return base64.b64encode(content.encode()).decode()


def test_files_lie_in_folders(run: Run, credentials: GetResponseCredentials) -> None:
    (folder,) = run(create_folder, credentials, name="reports")
    folder_id = folder["folderId"]
    rest = {"extension": "txt", "content": text("twelve bytes")}
    inside = run(create_file, credentials, name="a", folder={"folderId": folder_id}, **rest)
    outside = run(create_file, credentials, name="b", folder=None, **rest)

    assert run(list_files, credentials) == [outside]
    assert run(list_files, credentials, folder_id=folder_id) == [inside]
    both = run(list_files, credentials, all_folders="true", sort_name="DESC", group="document")
    assert both == [outside, inside]
    assert run(get_file, credentials, inside["fileId"]) == inside
    assert [each.get("size") for each in run(list_folders, credentials)] == [12]
    assert run(get_file_library_quota, credentials).get("usage") == 24

    run(delete_file, credentials, outside["fileId"])
    run(delete_folder, credentials, folder_id)
    with pytest.raises(NotFound):
        run(get_file, credentials, outside["fileId"])


def test_a_folder_is_found_by_its_name(run: Run, credentials: GetResponseCredentials) -> None:
    run(create_folder, credentials, name="reports")
    with pytest.raises(Conflict):
        run(create_folder, credentials, name="reports")
    assert len(run(list_folders, credentials, name="report")) == 1


def test_more_than_the_storage_space_is_refused(
    run: Run, credentials: GetResponseCredentials
) -> None:
    half = text("x" * (6 * 1024 * 1024))
    run(create_file, credentials, name="first", extension="bin", content=half, folder=None)
    with pytest.raises(GetResponseError, match="No storage space is left") as caught:
        run(create_file, credentials, name="second", extension="bin", content=half, folder=None)
    assert caught.value.status == 400


def test_content_must_be_base64(run: Run, credentials: GetResponseCredentials) -> None:
    with pytest.raises(InvalidArguments, match=r"content: .*not base64"):
        run(create_file, credentials, name="a", extension="txt", content="no!", folder=None)

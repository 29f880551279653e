"""Files on their way into the sandbox, and pictures out of it."""

import httpx
import pytest

from prefect_getresponse.sandbox.world.images import picture_size, png
from tests.sandbox.conftest import Api

GIF = b"GIF89a\x05\x00\x03\x00rest"
BMP = b"BM" + bytes(16) + b"\x05\x00\x00\x00\x03\x00\x00\x00rest"


def upload(api: Api, **request: object) -> httpx.Response:
    return api.http.post("/v3/multimedia", **request)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - arguments of httpx


def test_other_peoples_forms_are_read(api: Api) -> None:
    answer = upload(api, files={"file": ("logo.jpeg", b"12345")})

    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["size"]) == ("logo", "5")


@pytest.mark.parametrize(
    ("request_", "code", "named"),
    [
        ({"json": {"file": "x"}}, 1021, "multipart/form-data"),
        ({"files": {"picture": ("logo.png", b"x")}}, 1000, "Not allowed member"),
        ({"files": {"file": (None, "text")}}, 1000, "Not a file"),
        (
            {"content": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
            1000,
            "not a valid form",
        ),
    ],
)
def test_what_is_no_upload_is_refused(
    request_: dict[str, object], code: int, named: str, api: Api
) -> None:
    answer = upload(api, **request_)

    assert answer.status_code == 400
    assert answer.json()["code"] == code
    assert named in answer.text


def test_a_form_is_only_for_files(api: Api) -> None:
    answer = api.http.post("/v3/tags", files={"name": (None, "vip")})

    assert answer.json()["code"] == 1021


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (png(5, 3), (5, 3)),
        (GIF, (5, 3)),
        (BMP, (5, 3)),
        (b"\xff\xd8\xff", ()),
        (b"GIF8", ()),
        (b"", ()),
    ],
)
def test_size_of_a_picture(content: bytes, size: tuple[int, ...]) -> None:
    assert picture_size(content) == size

"""Reading forms, as other people's libraries write them."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.sandbox.contract.forms import FilePart, read_form

BODY = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\nx\r\n--b--\r\n'


@given(st.binary(), st.text(st.characters(codec="utf-8", exclude_categories=["C"])))
def test_any_file_and_any_text(content: bytes, text: str) -> None:
    files = {"file": ("łąka.png", content, "image/png")}
    request = httpx.Request("POST", "http://a.example", files=files, data={"title": text})

    form = read_form(request.headers["Content-Type"], request.read())

    assert form == {"file": FilePart("łąka.png", "image/png", content), "title": text}


def test_a_file_without_type_is_text() -> None:
    form = read_form("multipart/form-data; boundary=b", BODY)
    assert form == {"file": FilePart("a.png", "text/plain", b"x")}


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", BODY),
        ("multipart/form-data; boundary=other", BODY),
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data; boundary=b", BODY.removesuffix(b"--b--\r\n")),
        ("multipart/form-data; boundary=b", BODY.replace(b' name="file";', b"")),
        ("text/plain; boundary=b", BODY),
    ],
)
def test_what_is_no_form(content_type: str, body: bytes) -> None:
    with pytest.raises(ValueError, match=r"^(not a form|a part without a name)$"):
        read_form(content_type, body)

import pytest

from prefect_getresponse import GetResponseCredentials, Upload, ValidationFailed
from prefect_getresponse.tasks.multimedia import list_images, upload_image
from tests.conftest import Run


def test_an_uploaded_image_is_listed(run: Run, credentials: GetResponseCredentials) -> None:
    content = bytes(range(256))
    image = run(upload_image, credentials, file=Upload('Łąka "2".PNG', content))

    assert (image.get("extension"), image.get("size")) == ("png", "256")
    assert run(list_images, credentials) == [image]


def test_other_files_are_refused(run: Run, credentials: GetResponseCredentials) -> None:
    with pytest.raises(ValidationFailed, match="Extension is none of jpg"):
        run(upload_image, credentials, file=Upload("prices.pdf", b"%PDF"))

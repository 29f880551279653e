from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.tasks.tracking import get_tracking, list_facebook_pixels
from tests.conftest import Run


def test_snippets_and_pixels(run: Run, credentials: GetResponseCredentials) -> None:
    [tracking] = run(get_tracking, credentials)
    [pixel] = run(list_facebook_pixels, credentials)

    assert tracking.get("snippet", "").startswith("<script")
    assert pixel.keys() == {"name", "pixelId"}

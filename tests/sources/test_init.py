import gzip

import pytest

from prefect_getresponse.sources import CsvSource, JsonlSource, open_source
from tests.sources.conftest import Write


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.csv", CsvSource),
        ("a.TSV", CsvSource),
        ("a.csv.gz", CsvSource),
        ("a.2026-01-01", JsonlSource),
        ("export", JsonlSource),
        ("a.jsonl", JsonlSource),
        ("a.NDJSON.gz", JsonlSource),
        ("a.json", JsonlSource),
    ],
)
def test_the_name_tells_the_kind(write: Write, name: str, kind: type) -> None:
    text = '{"email": "a@example.com"}\n{"email": "b@example.com"}\n'
    data = gzip.compress(text.encode()) if name.endswith("gz") else text.encode()
    assert isinstance(open_source(write(data, name)), kind)


def test_the_location_may_be_text_or_path(write: Write) -> None:
    path = write("Email\na@example.com\n", "a.csv")
    assert open_source(path).location == open_source(str(path)).location == str(path)

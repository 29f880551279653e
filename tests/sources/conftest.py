from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[[str | bytes, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file as the bytes say; a text becomes UTF-8 with its line ends as they are."""

    def write_file(content: str | bytes, name: str) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file

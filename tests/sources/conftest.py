from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest

from prefect_getresponse.sources.storage.places import Place, place

Write = Callable[[str | bytes, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file as the bytes say; a text becomes UTF-8 with its line ends as they are."""

    def write_file(content: str | bytes, name: str) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


class Drip(BytesIO):
    """A file that gives few bytes at a time, as a network may."""

    def __init__(self, content: bytes, size: int) -> None:
        super().__init__(content)
        self._size = size

    def read(self, size: int | None = -1, /) -> bytes:
        """Read a few bytes, however many are asked for."""
        return super().read(self._size)


class DrippingPlace:
    """A file of the disk whose storage gives few bytes at a time."""

    def __init__(self, path: Path, size: int) -> None:
        found: Place = place(path)
        self.location, self.name, self.size = found.location, found.name, found.size
        self.content_hash = found.content_hash
        self._path, self._bytes = path, size

    def open(self) -> BinaryIO:
        """Open the file for reading."""
        return Drip(self._path.read_bytes(), self._bytes)

    def version(self, file: BinaryIO) -> object:
        """It never changes."""
        return self.name

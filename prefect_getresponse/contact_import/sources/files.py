"""Bytes of a local file: plain or gzip, within limits, watched for changes."""

import gzip
import hashlib
import os
import re
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from prefect_getresponse.contact_import.errors import (
    EmptySource,
    SourceChanged,
    SourceNotFound,
    UnreadableSource,
)

CHUNK_BYTES = 1 << 18
MAX_BYTES = 1 << 34
"""Largest uncompressed source that is read: 16 GiB, about 100 million rows."""
MAX_GZIP_RATIO = 100
_RATIO_GRACE_BYTES = 1 << 24
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_GZIP_MAGIC = b"\x1f\x8b"

# First bytes of files that are offered for import but are not text, and what to do instead.
_BINARY_MAGIC = {
    b"PK\x03\x04": ("a zip archive or an Excel workbook", "Unpack it, or save it as CSV UTF-8"),
    b"\xd0\xcf\x11\xe0": ("an Excel 97 workbook", "Save it as CSV UTF-8"),
    b"PAR1": ("a Parquet file", "Export it as CSV or JSON Lines"),
    b"%PDF": ("a PDF document", "Export the data as CSV"),
    b"BZh": ("compressed with bzip2", "Unpack it, or compress it with gzip"),
    b"\xfd7zXZ": ("compressed with xz", "Unpack it, or compress it with gzip"),
    b"\x28\xb5\x2f\xfd": ("compressed with zstd", "Unpack it, or compress it with gzip"),
    b"SQLite format 3": ("an SQLite database", "Export the table as CSV"),
}


class ByteFile:
    """A regular file whose bytes can be read several times, decompressed on the way.

    Args:
        location: Path of the file. A symbolic link is followed, but keeps its own name as identity.

    Raises:
        SourceNotFound: There is no such file, or it is a directory, pipe or device.
        EmptySource: The file has no bytes.
        UnreadableSource: The file may not be opened, or is of a binary format.
    """

    def __init__(self, location: str | os.PathLike[str]) -> None:
        self.path = _absolute(location)
        self.name = self.path.name
        self._stat = _regular_file(self.path, self.name)
        self._position = 0
        head = self.head(64)
        if not head:
            raise EmptySource("the file is empty", "Check the export that writes it", self.name)
        for magic, (kind, advice) in _BINARY_MAGIC.items():
            if head.startswith(magic):
                raise UnreadableSource(f"this is {kind}, not text", advice, self.name)

    @property
    def size(self) -> int:
        """Size on disk in bytes, when the file was opened."""
        return self._stat.st_size

    def progress(self) -> tuple[int, int]:
        """Return the bytes read from disk by the latest `chunks()`, and their total."""
        return self._position, self.size

    def fingerprint(self) -> str:
        """Return the BLAKE2b hash of the bytes on disk, 32 hexadecimal digits."""
        digest = hashlib.blake2b(digest_size=16)
        with self._open() as file:
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
        return digest.hexdigest()

    def head(self, size: int) -> bytes:
        """Return up to `size` bytes from the (decompressed) start."""
        head = b""
        for chunk in self.chunks():
            head += chunk
            if len(head) >= size:
                break
        self._position = 0
        return head[:size]

    def chunks(self) -> Iterator[bytes]:
        """Yield the (decompressed) bytes.

        Raises:
            UnreadableSource: The gzip data are damaged or grow beyond the limits.
            SourceChanged: The file was written to since it was opened.
        """
        total = 0
        with self._open() as file:
            compressed = file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
            file.seek(0)
            stream = gzip.GzipFile(fileobj=file) if compressed else file
            while chunk := self._read(stream):
                total += len(chunk)
                self._position = file.tell()
                self._check_limits(total, self._position)
                yield chunk
            self._check_unchanged(os.fstat(file.fileno()))

    def _open(self) -> BinaryIO:
        try:
            file = self.path.open("rb")
        except OSError as error:
            raise UnreadableSource(
                f"the file cannot be opened: {error.strerror}", "Check its permissions", self.name
            ) from error
        try:
            self._check_unchanged(os.fstat(file.fileno()))
        except SourceChanged:
            file.close()
            raise
        return file

    def _read(self, stream: BinaryIO | gzip.GzipFile) -> bytes:
        try:
            return stream.read(CHUNK_BYTES)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise UnreadableSource(
                f"the gzip data are damaged or cut off ({error})",
                "Transfer the file again",
                self.name,
            ) from error
        except OSError as error:
            raise UnreadableSource(
                f"the file cannot be read: {error.strerror}", "Check the disk", self.name
            ) from error

    def _check_limits(self, total: int, on_disk: int) -> None:
        if total > MAX_BYTES:
            raise UnreadableSource(
                f"the source is larger than {MAX_BYTES >> 30} GiB", "Split it", self.name
            )
        if total > _RATIO_GRACE_BYTES and total > MAX_GZIP_RATIO * on_disk:
            raise UnreadableSource(
                f"the gzip data unpack to more than {MAX_GZIP_RATIO} times their size",
                "If that is right, unpack the file first",
                self.name,
            )

    def _check_unchanged(self, now: os.stat_result) -> None:
        def identity(found: os.stat_result) -> tuple[int, ...]:
            return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns

        if identity(now) != identity(self._stat):
            raise SourceChanged(
                "the file was changed while it was read",
                "Start again when the export has finished",
                self.name,
            )


def _absolute(location: str | os.PathLike[str]) -> Path:
    path = Path(location)
    if _URL.match(os.fspath(location)):
        raise SourceNotFound(f"{location} is a URL", "Download it, and name the file")
    try:
        return path.expanduser().absolute()
    except RuntimeError:  # there is no user of that name
        return path.absolute()


def _regular_file(path: Path, name: str) -> os.stat_result:
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise SourceNotFound(
            f"there is no file {path}", "Check the path, it must name one file"
        ) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise SourceNotFound(f"{path} cannot be reached: {reason}", "Check the path") from error
    if not stat.S_ISREG(found.st_mode):
        kind = "a directory" if stat.S_ISDIR(found.st_mode) else "not a regular file"
        raise SourceNotFound(f"this is {kind}", "Name one file", name)
    return found

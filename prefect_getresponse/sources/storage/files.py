"""Bytes of a file: plain, gzip or zip, within limits, watched for changes."""

import codecs
import hashlib
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import BinaryIO

from prefect_getresponse.settings import GetResponseSettings
from prefect_getresponse.sources.errors import (
    EmptySource,
    ImportInputError,
    SourceChanged,
    UnreadableSource,
)
from prefect_getresponse.sources.storage.packing import damage, member_name, office_kind, unpacked
from prefect_getresponse.sources.storage.places import Location, place, unreachable

CHUNK_BYTES = 1 << 18
MAX_BYTES = 1 << 34
"""Largest uncompressed source that is read: 16 GiB, about 100 million rows."""
_RATIO_GRACE_BYTES = 1 << 24

# First bytes of files that are offered for import but are not text, and what to do instead.
_BINARY_MAGIC = {
    b"PK\x03\x04": ("an archive or a workbook in another archive", "Unpack it first"),
    b"PK\x05\x06": ("an empty archive", "Check the export that writes it"),
    b"\x1f\x8b": ("a packed file in another one", "Unpack it first"),
    b"\xd0\xcf\x11\xe0": ("an Excel 97 workbook", "Save it as CSV UTF-8"),
    b"PAR1": ("a Parquet file", "Give it a name that ends in .parquet"),
    b"%PDF": ("a PDF document", "Export the data as CSV"),
    b"BZh": ("compressed with bzip2", "Unpack it, or compress it with gzip"),
    b"\xfd7zXZ": ("compressed with xz", "Unpack it, or compress it with gzip"),
    b"\x28\xb5\x2f\xfd": ("compressed with zstd", "Unpack it, or compress it with gzip"),
    b"SQLite format 3": ("an SQLite database", "Export the table as CSV"),
}

# Texts that are no tables. Web pages often come with a name that ends in .xls.
_WEB_PAGE = ("a web page", "Open it in a spreadsheet and save it as CSV UTF-8")
_MARKUP = {
    b"<!doctype html": _WEB_PAGE,
    b"<html": _WEB_PAGE,
    b"<table": _WEB_PAGE,
    b"<?xml": ("XML", "Export the data as CSV"),
    b"begin:vcard": ("address cards (vCard)", "Export the contacts as CSV"),
}


class ByteFile:
    """A file whose bytes can be read several times, decompressed on the way.

    Args:
        location: Path or URL of the file.
        binary: Whether the bytes are not a text: they are neither looked at nor unpacked.
        most: Most bytes, unpacked.

    Raises:
        SourceNotFound: There is no such file, or it is a directory, pipe or device.
        EmptySource: The file has no bytes.
        UnreadableSource: The file may not be opened, or is of a binary format.
    """

    def __init__(self, location: Location, *, binary: bool = False, most: int = MAX_BYTES) -> None:
        self._place = place(location)
        self.location = self._place.location
        self.name = self._place.name
        self._binary = binary
        self._most = most
        self._version: object = None
        self._position = 0
        self._most_times = 0.0
        self._digest = ""
        self._head = b""
        head = self.head(64)
        if not head:
            raise EmptySource("the file is empty", "Check the export that writes it", self.name)
        for magic, (kind, advice) in _BINARY_MAGIC.items():
            if head.startswith(magic) and not binary:
                raise UnreadableSource(f"this is {kind}, not text", advice, self.name)
        for mark, (kind, advice) in _MARKUP.items():
            if head.removeprefix(codecs.BOM_UTF8).lstrip().lower().startswith(mark):
                raise UnreadableSource(f"this is {kind}, not a table", advice, self.name)

    @property
    def size(self) -> int:
        """Size on disk in bytes, when the file was opened."""
        return self._place.size

    def progress(self) -> tuple[int, int]:
        """Return the bytes read from disk by the latest `chunks()`, and their total."""
        return self._position, self.size

    def fingerprint(self) -> str:
        """Return a hash of the content, 32 hexadecimal digits.

        It is of the storage's own hash where there is one, so that the file is not fetched, and of
        the bytes otherwise: as they were read, if all of them were.
        """
        with self.open() as file:
            if not self._digest:
                digest = self._begun_digest()
                while not self._place.content_hash and (chunk := self._read(file)):
                    digest.update(chunk)
                self._digest = digest.hexdigest()
        return self._digest

    def has_changed(self) -> bool:
        """Whether the file is another one than the one that was opened first, or is gone."""
        try:
            self.open().close()
        except ImportInputError:
            return True
        return False

    def _begun_digest(self) -> "hashlib.blake2b":
        return hashlib.blake2b((self._place.content_hash or "").encode(), digest_size=16)

    def head(self, size: int) -> bytes:
        """Return up to `size` bytes from the (decompressed) start."""
        if len(self._head) < size:
            self._head = b""
            for chunk in self.chunks():
                self._head += chunk
                if len(self._head) >= size:
                    break
            self._position = 0
        return self._head[:size]

    def chunks(self) -> Iterator[bytes]:
        """Yield the (decompressed) bytes.

        Raises:
            UnreadableSource: Packed data are damaged or grow beyond the limits.
            SourceChanged: The file was written to since it was opened.
        """
        total = 0
        with self.open() as file, self._unpacked(file) as stream:
            digest = None
            if stream is file and not self._digest and not self._place.content_hash:
                digest = self._begun_digest()
            while chunk := self._read(stream):
                if digest:
                    digest.update(chunk)
                total += len(chunk)
                self._position = file.tell()
                self._check_limits(total, self._position)
                yield chunk
            self._position = self.size
            self.check_unchanged(file)
            if digest:
                self._digest = digest.hexdigest()

    def open(self) -> BinaryIO:
        """Open the file for reading its bytes as they are.

        Raises:
            UnreadableSource: It cannot be opened.
            SourceChanged: It was written to since it was opened first.
        """
        file = self._place.open()
        try:
            self.check_unchanged(file)
        except BaseException:
            file.close()
            raise
        return file

    @contextmanager
    def _unpacked(self, file: BinaryIO) -> Generator[BinaryIO]:
        if self._binary:
            yield file
            return
        with ExitStack() as stack:
            with _reaching(self.name):
                stream = stack.enter_context(unpacked(file, self.name))
            yield stream

    def _read(self, stream: BinaryIO) -> bytes:
        with _reaching(self.name):
            return stream.read(CHUNK_BYTES)

    def _check_limits(self, total: int, on_disk: int) -> None:
        if total > self._most:
            raise UnreadableSource(
                f"the source is larger than {self._most >> 30} GiB", "Split it", self.name
            )
        if total <= _RATIO_GRACE_BYTES:
            return
        self._most_times = self._most_times or GetResponseSettings().source_max_ratio
        if total > self._most_times * on_disk:
            raise UnreadableSource(
                f"the packed data become more than {self._most_times:g} times as large",
                "If that is right, unpack the file first, or raise"
                " PREFECT_INTEGRATIONS_GETRESPONSE_SOURCE_MAX_RATIO",
                self.name,
            )

    def check_unchanged(self, file: BinaryIO) -> None:
        """Make sure that the file is still the one that was opened first.

        Raises:
            SourceChanged: It was written to.
        """
        version = self._place.version(file)
        self._version = self._version or version
        if version != self._version:
            raise SourceChanged(
                "the file was changed while it was read",
                "Start again when the export has finished",
                self.name,
            )


def name_in_archive(location: Location) -> str:
    """Return the name of the one file of a zip archive; empty if the file is no archive.

    Raises:
        ImportInputError: It cannot be read, or not as one file.
    """
    found = place(location)
    with found.open() as file, _reaching(found.name):
        return member_name(file, found.name)


def is_workbook(location: Location) -> bool:
    """Tell whether a file is an archive that programs for spreadsheets write."""
    with place(location).open() as file:
        return bool(office_kind(file))


@contextmanager
def _reaching(name: str) -> Generator[None]:
    try:
        yield
    except ImportInputError:
        raise
    except Exception as error:  # every storage has errors of its own
        raise damage(error, name) or unreachable(error, name) from None

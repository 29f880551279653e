"""What a file that should be a workbook is, told from its bytes before anything parses it."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

from prefect_getresponse.sources.errors import ImportInputError, UnreadableSource

SUFFIXES = (".xlsx", ".xlsm", ".ods")
MAX_PARTS = 10_000
MAX_UNPACKED = 1 << 31
_OLE = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_PROTECTED = "EncryptedPackage".encode("utf-16-le")
_SEARCHED = 1 << 22


def check_workbook(file: BinaryIO, source: str) -> None:
    """Make sure that a file is a workbook that can be read.

    Args:
        file: The file, to be read from its start.
        source: Name of the source for messages.

    Raises:
        UnreadableSource: It is something else, protected by a password, damaged, or too large.
    """
    file.seek(0)
    head = file.read(_SEARCHED)
    file.seek(0)
    if head.startswith(_OLE):
        raise _of_ole(head, source)
    if not head.startswith(_ZIP):
        raise UnreadableSource(
            "this is not a workbook", "If it is a text, give it a name that ends in .csv", source
        )
    try:
        with zipfile.ZipFile(file) as archive:
            _check_parts(archive, source)
    except ImportInputError:
        raise
    except Exception as error:  # a damaged index has many
        raise damaged(type(error).__name__, source) from None


def damaged(kind: str, source: str) -> UnreadableSource:
    """Return the error of a workbook that is damaged."""
    return UnreadableSource(
        f"the workbook is damaged or cut off ({kind})",
        "Transfer the file again, or open it and save it again",
        source,
    )


def protected(source: str) -> UnreadableSource:
    """Return the error of a workbook that needs a password."""
    return UnreadableSource(
        "the workbook is protected by a password", "Save it without a password", source
    )


def _of_ole(head: bytes, source: str) -> UnreadableSource:
    if _PROTECTED in head:
        return protected(source)
    return UnreadableSource("this is an Excel 97 workbook", "Save it as .xlsx", source)


def _check_parts(archive: zipfile.ZipFile, source: str) -> None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "xl/workbook.bin" in names:
        raise UnreadableSource("this is a binary workbook (XLSB)", "Save it as .xlsx", source)
    if not names & {"xl/workbook.xml", "content.xml"}:
        raise UnreadableSource(
            "this is an archive and not a workbook",
            "Name a file that ends in .xlsx or .ods",
            source,
        )
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise UnreadableSource(
            f"the workbook unpacks to more than {MAX_UNPACKED >> 30} GiB",
            "Save the sheet alone, as .xlsx or CSV UTF-8",
            source,
        )
    if "content.xml" in names:
        _check_open_document(archive, names, source)


def _check_open_document(archive: zipfile.ZipFile, names: set[str], source: str) -> None:
    manifest = "META-INF/manifest.xml"
    if manifest in names:
        with archive.open(manifest) as stream:
            if b"encryption-data" in stream.read(_SEARCHED):
                raise protected(source)
    with archive.open("content.xml") as stream:
        if b"opendocument" not in stream.read(1 << 14):
            raise damaged("no OpenDocument", source)

"""What is in a packed file: gzip data, or the one file of a zip archive."""

import gzip
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from prefect_getresponse.sources.errors import ImportInputError, UnreadableSource, listed

_GZIP_MAGIC = b"\x1f\x8b"
_ZIP_MAGIC = b"PK\x03\x04"
# `zipfile` unpacks these to as much as is asked for; a little bzip2 may become 100 MB at once.
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_IS_ENCRYPTED = 1
_OFFICE = {
    "[Content_Types].xml": ("an Excel workbook", ".xlsx"),
    "mimetype": ("an OpenDocument file", ".ods"),
}


@contextmanager
def unpacked(file: BinaryIO, source: str) -> Generator[BinaryIO]:
    """Give the stream of what is in a file; of one that is not packed, the file itself.

    The first bytes decide, not the name.

    Args:
        file: The file at its start.
        source: Name of the source for messages.

    Raises:
        UnreadableSource: It is a zip archive that cannot be read as one text.
    """
    magic = file.read(len(_ZIP_MAGIC))
    file.seek(0)
    if magic == _ZIP_MAGIC:
        with _opened(file, source) as archive:
            yield cast(BinaryIO, archive.open(_only_file(archive, source)))
    elif magic.startswith(_GZIP_MAGIC):
        yield cast(BinaryIO, gzip.GzipFile(fileobj=file))
    else:
        yield file


def damage(error: Exception, source: str) -> ImportInputError | None:
    """Return the error of damaged data for one of the libraries; None if it is of another kind."""
    if isinstance(error, zipfile.BadZipFile):
        kind, reason = "zip", "the archive does not agree with its checksum or index"
    elif isinstance(error, EOFError | zlib.error | gzip.BadGzipFile):
        kind, reason = "packed", str(error)
    else:
        return None
    return UnreadableSource(
        f"the {kind} data are damaged or cut off ({reason})", "Transfer the file again", source
    )


def member_name(file: BinaryIO, source: str) -> str:
    """Return the name of the one file of a zip archive; empty if the file is no archive.

    Raises:
        UnreadableSource: It is an archive that cannot be read as one text.
    """
    if file.read(len(_ZIP_MAGIC)) != _ZIP_MAGIC:
        return ""
    with _opened(file, source) as archive:
        return _only_file(archive, source).filename


def office_kind(file: BinaryIO) -> str:
    """Return the kind of an archive that programs for offices write; empty for all other files."""
    with suppress(Exception), zipfile.ZipFile(file) as archive:  # a damaged index has many errors
        names = set(archive.namelist())
        return next((kind for name, (kind, _) in _OFFICE.items() if name in names), "")
    return ""


def _opened(file: BinaryIO, source: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except Exception as error:  # a damaged index has many
        raise UnreadableSource(
            f"the zip data are damaged or cut off ({type(error).__name__})",
            "Transfer the file again",
            source,
        ) from None


def _only_file(archive: zipfile.ZipFile, source: str) -> zipfile.ZipInfo:
    """Return the only file; folders, and what macOS adds to archives, do not count."""
    members = [info for info in archive.infolist() if not info.is_dir()]
    names = {info.filename for info in members}
    for name, (kind, suffix) in _OFFICE.items():
        if name in names:
            advice = f"Give it a name that ends in {suffix}"
            raise UnreadableSource(f"this is {kind}, not text", advice, source)
    members = [info for info in members if not _is_hidden(info.filename)]
    if len(members) != 1:
        found = [info.filename for info in members]
        what = f"{len(found)} files, {listed(found)}" if found else "no files"
        raise UnreadableSource(
            f"the archive holds {what}", "Unpack it and import the file you mean", source
        )
    _check(members[0], source)
    return members[0]


def _is_hidden(name: str) -> bool:
    path = PurePosixPath(name)
    return path.parts[:1] == ("__MACOSX",) or path.name.startswith("._") or path.name == ".DS_Store"


def _check(info: zipfile.ZipInfo, source: str) -> None:
    path = PurePosixPath(info.filename.replace("\\", "/"))
    if ".." in path.parts or path.is_absolute() or ":" in info.filename:
        what = "a file whose name leads out of it"
    elif info.flag_bits & _IS_ENCRYPTED:
        what = "a file that needs a password"
    elif info.compress_type not in _METHODS:
        what = "a file that is not packed with deflate"
    else:
        return
    raise UnreadableSource(f"the archive holds {what}", "Unpack it first", source)

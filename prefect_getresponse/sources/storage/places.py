"""Where the bytes of a file are: on this machine, or behind a URL that fsspec can read."""

import errno
import os
import re
import stat
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast
from urllib.parse import unquote, urlsplit, urlunsplit

from prefect_getresponse.client.errors import MORE_OPEN_FILES
from prefect_getresponse.sources.errors import (
    ImportInputError,
    SourceNotFound,
    UnreadableSource,
)
from prefect_getresponse.sources.storage import web

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_VERSION_KEYS = ("ETag", "etag", "md5Hash", "mtime", "LastModified", "last_modified", "created")
_HASH_KEYS = ("ETag", "etag", "md5Hash")


class Place(Protocol):
    """One file, wherever it is.

    Attributes:
        location: Canonical location without secrets; it identifies the file from night to night.
        name: Name of the file, for people.
        size: Its size in bytes.
        content_hash: A hash of the content that the storage keeps, or None.
    """

    location: str
    name: str
    size: int
    content_hash: str | None

    def open(self) -> BinaryIO:
        """Open the file for reading.

        Raises:
            UnreadableSource: It cannot be opened.
        """
        ...

    def version(self, file: BinaryIO) -> object:
        """Return what tells one state of the file from another.

        Args:
            file: The file as `open` returned it.
        """
        ...


Location = str | os.PathLike[str] | Place
"""A path, a URL, or a place that was found already."""


def is_url(location: str | os.PathLike[str]) -> bool:
    """Tell whether a location is a URL, and not a path."""
    return _URL.match(os.fspath(location)) is not None


def public_url(url: str) -> str:
    """Return a URL without user, password, query and fragment, which may all be secret."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def short_name(location: Location) -> str:
    """Return what people may see of a location before it is opened: the last part of its path."""
    if not isinstance(location, str | os.PathLike):
        return location.name
    text = os.fspath(location)
    if not is_url(text):
        return text.rstrip("/").rpartition("/")[2]
    scheme = text.partition(":")[0]
    try:
        parts = urlsplit(text)
    except ValueError:
        return scheme
    if "@" in parts.query + parts.fragment:  # a password may begin before them
        return scheme
    path = public_url(text).removeprefix(f"{scheme}:").rstrip("/")
    return path.rpartition("/")[2] or scheme


def place(location: Location) -> Place:
    """Find a file.

    Raises:
        SourceNotFound: There is no such file, or the location cannot be understood.
        UnreadableSource: It cannot be reached.
    """
    if not isinstance(location, str | os.PathLike):
        return location
    if not is_url(location):
        return LocalPlace(location)
    url = os.fspath(location)
    scheme, _, rest = url.partition("://")
    if scheme in ("file", "local"):
        return LocalPlace(unquote(rest))
    if scheme in web.SCHEMES:
        return web.WebPlace(url)
    return UrlPlace(url)


class LocalPlace:
    """A regular file on this machine.

    Args:
        location: Path of the file. A symbolic link is followed, but keeps its own name as identity.
    """

    def __init__(self, location: str | os.PathLike[str]) -> None:
        self.path = absolute(location)
        self.location = str(self.path)
        self.name = self.path.name
        self.size = _regular_file(self.path, self.name).st_size
        self.content_hash: str | None = None

    def open(self) -> BinaryIO:
        """Open the file for reading."""
        try:
            return self.path.open("rb")
        except OSError as error:
            advice = "Check its permissions"
            if error.errno in (errno.EMFILE, errno.ENFILE):
                advice = MORE_OPEN_FILES
            raise UnreadableSource(
                f"the file cannot be opened: {error.strerror}", advice, self.name
            ) from error

    def version(self, file: BinaryIO) -> object:
        """Return device, inode, size and time of the last change."""
        found = os.fstat(file.fileno())
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


class UrlPlace:
    """A file behind a URL such as `s3://bucket/customers.csv`.

    Keys and endpoints come from the environment, as fsspec and the storage's own tools read them.

    Args:
        url: The URL. What may be secret of it is not shown and no part of the identity.
    """

    def __init__(self, url: str) -> None:
        self.location = public_url(url)
        self.name = short_name(url)
        self._files, self._path = file_system(url)
        info = self._info()
        if info.get("type") == "directory":
            raise SourceNotFound("this is a directory", "Name one file", self.name)
        self.size = int(info.get("size") or 0)
        self.content_hash = next((str(info[key]) for key in _HASH_KEYS if info.get(key)), None)

    def open(self) -> BinaryIO:
        """Open the file; only what is read of it is fetched, where the storage can do that."""
        try:
            return cast(BinaryIO, self._files.open(self._path, "rb"))
        except Exception as error:  # every storage has errors of its own
            raise unreachable(error, self.name) from None

    def version(self, file: BinaryIO) -> object:
        """Return size, hash and times as the storage tells them now."""
        info = self._info()
        return info.get("size"), *(str(info.get(key)) for key in _VERSION_KEYS)

    def _info(self) -> dict[str, Any]:
        try:
            self._files.invalidate_cache()
            return cast(dict[str, Any], self._files.info(self._path))
        except FileNotFoundError:
            raise SourceNotFound(
                f"there is no file {self.location}", "Check the URL", self.name
            ) from None
        except Exception as error:  # every storage has errors of its own
            raise unreachable(error, self.name) from None


def file_system(url: str) -> tuple[Any, str]:
    """Return the fsspec file system of a URL, and the path in it.

    Raises:
        SourceNotFound: Nothing can read such URLs, or the package that could is missing.
    """
    # It has no types; and most imports are of local files.
    fsspec: Any = import_module("fsspec")
    scheme = url.partition("://")[0]
    try:
        return cast(tuple[Any, str], fsspec.url_to_fs(url))
    except ImportError:
        known: Any = import_module("fsspec.registry").known_implementations
        advice = known.get(scheme, {}).get("err", "Install the fsspec package for it")
        if scheme in ("s3", "s3a"):
            advice = 'pip install "prefect-getresponse[s3]"'
        raise SourceNotFound(f"{scheme}:// URLs need another package", advice) from None
    except ValueError:
        raise SourceNotFound(
            f"nothing is known that reads {scheme}:// URLs",
            "Check the URL; a database needs --query (query) as well",
        ) from None
    except Exception as error:  # every storage has errors of its own
        raise unreachable(error, short_name(url)) from None


def unreachable(error: Exception, name: str) -> ImportInputError:
    """Return the error of a storage without its text, which may hold keys or signed URLs."""
    reason = (isinstance(error, OSError) and error.strerror) or type(error).__name__
    return UnreadableSource(f"the file cannot be read: {reason}", "Check access to it", name)


def absolute(location: str | os.PathLike[str]) -> Path:
    """Return a path from the root, the user's home folder written out."""
    path = Path(location)
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

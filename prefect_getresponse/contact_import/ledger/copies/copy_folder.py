"""Where copies of ledgers are kept: a folder of this machine, or behind a URL of fsspec."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any, Protocol

from prefect_getresponse.client.errors import GetResponseError, InvalidArguments
from prefect_getresponse.sources.errors import ImportInputError
from prefect_getresponse.sources.storage.places import absolute, file_system, is_url

_WHOLE_OR_NOT = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "memory"})
"""Storages where a file that is being written cannot be seen."""


class CopyFailed(GetResponseError):
    """The copy of the ledger cannot be written or read."""

    default_advice = "Check the place (--ledger-copy, ledger_copy); the same import then goes on."


class CopyFolder(Protocol):
    """A folder that holds files of all workers.

    Each of its methods raises `CopyFailed`, or the error of its storage.
    """

    def names(self) -> list[str]:
        """Names of its files, as they are now."""
        ...

    def put(self, name: str, content: Path) -> None:
        """Write a file; it appears whole or not at all."""
        ...

    def get(self, name: str, target: Path) -> None:
        """Read a file into one of this machine that exists."""
        ...

    def remove(self, name: str) -> None:
        """Delete a file."""
        ...


def copy_folder(location: str) -> CopyFolder:
    """Open the folder of a path or a URL.

    Raises:
        InvalidArguments: Nothing can write to such a place.
    """
    scheme, _, rest = location.partition("://")
    if not is_url(location) or scheme in ("file", "local"):
        return LocalFolder(absolute(rest if is_url(location) else location))
    try:
        return RemoteFolder(location)
    except ImportInputError as error:
        raise InvalidArguments(f"ledger copy: {error.what}", advice=error.advice) from None


class LocalFolder:
    """A folder of this machine, or of a disk that it shares with others.

    Args:
        path: The folder.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def names(self) -> list[str]:
        """Names of its files, as they are now."""
        return [path.name for path in self._path.iterdir()]

    def put(self, name: str, content: Path) -> None:
        """Write a file; it appears whole or not at all."""
        half = self._path / f"{name}.half"
        half.unlink(missing_ok=True)
        handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with content.open("rb") as source, os.fdopen(handle, "wb") as target:
            shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(target.fileno())
        half.replace(self._path / name)

    def get(self, name: str, target: Path) -> None:
        """Read a file into one of this machine that exists."""
        shutil.copyfile(self._path / name, target)

    def remove(self, name: str) -> None:
        """Delete a file."""
        (self._path / name).unlink(missing_ok=True)


class RemoteFolder:
    """A folder behind a URL; keys and endpoints come from the environment.

    Args:
        url: The URL.
    """

    def __init__(self, url: str) -> None:
        self._files: Any
        self._files, self._path = file_system(url.rstrip("/"))
        self._whole_or_not = url.partition("://")[0] in _WHOLE_OR_NOT

    def names(self) -> list[str]:
        """Names of its files, as they are now."""
        self._files.invalidate_cache()
        try:
            found: list[str] = self._files.ls(self._path, detail=False)
        except FileNotFoundError:
            return []
        return [path.rpartition("/")[2] for path in found]

    def put(self, name: str, content: Path) -> None:
        """Write a file; it appears whole or not at all, where the storage can do that."""
        path = f"{self._path}/{name}"
        self._files.makedirs(self._path, exist_ok=True)
        if self._whole_or_not:
            self._files.put_file(str(content), path)
        else:
            self._files.put_file(str(content), f"{path}.half")
            self._files.mv(f"{path}.half", path)

    def get(self, name: str, target: Path) -> None:
        """Read a file into one of this machine that exists."""
        self._files.get_file(f"{self._path}/{name}", str(target))

    def remove(self, name: str) -> None:
        """Delete a file."""
        self._files.rm_file(f"{self._path}/{name}")

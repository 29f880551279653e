"""A file behind an `https://` address: fetched once, within limits, wherever it has moved to."""

from __future__ import annotations

import io
import re
import tempfile
import time
import weakref
from contextlib import suppress
from pathlib import PurePosixPath
from threading import Lock
from typing import Any, BinaryIO, cast
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx

from prefect_getresponse.sources.errors import SourceNotFound, UnreadableSource
from prefect_getresponse.sources.storage.public_hosts import MOVED, PrivateHost, bound

SCHEMES = ("http", "https")
MAX_BYTES = 1 << 32
MAX_REDIRECTS = 5
MAX_SECONDS = 3600.0
_CONNECT_SECONDS, _READ_SECONDS = 15.0, 60.0
_GOOGLE_SHEET = re.compile(r"(/spreadsheets/d/[\w-]+)(?:/(?:edit|view|htmlview).*)?/?")
# What of a query names a table, and is no secret; the rest may be a key or a signature.
_NAMES_A_TABLE = ("gid", "format")
_FILE_NAME = re.compile(r"filename=\"?([^\";\r\n]{1,200})")


class WebPlace:
    """A file that a web server gives.

    It is fetched once, so that all readings see the same bytes, into a file that no name leads to.
    A redirect is followed to the same scheme and to public hosts only: a server must not make a
    worker ask other servers of its network.

    Args:
        url: The address. The page of a Google Sheet stands for its export.
        transport: What carries requests; `None` for the network.

    Raises:
        SourceNotFound: There is no such file.
        UnreadableSource: It cannot be fetched, is too large, or leads elsewhere.
    """

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None) -> None:
        self._transport = transport
        self._url = _export_of(url)
        parts = urlsplit(self._url)
        self._host = parts.hostname or "?"
        query = [(key, value) for key, value in parse_qsl(parts.query) if key in _NAMES_A_TABLE]
        asked = f"?{urlencode(query)}" if query else ""
        self.location = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}{asked}"
        self.name = PurePosixPath(parts.path).name or self._host
        self.content_hash: str | None = None
        self._lock = Lock()
        self._file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - open as long as this
        weakref.finalize(self, self._file.close)
        self._fetch()
        self.size = self._file.seek(0, io.SEEK_END)

    def open(self) -> BinaryIO:
        """Open the file for reading."""
        return cast(BinaryIO, io.BufferedReader(_View(self._file, self._lock)))

    def version(self, file: BinaryIO) -> object:
        """Return the same for ever: what was fetched does not change."""
        return self.size

    def _fetch(self) -> None:
        deadline = time.monotonic() + MAX_SECONDS
        timeout = httpx.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS)
        url = self._url
        try:
            with httpx.Client(timeout=timeout, transport=self._transport) as client:
                for hop in range(MAX_REDIRECTS + 1):
                    asked: dict[str, Any] = bound(url) if hop else {"url": url}
                    with client.stream("GET", **asked) as answer:
                        if answer.status_code not in MOVED:
                            self._take(answer, deadline)
                            return
                        url = self._next(url, answer.headers.get("Location", ""))
        except PrivateHost as error:
            raise UnreadableSource(
                "the file is redirected to a private network", "Give its own URL", error.host
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise self._failed(f"cannot be fetched ({type(error).__name__})") from None
        raise self._failed(f"is redirected more than {MAX_REDIRECTS} times")

    def _take(self, answer: Any, deadline: float) -> None:
        if answer.status_code in (404, 410):
            raise SourceNotFound("there is no file at this address", "Check the URL", self._host)
        if answer.status_code != 200:
            what = f"cannot be fetched (HTTP {answer.status_code})"
            raise self._failed(what, "Check that the URL needs no login")
        if named := _FILE_NAME.search(answer.headers.get("Content-Disposition", "")):
            self.name = PurePosixPath(named[1].replace("\\", "/")).name or self.name
        taken = 0
        for chunk in answer.iter_bytes(1 << 18):
            taken += self._file.write(chunk)
            if taken > MAX_BYTES or time.monotonic() > deadline:
                limit = f"{MAX_BYTES >> 30} GiB or {MAX_SECONDS:.0f} s"
                raise self._failed(f"takes more than {limit}", "Fetch it yourself and split it")

    def _next(self, url: str, target: str) -> str:
        moved = urljoin(url, target)
        host = urlsplit(moved).hostname or "nowhere"
        if urlsplit(moved).scheme != urlsplit(url).scheme:
            raise self._failed("is redirected to another scheme", f"Give the URL at {host} itself")
        return moved

    def _failed(self, what: str, advice: str = "Check the URL") -> UnreadableSource:
        return UnreadableSource(f"the file {what}", advice, self._host)


class _View(io.RawIOBase):
    """A reading of a file that others read, too."""

    def __init__(self, file: BinaryIO, lock: Lock) -> None:
        self._shared = file
        self._lock = lock
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        with self._lock:
            base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at}.get(whence)
            self._at = offset + (self._shared.seek(0, io.SEEK_END) if base is None else base)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        with self._lock:
            self._shared.seek(self._at)
            data = self._shared.read(len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def _export_of(url: str) -> str:
    """Return the export of a Google Sheet for the page that people copy from their browser."""
    with suppress(ValueError):
        parts = urlsplit(url)
        sheet = _GOOGLE_SHEET.fullmatch(parts.path)
        if parts.hostname == "docs.google.com" and sheet:
            gid = dict(parse_qsl(parts.fragment) + parse_qsl(parts.query)).get("gid", "0")
            query = urlencode({"format": "csv", "gid": gid})
            return parts._replace(path=f"{sheet[1]}/export", query=query, fragment="").geturl()
    return url

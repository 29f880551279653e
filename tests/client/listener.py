"""A thread that takes connections of a real socket, one after another."""

from __future__ import annotations

import contextlib
import socket
import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Listener(ABC):
    """Meets whoever connects, from `with` on.

    Attributes:
        at_once: Whether all connections are met at the same time, and not one after another.
        address: Host and port.
    """

    at_once = False

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            if self.at_once:
                threading.Thread(target=self._meet, args=(connection,), daemon=True).start()
            else:
                self._meet(connection)

    def _meet(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            self.meet(connection)

    @abstractmethod
    def meet(self, connection: socket.socket) -> None:
        """Do what is to be done with a connection; it is closed afterwards."""

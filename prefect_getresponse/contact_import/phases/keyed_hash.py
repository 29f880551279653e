"""Addresses as hashes that only this deployment can make: equal ones meet, none can be guessed."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

KEY_FILE = "hash.key"
_DIGITS = 16


class KeyedHash:
    """Makes hashes with the key of a state folder, which is made when it is missing.

    Args:
        folder: The state folder.
    """

    def __init__(self, folder: Path) -> None:
        file = folder / KEY_FILE
        with suppress(FileExistsError):
            half = folder / f"{KEY_FILE}.{os.getpid()}"
            handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as new:
                new.write(secrets.token_bytes(32))
            try:
                os.link(half, file)  # whole or not at all, and never over another
            finally:
                half.unlink()
        self._key = file.read_bytes()

    def of(self, text: str) -> str:
        """HMAC-SHA256 of a text, 16 hexadecimal digits; nothing of nothing."""
        if not text:
            return ""
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:_DIGITS]

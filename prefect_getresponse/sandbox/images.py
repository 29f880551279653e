"""Images that the sandbox makes up, such as thumbnails."""

from __future__ import annotations

import struct
import zlib

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_EIGHT_BITS_GREY = (8, 0, 0, 0, 0)


def png(width: int, height: int, shade: int = 200) -> bytes:
    """Draw a grey PNG image.

    Args:
        width: Pixels.
        height: Pixels.
        shade: From 0, black, to 255, white.
    """
    header = struct.pack(">II5B", width, height, *_EIGHT_BITS_GREY)
    row = b"\0" + bytes([shade]) * width
    pixels = zlib.compress(row * height)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

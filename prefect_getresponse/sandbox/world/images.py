"""Images that the sandbox makes up, such as thumbnails, and those it is sent."""

from __future__ import annotations

import struct
import zlib

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SIZES = ((_SIGNATURE, 16, ">II"), (b"GIF8", 6, "<HH"), (b"BM", 18, "<II"))
"""First bytes, and where width and height stand in which form, of kinds of images."""
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


def picture_size(content: bytes) -> tuple[int, ...]:
    """Return width and height of a PNG, GIF or BMP image in pixels, nothing for other files."""
    for signature, offset, form in _SIZES:
        end = offset + struct.calcsize(form)
        if content.startswith(signature) and len(content) >= end:
            return struct.unpack(form, content[offset:end])
    return ()


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

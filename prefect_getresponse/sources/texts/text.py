"""Lines of text out of bytes: strict decoding, any line end, errors that say where."""

import codecs
import io
from collections.abc import Generator, Iterator

from prefect_getresponse.sources.errors import UnreadableSource
from prefect_getresponse.sources.storage.files import ByteFile
from prefect_getresponse.sources.storage.places import Location
from prefect_getresponse.sources.texts import encodings

MAX_LINE = 1 << 22
"""Longest line and longest record, in characters: 4 MiB."""
_HEAD_BYTES = 1 << 17


class TextFile:
    """A text file, packed or not, that can be read several times.

    Args:
        location: Path or URL of the file.
        encoding: What the user declares; `None` detects UTF-8 and UTF-16.

    Raises:
        ImportInputError: As `ByteFile` and `encodings.resolve` do.
    """

    def __init__(self, location: Location, encoding: str | None = None) -> None:
        self._file = ByteFile(location)
        self.location = self._file.location
        self.name = self._file.name
        self._declared = encoding is not None
        head = self._file.head(_HEAD_BYTES)
        self.encoding, self._mark = encodings.resolve(head, encoding, self.name)

    def fingerprint(self) -> str:
        """Return the hash of the bytes on disk."""
        return self._file.fingerprint()

    def has_changed(self) -> bool:
        """Whether the file is another one than the one that was opened first, or is gone."""
        return self._file.has_changed()

    def progress(self) -> tuple[int, int]:
        """Return bytes read and bytes in total."""
        return self._file.progress()

    def head(self) -> tuple[list[str], bool]:
        """Return the first lines, about 128 KiB, and whether they are all there are.

        Damage behind the first line is left for `lines()` to report.

        Raises:
            UnreadableSource: There is damage in the first line.
        """
        head: list[str] = []
        size = 0
        try:
            for line in self.lines():
                head.append(line)
                size += len(line)
                if size > _HEAD_BYTES:
                    return head, False
        except UnreadableSource as error:
            if not head:
                raise error.at(row=1) from error
            return head, False
        return head, True

    def lines(self) -> Iterator[str]:
        r"""Yield lines with their ends, which may be `\n`, `\r\n` or `\r`, also mixed.

        Raises:
            UnreadableSource: As `blocks` does.
        """
        for block in self.blocks():
            yield from split_lines(block)

    def blocks(self) -> Iterator[str]:
        """Yield the text in pieces of some 256 KiB, each of whole lines.

        Raises:
            UnreadableSource: The text cannot be decoded, holds a zero character or has a line of
                more than 4 MiB. All lines before the damage have been yielded by then.
        """
        rest = ""
        for text in self.pieces():
            text = rest + text
            # The last line may go on in the next piece; so may a `\r` that is half of `\r\n`.
            end = max(text.rfind("\n"), text.rfind("\r", 0, -1)) + 1
            rest = text[end:]
            if end:
                yield text[:end]
            if len(rest) > MAX_LINE:
                raise UnreadableSource(
                    f"a line is longer than {MAX_LINE >> 20} MiB",
                    "Check that the file is text with one record a line",
                    self.name,
                )
        if rest:
            yield rest

    def pieces(self) -> Generator[str]:
        """Yield the text in pieces as they come, whatever its lines are.

        Raises:
            UnreadableSource: The text cannot be decoded or holds a zero character. All before the
                damage has been yielded by then.
        """
        decoder = codecs.getincrementaldecoder(self.encoding)("strict")
        fed = 0
        first = True
        for chunk in self._with_end():
            fed += len(chunk)
            data = chunk[self._mark :] if first else chunk
            first = False
            try:
                text = decoder.decode(data, final=not chunk)
            except UnicodeDecodeError as error:
                damaged, start = error.object, error.start
                # What comes before the damage is handed out, so that the reader knows the row.
                yield damaged[:start].decode(self.encoding, "replace")
                raise self._undecodable(damaged[start:], fed - len(damaged) + start) from error
            except UnicodeError as error:
                raise self._undecodable(b"", fed - len(chunk)) from error
            yield from self._checked(text, fed)

    def _with_end(self) -> Iterator[bytes]:
        """Yield the chunks and then an empty one, which flushes the decoder."""
        yield from self._file.chunks()
        yield b""

    def _checked(self, text: str, fed: int) -> Iterator[str]:
        zero = text.find("\0")
        if zero >= 0:
            yield text[:zero]
            offset = fed - len(text[zero:].encode(self.encoding, "replace"))
            raise UnreadableSource(
                f"the file contains a NUL byte near offset {offset}",
                "The file is damaged or not text; export it again, or give its --encoding",
                self.name,
            )
        if self._declared and not _is_unicode(text):
            raise UnreadableSource(
                f"the text decoded as {self.encoding} is not valid Unicode",
                "Give another --encoding",
                self.name,
            )
        if text:
            yield text

    def _undecodable(self, damaged: bytes, offset: int) -> UnreadableSource:
        shown = f"byte 0x{damaged[0]:02X}" if damaged else "the text"
        guess = encodings.suggest(damaged)
        if guess is not None and guess != self.encoding:
            advice = f"Give the encoding of the file, probably --encoding {guess}"
        else:
            advice = "Export the file as UTF-8, or give its encoding with --encoding"
        return UnreadableSource(
            f"{shown} at offset {offset} is not {self.encoding.upper()}", advice, self.name
        )


def split_lines(text: str) -> list[str]:
    """Return the lines of a text with their ends."""
    return io.StringIO(text, newline="").readlines()


def _is_unicode(text: str) -> bool:
    """Tell whether a text is free of lone surrogates, which nothing downstream can encode."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

"""Which encoding a text is in: detected where that is certain, otherwise only suggested."""

import codecs
from itertools import pairwise

from prefect_getresponse.sources.errors import UnreadableSource

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Codecs that Python calls text encodings although no file is written in them.
_NOT_FOR_FILES = frozenset(
    {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "mbcs", "oem"}
)

# Letters that text in an encoding is mostly made of, beyond ASCII. The order breaks ties.
_USUAL_LETTERS = {
    "cp1252": "äöüßÄÖÜéèêëàâáãåæçñóòôõøœíìîïúùûÉÀÁÅØÇÑ€",
    "cp1250": "ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžČŘŠŽőűăâîșțöüäß",
    "cp1251": "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЭЮЯІЇЄ№",
    "cp1253": "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ",
    "cp1254": "çğıöşüÇĞİÖŞÜâ",
    "iso8859-2": "ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžČŘŠŽőű",
    "mac-roman": "äöüßÄÖÜéèêëàâáãåæçñóòôõøœíìîïúùûÉÀÁÅØÇÑ",
    "cp850": "äöüßÄÖÜéèêëàâáãåæçñóòôøíìîïúùûÉÅØÇÑ",
    "cp932": "".join(map(chr, range(0x3041, 0x30FF))),
}
_SAMPLE_BYTES = 1 << 16
_CONVINCING_SHARE = 0.9
_CONVINCING_SEQUENCES = 3


def resolve(head: bytes, declared: str | None, source: str) -> tuple[str, int]:
    """Return the encoding of a text and the length of its byte order mark.

    UTF-8 and UTF-16 are told apart by their marks, UTF-16 without a mark by its zero bytes.
    Everything else is taken for UTF-8, unless the user declares otherwise; a declaration that the
    bytes contradict is an error, since it would send mangled names.

    Args:
        head: The first bytes of the text.
        declared: What the user says, or `None`.
        source: Name of the source for messages.

    Raises:
        UnreadableSource: The declared encoding is unknown or contradicted by the bytes.
    """
    marked = next(
        ((name, len(mark)) for mark, name in _BYTE_ORDER_MARKS if head.startswith(mark)), None
    )
    if declared is None:
        return marked or (_utf16_without_mark(head) or "utf-8", 0)
    name = _known(declared, source)
    if marked is not None:
        if not marked[0].startswith(name.removesuffix("-sig")):
            raise UnreadableSource(
                f"the file says that it is {marked[0].upper()}, not {declared}",
                "Leave --encoding out",
                source,
            )
        return marked
    if _looks_like_utf8(head) and _is_single_byte(name):
        raise UnreadableSource(f"the file is UTF-8, not {declared}", "Leave --encoding out", source)
    return name.removesuffix("-sig"), 0


def suggest(damaged: bytes) -> str | None:
    """Return the encoding that bytes which are not UTF-8 are probably in.

    It is only ever shown to the user: text is never decoded on a guess.
    """
    sample = damaged[:_SAMPLE_BYTES]
    if _looks_like_utf8(sample):
        return "utf-8"
    best, best_share = None, _CONVINCING_SHARE
    for name, letters in _USUAL_LETTERS.items():
        try:
            # Incremental, since the sample may end within a character.
            text = codecs.getincrementaldecoder(name)().decode(sample)
        except UnicodeDecodeError:
            continue
        share = _share_of_usual(text, letters)
        if share > best_share:
            best, best_share = name, share
    return best


def _share_of_usual(text: str, letters: str) -> float:
    """Return which share of the letters beyond ASCII is usual, also in its case."""
    pairs = [(before, char) for before, char in pairwise(f" {text}") if not char.isascii()]
    usual = [
        char in letters and not (before.islower() and char.isupper()) for before, char in pairs
    ]
    return sum(usual) / max(1, len(usual))


def _known(declared: str, source: str) -> str:
    try:
        name = codecs.lookup(declared).name
        "".encode(name)  # a LookupError for codecs that do not make text, such as base64
    except (LookupError, ValueError, UnicodeError):
        name = "undefined"
    if name in _NOT_FOR_FILES:
        raise UnreadableSource(
            f"there is no encoding called {declared!r}",
            "Name one that Python knows, such as --encoding cp1252",
            source,
        )
    return name


def _utf16_without_mark(head: bytes) -> str | None:
    # ASCII characters, which every header and delimiter has, leave each second byte zero.
    pairs = len(head) // 2
    high, low = head[0 : pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0)
    if low * 3 > pairs and high * 20 < pairs:
        return "utf-16-le"
    if high * 3 > pairs and low * 20 < pairs:
        return "utf-16-be"
    return None


def _looks_like_utf8(head: bytes) -> bool:
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return sum(not char.isascii() for char in text) >= _CONVINCING_SEQUENCES


def _is_single_byte(name: str) -> bool:
    return len(bytes(range(128, 256)).decode(name, "replace")) == 128

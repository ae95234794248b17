"""Which characters the font of the papers can draw, read from the font itself."""

import struct
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
FONT = FONTS / "NotoSerifSC-Regular.subset.ttf"

_SEGMENTED = 12
"""The format of a character map that reaches beyond the first 65,536 characters."""


def unprintable(text: str) -> list[str]:
    """The characters of `text` that the font lacks, each once, in the order in which they come. Line ends are no characters."""
    drawn = _drawn()
    return list(dict.fromkeys(character for character in text if character != "\n" and ord(character) not in drawn))


@cache
def _drawn() -> frozenset[int]:
    """The code points in the font's character map (OpenType: table `cmap`, format 12)."""
    font = FONT.read_bytes()
    cmap = _table(font, b"cmap")
    (subtables,) = struct.unpack_from(">H", font, cmap + 2)
    for number in range(subtables):
        (offset,) = struct.unpack_from(">I", font, cmap + 4 + 8 * number + 4)
        (form,) = struct.unpack_from(">H", font, cmap + offset)
        if form == _SEGMENTED:
            return _code_points(font, cmap + offset)
    raise LookupError("the font has no character map of format 12")


def _table(font: bytes, tag: bytes) -> int:
    (tables,) = struct.unpack_from(">H", font, 4)
    for number in range(tables):
        name, _, offset, _ = struct.unpack_from(">4sIII", font, 12 + 16 * number)
        if name == tag:
            return int(offset)
    raise LookupError("the font lacks a table")


def _code_points(font: bytes, subtable: int) -> frozenset[int]:
    (groups,) = struct.unpack_from(">I", font, subtable + 12)
    ranges = (struct.unpack_from(">III", font, subtable + 16 + 12 * number) for number in range(groups))
    return frozenset(code for first, last, _ in ranges for code in range(first, last + 1))

"""The words of a PDF made by typst, read back from its glyphs by the map that the file holds: enough for tests of ours."""

import re
import zlib

_STREAM = re.compile(rb"/Length (\d+)(?:(?!endobj).)*?>>\s*stream\r?\n", re.DOTALL)
_PAIR = re.compile(rb"<([0-9a-fA-F]{4})> <([0-9a-fA-F]{4,})>\n")
_SHOWN = re.compile(rb"\nBT\b(.*?)\nET\n", re.DOTALL)
_MARK = re.compile(rb"/Span<<.*?>>BDC")
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def words_of(pdf: bytes) -> str:
    """All that is printed, page by page, without blanks and line ends."""
    return re.sub(r"\s", "", "".join(runs_of(pdf)))


def runs_of(pdf: bytes) -> list[str]:
    """The same as it is printed: no run is longer than its line."""
    streams = _streams(pdf)
    [characters] = [_characters(stream) for stream in streams if b"begincmap" in stream]
    pages = [stream for stream in streams if b" Tf " in stream and b"\nET\n" in stream]
    return [
        "".join(characters[code] for code in _codes(_MARK.sub(b"", shown)))
        for page in pages
        for shown in _SHOWN.findall(page)
    ]


def _codes(shown: bytes) -> list[int]:
    glyphs = _strings(shown)
    return [int.from_bytes(glyphs[place : place + 2]) for place in range(0, len(glyphs), 2)]


def metadata_of(pdf: bytes) -> str:
    [xmp] = [stream for stream in _streams(pdf) if b"x:xmpmeta" in stream]
    return xmp.decode()


def _streams(pdf: bytes) -> list[bytes]:
    return [_inflated(pdf[found.end() : found.end() + int(found[1])]) for found in _STREAM.finditer(pdf)]


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def _characters(cmap: bytes) -> dict[int, str]:
    """Glyph numbers and what they stand for. Raises where the map uses ranges, which it does not today."""
    assert b"beginbfrange" not in cmap
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in _PAIR.findall(cmap)}


def _strings(shown: bytes) -> bytes:
    """The strings between BT and ET one after the other: `(…)`, where brackets may stand in pairs, or `<hex>`."""
    glyphs, place = b"", 0
    while place < len(shown):
        end = place + 1
        if shown[place : place + 1] == b"<":
            end = shown.index(b">", place) + 1
            glyphs += bytes.fromhex(shown[place + 1 : end - 1].decode())
        elif shown[place : place + 1] == b"(":
            end = _closing(shown, place) + 1
            glyphs += _ESCAPE.sub(_unescaped, shown[place + 1 : end - 1])
        place = end
    return glyphs


def _closing(shown: bytes, place: int) -> int:
    depth = 0
    for match in re.compile(rb"\\.|[()]", re.DOTALL).finditer(shown, place):
        depth += {b"(": 1, b")": -1}.get(match[0], 0)
        if depth == 0:
            return match.start()
    raise AssertionError("a string of the PDF has no end")


def _unescaped(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([int(code, 8)]) if len(code) == 3 else _NAMED.get(code, code)

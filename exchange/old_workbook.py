"""Where an old workbook (.xls) holds formulas: the parser gives their last results only, and says nothing of it.

A compound file keeps the workbook as a chain of sectors ([MS-CFB]); the workbook is a row of records ([MS-XLS]). Runs inside
the confined process.
"""

import struct
from collections.abc import Iterator

from exchange.troubles import TableTrouble

_END = 0xFFFFFFFA
"""From here on a sector number means the end of a chain, or none."""
_STREAMS = ("workbook", "book")
_BOF, _EOF, _BOUNDSHEET = 0x0809, 0x000A, 0x0085
_FORMULAS = frozenset((0x0006, 0x0206, 0x0406))


def formulas_by_sheet(content: bytes) -> list[set[tuple[int, int]]]:
    """For each sheet, in the workbook's order: (row number, column from zero) of its formulas. Raises TableTrouble."""
    try:
        stream = _Compound(content).stream()
        return [set(_formulas(stream, start)) for start in _sheets(stream)]
    except (struct.error, IndexError):
        raise TableTrouble("damaged") from None


class _Compound:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self._size = 1 << _short(content, 30)
        self._mini_size = 1 << _short(content, 32)
        self._cutoff = _long(content, 56)
        self._next = self._table(self._fat_sectors())
        entries = self._chain(_long(content, 48))
        self._entries = [entries[at : at + 128] for at in range(0, len(entries) - 127, 128)]

    def stream(self) -> bytes:
        """The workbook. Raises TableTrouble where there is none."""
        for entry in self._entries:
            name = entry[: max(_short(entry, 64) - 2, 0)].decode("utf-16-le", "replace").lower()
            if name in _STREAMS:
                start, size = _long(entry, 116), _long(entry, 120)
                return (self._mini(start) if size < self._cutoff else self._chain(start))[:size]
        raise TableTrouble("not-a-table")

    def _mini(self, start: int) -> bytes:
        """A short stream lies in small pieces inside the root's."""
        inside = self._chain(_long(self._entries[0], 116))
        following = _longs(self._chain(_long(self._content, 60)))
        pieces = (inside[at * self._mini_size :][: self._mini_size] for at in _follow(following, start))
        return b"".join(pieces)

    def _fat_sectors(self) -> Iterator[int]:
        yield from (sector for sector in _longs(self._content[76:512]) if sector < _END)
        more, per_sector = _long(self._content, 68), self._size // 4 - 1
        for _ in range(len(self._content) // self._size):
            if more >= _END:
                return
            listed = _longs(self._sector(more))
            yield from (sector for sector in listed[:per_sector] if sector < _END)
            more = listed[per_sector]

    def _table(self, sectors: Iterator[int]) -> list[int]:
        return [following for sector in sectors for following in _longs(self._sector(sector))]

    def _chain(self, start: int) -> bytes:
        return b"".join(self._sector(sector) for sector in _follow(self._next, start))

    def _sector(self, number: int) -> bytes:
        return self._content[(number + 1) * self._size :][: self._size]


def _follow(following: list[int], start: int) -> Iterator[int]:
    """The numbers of a chain; one that runs in a circle ends after as many as there can be."""
    at = start
    for _ in range(len(following)):
        if at >= _END:
            return
        yield at
        at = following[at]


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Kind and place of the content of each record until the end of its part."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        depth += (kind == _BOF) - (kind == _EOF)
        yield kind, at + 4
        if depth <= 0:
            return
        at += 4 + length


def _sheets(stream: bytes) -> list[int]:
    return [_long(stream, at) for kind, at in _records(stream, 0) if kind == _BOUNDSHEET]


def _formulas(stream: bytes, start: int) -> Iterator[tuple[int, int]]:
    for kind, at in _records(stream, start):
        if kind in _FORMULAS:
            row, column = struct.unpack_from("<HH", stream, at)
            yield row + 1, column


def _short(content: bytes, at: int) -> int:
    return int(struct.unpack_from("<H", content, at)[0])


def _long(content: bytes, at: int) -> int:
    return int(struct.unpack_from("<I", content, at)[0])


def _longs(content: bytes) -> list[int]:
    return [number for (number,) in struct.iter_unpack("<I", content[: len(content) // 4 * 4])]

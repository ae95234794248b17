"""A roster as delimited text: the header is found by the standard library, the rest is read as columns.

Without a quotation mark a line is a row, and polars splits it as the standard library would. With one, the standard library
reads the whole: the numbers of the rows must be the same either way, because the office is told them.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Sequence
from io import BytesIO

import polars as pl

from exchange.delimited import csv_rows
from exchange.rosters.raw import FIRST, Raw, find_places, raw, series
from exchange.troubles import TableTrouble

HEAD = 64 * 1024
"""Bytes among which the header must stand."""
MOST_ROWS = 400_000
_CONTROLS = bytes(set(range(32)) - {9, 10, 13})
_LONE_RETURN = re.compile(rb"\r(?!\n)")


def read_delimited(content: bytes) -> Raw:
    """Raises TableTrouble."""
    text = _utf8(content)
    if b'"' in text or _LONE_RETURN.search(text):
        return _by_rows(csv_rows(text, MOST_ROWS * 2))
    separator = _separator(text)
    lines = text[:HEAD].decode(errors="ignore").split("\n")
    found = find_places([line.rstrip("\r").split(separator) for line in lines[: -1 if len(text) > HEAD else None]])
    frame = pl.read_csv(
        BytesIO(_below(text, found.number) or b"\n"),
        has_header=False,
        separator=separator,
        quote_char=None,
        schema={f"c{place}": pl.String for place in range(max(found.places.values()) + 1)},
        truncate_ragged_lines=True,
    )
    places = {FIRST: 0, **found.places}
    return raw({name: frame[f"c{place}"] for name, place in places.items()}, found, most=MOST_ROWS)


def _by_rows(rows: Sequence[Sequence[str]]) -> Raw:
    found = find_places(rows[:HEAD])
    below = rows[found.number :]
    columns = {
        name: series([row[place] if place < len(row) else None for row in below], name)
        for name, place in {FIRST: 0, **found.places}.items()
    }
    return raw(columns, found, most=MOST_ROWS)


def _utf8(content: bytes) -> bytes:
    """The text as UTF-8 without its mark. Raises TableTrouble."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for way in [_by_name("utf-16")] if marked else [_as_it_is, _by_name("gb18030")]:
        encoded = way(content)
        if encoded is not None and len(encoded.translate(None, _CONTROLS)) == len(encoded):
            return encoded
    raise TableTrouble("unknown-encoding")


def _as_it_is(content: bytes) -> bytes | None:
    """UTF-8 is looked at, not decoded."""
    try:
        pl.Series([content], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.ComputeError:
        return None
    return content.removeprefix(BOM_UTF8)


def _by_name(encoding: str) -> Callable[[bytes], bytes | None]:
    def encoded(content: bytes) -> bytes | None:
        try:
            return content.decode(encoding).encode()
        except UnicodeDecodeError:
            return None

    return encoded


def _separator(text: bytes) -> str:
    first = text[:HEAD].decode(errors="ignore").split("\n")[:20]
    return max(",\t;", key=lambda mark: sum(line.count(mark) for line in first))


def _below(text: bytes, lines: int) -> bytes:
    at = 0
    for _line in range(lines):
        at = text.find(b"\n", at) + 1
        if at == 0:
            return b""
    return text[at:]

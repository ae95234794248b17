"""A roster as delimited text: the header is found by the standard library, the rest is read as columns.

Without a quotation mark a line is a row, and polars splits it as the standard library would. With one, the standard library
reads the whole: the numbers of the rows must be the same either way, because the office is told them.
"""

from codecs import BOM_UTF8
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import polars as pl

from exchange.delimited import csv_rows
from exchange.rosters.raw import FIRST, Found, Raw, Scattered, below, find_places, raw, series
from exchange.troubles import TableTrouble

HEAD = 64 * 1024
"""Bytes among which the header must stand."""
MOST_ROWS = 400_000
_CONTROLS = bytes(set(range(32)) - {9, 10, 13})
_NO_SEPARATOR = "\x01"
"""Occurs in no text that is taken."""


@dataclass(frozen=True)
class Text:
    """Delimited text whose lines are its rows: without quotation marks.

    `lines` below the header: `row`, `line` (nothing yet) and `text`, none of a blank one.
    """

    content: bytes
    """All of it, as UTF-8."""
    lines: pl.DataFrame
    found: Found
    separator: str

    def read(self, lines: pl.DataFrame) -> Raw:
        """All `lines`. Raises TableTrouble."""
        _demand_text(self.content)
        if _returns_alone(self.content):
            return _by_rows(self.content)
        columns = self._columns(_below(self.content, self.found.number) or b"\n", lines.height)
        return raw(columns, self.found, lines, most=MOST_ROWS)

    def read_some(self, lines: pl.DataFrame) -> Raw:
        """Some of them, apart from the others. Raises TableTrouble, and Scattered."""
        filled = lines.filter(pl.col("text").is_not_null())
        content = "\n".join(filled["text"]).encode()
        if b"\r" in content:  # those that end lines are taken off: what ends one in the middle is seen here
            raise Scattered
        _demand_text(content)
        columns = self._columns(content or b"\n", filled.height)
        return raw(columns, self.found, filled, most=MOST_ROWS, apart=True)

    def _columns(self, content: bytes, height: int) -> dict[str, pl.Series]:
        places = {FIRST: 0, **self.found.places}
        frame = _csv(content, self.separator, [f"c{place}" for place in range(max(places.values()) + 1)])
        return {name: frame[f"c{place}"].head(height) for name, place in places.items()}


def read_delimited(content: bytes) -> Text | Raw:
    """As text, or taken apart already if its lines are not its rows. Raises TableTrouble."""
    text, lines = _utf8(content)
    _demand_text(text[:HEAD])
    if b'"' in text or _returns_alone(text[:HEAD]):
        _demand_text(text)
        return _by_rows(text)
    separator = _separator(text)
    first = text[:HEAD].decode(errors="ignore").split("\n")
    found = find_places([line.rstrip("\r").split(separator) for line in first[: -1 if len(text) > HEAD else None]])
    lines = lines.slice(found.number)
    return Text(text, below(found, len(lines)).with_columns(lines), found, separator)


def _returns_alone(text: bytes) -> bool:
    """Whether there are carriage returns that end a line by themselves."""
    return text.removesuffix(b"\r").count(b"\r") != text.count(b"\r\n")


def _csv(content: bytes, separator: str, columns: Sequence[str]) -> pl.DataFrame:
    return pl.read_csv(
        BytesIO(content),
        has_header=False,
        separator=separator,
        quote_char=None,
        schema=dict.fromkeys(columns, pl.String),
        missing_columns="insert",
        extra_columns="ignore",  # the first line's number of cells says nothing
        truncate_ragged_lines=True,
    )


def _by_rows(text: bytes) -> Raw:
    rows = csv_rows(text, MOST_ROWS * 2)
    found = find_places(rows[:HEAD])
    rest = rows[found.number :]
    columns = {
        name: series([row[place] if place < len(row) else None for row in rest], name)
        for name, place in {FIRST: 0, **found.places}.items()
    }
    return raw(columns, found, most=MOST_ROWS)


def _utf8(content: bytes) -> tuple[bytes, pl.Series]:
    """The text as UTF-8 without its mark, and its lines. Raises TableTrouble."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if marked else ["utf-8", "gb18030"]:
        try:
            text = content.removeprefix(BOM_UTF8) if encoding == "utf-8" else content.decode(encoding).encode()
            lines = _csv(text or b"\n", _NO_SEPARATOR, ["text"])["text"]
        except (UnicodeDecodeError, pl.exceptions.ComputeError):
            continue
        if _NO_SEPARATOR.encode() not in text:
            return text, lines
    raise TableTrouble("unknown-encoding")


def _demand_text(text: bytes) -> None:
    """Raises TableTrouble for what is no text. What is recognised by its lines has been looked at before."""
    if len(text.translate(None, _CONTROLS)) != len(text):
        raise TableTrouble("unknown-encoding")


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
